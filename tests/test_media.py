"""Pictures that cards name: looked for when a file is read, and never out of its folder."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from decks import Severity, read, reread
from decks.images import Image, images
from decks.load import Loaded, load
from decks.manner import Manner, Reader
from decks.media import MediaError, Names, is_address, locate
from decks.walk import find
from srs import open_collection
from srs.cli.opener import resolve
from tests.program import Program


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder to import, with pictures in it, beside it and in its depths."""
    root = tmp_path.resolve() / "cards"
    (root / "deep/pictures").mkdir(parents=True)
    for name in ("plot.png", "deep/a b.jpg", "deep/pictures/c.svg", "sound.mp3", "run.sh", "#1.png",
                 "slides.pdf"):  # fmt: skip
        (root / name).touch()
    (tmp_path / "secret.png").touch()
    (root / "out.png").symlink_to(tmp_path / "secret.png")
    (root / "far").symlink_to(tmp_path)
    (root / "in.png").symlink_to("plot.png")
    (root / "loop.png").symlink_to("loop.png")
    (root / "null.png").symlink_to("/dev/null")
    os.mkfifo(root / "pipe.png")
    (root / "folder.png").mkdir()
    return root


def loaded(root: Path, text: str, name: str = "deep/x.md") -> Loaded:
    (root / name).write_text(text)
    return next(one for one in read([root]) if one.path.endswith(name))


def found(one: Loaded) -> list[tuple[int, str, Severity]]:
    return [(p.place.line, p.message, p.severity) for p in one.parsed.problems]


@pytest.mark.parametrize(
    "markup",
    [
        "![](a%20b.jpg)",
        "![words](<a b.jpg>)",
        '![](../plot.png "a title")',
        "![](../plot.png (a title))",
        "![](pictures/c.svg) ![[../sound.mp3]]",
        "![[a b.jpg|300]]",
        "![](@/plot.png) ![[@/deep/a b.jpg]]",
        "![](../in.png)",
        "![](../slides.pdf#page=3) ![](../#1.png)",
        "![](https://example.org/x.png) ![](HTTP://x/y.png) ![](data:image/png;base64,xx)",
        "![](//example.org/x.png)",
        "`![](nowhere.png)`",
        "```\n![](/etc/passwd)\n```",
        "![[Another note]] \\![](nowhere.png) ![words][nowhere.png]",
        "<!--\n![](../../secret.png)\n-->",
    ],
)
def test_what_is_well_named_is_not_spoken_of(root: Path, markup: str) -> None:
    one = loaded(root, f"Q: a\nA: b\n{markup}\n")
    assert len(one.parsed.notes) == 1
    assert found(one) == []


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nowhere.png", "no such file or directory"),
        ("@/deep/nowhere.png", "no such file or directory"),
        ("x.md/y.png", "not a directory"),
        ("../run.sh", "not a picture, sound or film"),
        ("x.md", "not a picture, sound or film"),
        ("../loop.png", "too many levels of symbolic links"),
        ("a" * 300 + ".png", "file name too long"),
        ("a%00.png", "a name cannot hold NUL"),
    ],
)
def test_what_cannot_be_shown_is_noted_at_its_line(root: Path, target: str, message: str) -> None:
    one = loaded(root, f"# Title\n\nQ: a\nA: b\n\nwords ![x]({target})\n")
    assert found(one) == [(6, f"{target}: {message}", Severity.NOTE)]
    assert len(one.parsed.notes) == 1
    assert one.parsed.fates == "ppcccc"


@pytest.mark.parametrize(
    "target",
    [
        "/etc/passwd",
        "/etc/nowhere.png",
        "../../secret.png",
        "../../nowhere.png",
        "%2e%2e/%2e%2e/secret.png",
        "@/../secret.png",
        "../out.png",
        "../far/secret.png",
        "../null.png",
        "file:///etc/passwd",
        "FILE:plot.png",
        "C:/x.png",
        "..",
    ],
)
def test_what_leads_out_of_the_folder_costs_the_card(root: Path, target: str) -> None:
    one = loaded(root, f"a :: b\n\nQ: c\nA: d\n![x]({target})\n\nC: [e]\n")
    assert found(one) == [(5, f"{target}: outside the folder", Severity.ERROR)]
    assert all(problem.hint for problem in one.parsed.problems)
    assert [note.front for note in one.parsed.notes] == ["a", "[e]"]
    assert one.parsed.fates == "cpssspc"


@pytest.mark.parametrize("target", ["../pipe.png", "../folder.png", "pictures"])
def test_so_does_what_is_no_file(root: Path, target: str) -> None:
    one = loaded(root, f"Q: c\nA: d\n![x]({target})\n")
    assert found(one) == [(3, f"{target}: not a regular file", Severity.ERROR)]
    assert one.parsed.fates == "sss"


def test_a_lone_file_may_name_what_lies_beside_and_below_it(root: Path) -> None:
    path = root / "deep/x.md"
    path.write_text("![](pictures/c.svg) :: ![](@/a%20b.jpg)\n![](../plot.png) :: b\n")
    (one,) = read([path])
    assert found(one) == [(2, "../plot.png: outside the folder", Severity.ERROR)]


def test_each_part_is_looked_through_and_each_target_told_once(root: Path) -> None:
    one = loaded(
        root,
        "### an-id\n"
        "Q: a ![](1.png)\n![](2.png) ![](1.png)\n"
        "A:\n<!-- ![](0.png) -->\n![](3.png)\n"
        "Why: ![](4.png)\nVariant: x\n(![](5.png))\n",
    )
    lines = [line for line, _, _ in found(one)]
    names = [message.partition(":")[0] for _, message, _ in found(one)]
    assert (names, lines) == ([f"{n}.png" for n in range(1, 6)], [2, 3, 6, 7, 9])


def test_a_card_read_again_after_an_edit_is_not_lost_for_its_pictures(root: Path) -> None:
    path = root / "deep/x.md"
    path.write_text("![](../plot.png) :: b\n")
    assert len(reread(path, "D").parsed.notes) == 1


def test_very_many_pictures_take_linear_time(root: Path) -> None:
    started = time.process_time()
    text = "![](a.png)\n" * 10_000 + "".join(f"![]({n}.png)\n" for n in range(500))
    one = loaded(root, f"Q: a\nA: {text}")
    assert len(one.parsed.problems) == 501
    assert time.process_time() - started < 5


def test_images_are_found_in_both_notations() -> None:
    text = '![a](b.png "c") ![[d e.png|300]] ![[note]] ![[f.pdf#page=2]] ![g](<h i.png>)'
    assert images(text) == (
        Image("a", "b.png"), Image("", "d e.png"), Image("", "f.pdf"), Image("g", "h i.png"),
    )  # fmt: skip


@pytest.mark.parametrize("target", ["https://x/a.png", "data:x", "//x/a.png", "obsidian://x"])
def test_addresses(target: str) -> None:
    assert is_address(target)
    assert is_address(f"<{target}>")


@pytest.mark.parametrize("target", ["a.png", "file:///a.png", "C:\\a.png", "a/b:c"])
def test_names_of_files_are_no_addresses(target: str) -> None:
    assert not is_address(target)


def test_a_target_is_located(root: Path) -> None:
    folder = str(root / "deep")
    assert locate("pictures/../a%20b.jpg", folder, str(root)) == root / "deep/a b.jpg"
    assert locate(f"{root}/plot.png", folder, str(root)) == root / "plot.png"
    with pytest.raises(MediaError, match="no name"):
        locate("<>", folder, str(root))
    with pytest.raises(MediaError, match="outside") as caught:
        locate(f"{root}2/plot.png", folder, str(root))
    assert caught.value.is_breach


def test_a_name_alone_is_found_anywhere_in_the_folder(tmp_path: Path) -> None:
    """As Obsidian shows its attachments; a path is only what it says."""
    (tmp_path / "attachments/deep").mkdir(parents=True)
    (tmp_path / ".trash").mkdir()
    (tmp_path / "attachments/deep/plot 1.png").write_bytes(b"x")
    (tmp_path / ".trash/gone.png").write_bytes(b"x")
    (tmp_path / "ml").mkdir()
    (tmp_path / "ml/drift.md").write_text(
        "Q: ![[plot 1.png]]\nA: a\n\nQ: ![](deep/plot%201.png)\nA: b\n\nQ: ![[gone.png]]\nA: c\n"
    )
    root = str(tmp_path)
    (found,) = find(root).files
    parsed = load(found, "", Reader(Manner.of("native"), root)).parsed
    assert [problem.place.line for problem in parsed.problems] == [4, 7]
    folder = str(tmp_path.resolve() / "ml")
    shown = locate("plot 1.png", folder, str(tmp_path.resolve()), Names(root))
    assert shown.parent.name == "deep"


def seen(folder: Path, name: str, **how: bool) -> bool:
    return Names(str(folder), **how).elsewhere(folder / name) != folder / name


def test_around_a_single_file_only_its_vault_or_what_is_near_is_looked_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes, beside = tmp_path / "vault/notes", tmp_path / "vault/pictures"
    far = notes.joinpath(*"123456789")
    for folder in (far, beside):
        folder.mkdir(parents=True)
    (far / "far.png").touch()
    (far.parent / "near.png").touch()
    (beside / "beside.png").touch()
    assert [seen(notes, f"{name}.png") for name in ("far", "near", "beside")] == [True, True, False]
    alone = [seen(notes, f"{name}.png", alone=True) for name in ("far", "near", "beside")]
    assert alone == [False, True, False]
    monkeypatch.setattr("decks.media._MOST_NEAR", 3)
    assert not seen(notes, "near.png", alone=True)
    (tmp_path / "vault/.obsidian").mkdir()
    alone = [seen(notes, f"{name}.png", alone=True) for name in ("far", "near", "beside")]
    assert alone == [True, True, True]


def test_a_file_imported_alone_finds_its_picture_in_the_vault(own: Program, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    for name in (".obsidian", "notes", "pictures"):
        (vault / name).mkdir(parents=True)
    (vault / "pictures/plot.png").write_bytes(b"x")
    path = vault / "notes/a.md"
    path.write_text("Q: ![[plot.png]]\nA: a\n")
    assert own("import", str(path), "--json").json["remarks"] == []
    with open_collection(own.home) as collection:
        places = collection.picture_places(os.path.realpath(path))
    assert resolve(str(path), "plot.png", places).parent.name == "pictures"

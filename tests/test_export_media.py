"""Pictures, sounds and films of notes: found, named by their content, and shown in Anki."""

from __future__ import annotations

import json
import os
import re
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decks import Note, NoteKind, card_keys
from decks.errors import DataError
from decks.images import Image, images
from decks.model import Place, Severity
from exporters import Bundle, Want, get_format, write
from exporters.anki.fields_of_note import guid
from exporters.fields import cloze_html, html
from exporters.pictures import Shown, image, is_packed, kind_of
from srs import bundled_media, open_collection
from srs.bundled_media import BundledMedia
from srs.collection import Collection
from srs.syncing import Wish
from tests.anki_backend import Imported, anki, field, import_package
from tests.program import Program
from tests.test_export_fields import LIVE, MARKUP, OURS, Seen, text_of

ANKI = get_format("anki")
MARCH_MS = 1_772_438_400_000
HOUR_MS = 3_600_000
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(64))
MP3 = b"ID3\x04" + bytes(300)


@dataclass(frozen=True)
class Learner:
    """Somebody with a folder of cards and pictures."""

    home: Path
    folder: Path

    def put(self, name: str, data: bytes = PNG, at_ms: int = MARCH_MS - HOUR_MS) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, ns=(0, at_ms * 1_000_000))
        return path

    def learn(self, text: str, name: str = "own.md") -> None:
        self.put(name, text.encode())
        with open_collection(self.home) as collection:
            receipt = collection.import_paths([str(self.folder)], Wish(), MARCH_MS).receipt
            collection.enable_decks(self._builtin(collection), MARCH_MS, enabled=False)
        assert receipt.skipped == ()

    @staticmethod
    def _builtin(collection: Collection) -> list[str]:
        return [deck.name for deck in collection.decks(MARCH_MS) if deck.builtin]

    def bundle(self, at_ms: int = MARCH_MS, wants: Sequence[Want] = (Want.MEDIA,)) -> Bundle:
        with open_collection(self.home) as collection:
            return collection.bundle("driftdeck", at_ms, wants=wants)

    def export(self, path: Path, at_ms: int = MARCH_MS) -> Bundle:
        bundle = self.bundle(at_ms)
        write(ANKI, bundle, path)
        return bundle


@pytest.fixture
def learner(tmp_path: Path) -> Learner:
    folder = tmp_path.resolve() / "cards"
    folder.mkdir()
    return Learner(tmp_path / "learner", folder)


def told(bundle: Bundle, folder: Path) -> list[tuple[str, int, str]]:
    """File, line and message of each problem; all of them cost something, and say what to do."""
    for problem in bundle.problems:
        assert problem.severity is Severity.ERROR
        assert problem.hint
    return [
        (str(Path(place.path).relative_to(folder)), place.line, message)
        for place, message in ((one.place, one.message) for one in bundle.problems)
    ]


def media_folder(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "collection.media").iterdir()}


def question_of(collection: Any, number: str) -> Any:
    [number] = collection.db.list(
        "select c.id from cards c join notes n on n.id = c.nid where guid = ? limit 1", number
    )
    return collection.get_card(number)


# In Anki

TEXT = """\
Q: What does ![a *curve*](plot.png "by day") show? ![[tone.mp3]]
A: Drift. ![](deep/plan.svg)
Why: ![](deep/plan.svg)
Variant: And ![](film.webm)?
(No.)

C: A rollout runs [![first](plot.png) shadow :: which?], then [canary ![[tone.mp3]]].
"""


def test_what_notes_show_arrives_in_anki_as_it_was(learner: Learner, tmp_path: Path) -> None:
    files = {"plot.png": PNG, "tone.mp3": MP3, "deep/plan.svg": b"<svg/>", "film.webm": b"film"}
    for name, data in files.items():
        learner.put(name, data)
    learner.learn(TEXT)
    bundle = learner.export(tmp_path / "out.apkg")
    assert bundle.problems == ()
    first, second = bundle.notes
    assert [Path(name).suffix for name in bundle.media] == [".png", ".mp3", ".svg", ".webm"]
    with anki(tmp_path / "anki") as col:
        assert import_package(col, tmp_path / "out.apkg").new == 2
        assert sorted(media_folder(tmp_path / "anki").values()) == sorted(files.values())
        checked = col.media.check()
        assert (list(checked.missing), list(checked.unused)) == ([], [])
        asked = question_of(col, guid(first))
        shown = f'<img src="{first.media["plot.png"]}" alt="a curve" title="by day">'
        assert shown in asked.question()
        assert [tag.filename for tag in asked.question_av_tags()] == [first.media["tone.mp3"]]
        assert field(col, guid(first), "Variants").startswith(
            f"<div>And [sound:{first.media['film.webm']}]?</div>"
        )
        gap = question_of(col, guid(second))
        assert "<img" not in gap.question()
        assert re.search(r">\[which\?\]</span>, then <span.*>canary \[anki:play", gap.question())
        assert f'<img src="{second.media["plot.png"]}" alt="first"> shadow</span>' in gap.answer()
        assert not col.get_empty_cards().notes


def test_equal_files_are_taken_along_once_and_read_once(
    learner: Learner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.put("plot.png")
    learner.put("deep/copy.png")
    (learner.folder / "link.png").symlink_to("plot.png")
    read: list[Path] = []
    digest = bundled_media._digest
    monkeypatch.setattr(bundled_media, "_digest", lambda path: (read.append(path), digest(path))[1])
    (learner.folder / "more.md").write_text("deep :: ![](deep/copy.png) ![](link.png)\n")
    learner.learn("Q: ![](plot.png)\nA: ![](plot.png)\n\nx :: ![](plot.png)\n")
    bundle = learner.export(tmp_path / "out.apkg")
    assert {note.note.deck for note in bundle.notes} == {"own", "more"}
    assert len(bundle.media) == 1
    assert sorted(read) == [learner.folder / "deep/copy.png", learner.folder / "plot.png"]
    with anki(tmp_path / "anki") as col:
        import_package(col, tmp_path / "out.apkg")
        assert list(media_folder(tmp_path / "anki").values()) == [PNG]
        assert not col.media.check().unused


def test_the_same_files_give_the_same_bytes(learner: Learner, tmp_path: Path) -> None:
    learner.put("plot.png")
    learner.learn("Q: ![](plot.png)\nA: b\n")
    learner.export(tmp_path / "one.apkg")
    learner.export(tmp_path / "two.apkg", MARCH_MS + HOUR_MS)
    assert (tmp_path / "one.apkg").read_bytes() == (tmp_path / "two.apkg").read_bytes()


def test_a_picture_that_changes_changes_in_anki(learner: Learner, tmp_path: Path) -> None:
    path = tmp_path / "out.apkg"
    learner.put("plot.png")
    learner.learn("Q: ![](plot.png)\nA: b\n\nQ: c\nA: d\n")
    number = guid(learner.export(path).notes[0])
    with anki(tmp_path / "anki") as col:
        import_package(col, path)
        learner.put("plot.png", PNG + b"new", MARCH_MS + HOUR_MS)
        bundle = learner.export(path, MARCH_MS + 2 * HOUR_MS)
        assert import_package(col, path) == Imported(0, 1, 1, 0)
        name = bundle.notes[0].media["plot.png"]
        assert field(col, number, "Front") == f'<img src="{name}" alt="">'
        assert media_folder(tmp_path / "anki")[name] == PNG + b"new"
        assert import_package(col, path) == Imported(0, 0, 2, 0)


def test_a_note_is_as_young_as_what_it_shows_but_never_from_the_future(learner: Learner) -> None:
    learner.put("old.png", b"old", MARCH_MS - HOUR_MS)
    learner.put("new.png", b"new", MARCH_MS + HOUR_MS)
    learner.put("ahead.png", b"ahead", MARCH_MS + 900 * HOUR_MS)
    learner.learn(
        "a :: ![](old.png)\nb :: ![](old.png) ![](new.png)\nc :: ![](ahead.png)\nd :: e\n"
    )
    at_ms = MARCH_MS + 2 * HOUR_MS
    changed = [note.changed_ms for note in learner.bundle(at_ms).notes]
    assert changed == [MARCH_MS, MARCH_MS + HOUR_MS, at_ms, MARCH_MS]
    assert {note.changed_ms for note in learner.bundle(at_ms, ()).notes} == {MARCH_MS}


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("plot 1.png", "plot%201.png"),
        ("a b.jpg", "<a b.jpg>"),
        ("Zürich 図 é.PNG", "<Zürich 図 é.PNG>"),
        ('it\'s "q" & co.png', '<it\'s "q" & co.png>'),
        ("a[1](2){{c1}}.png", "<a[1](2){{c1}}.png>"),
        ("deep/c$x$.png", "deep/c$x$.png"),
        ("100%.gif", "100%25.gif"),
    ],
)
def test_odd_names_are_found_and_become_plain_ones(
    learner: Learner, name: str, target: str
) -> None:
    learner.put(name, name.encode())
    learner.learn(f"Q: x ![{{{{a}}}}]({target}) y\nA: b\n")
    bundle = learner.bundle()
    [(written, given)] = bundle.notes[0].media.items()
    assert bundle.media[given].read() == name.encode()
    assert bundle.media[given].size_bytes == len(name.encode())
    assert given.removeprefix("driftdeck-").partition(".")[2] == name.rpartition(".")[2].lower()
    markup = html(bundle.notes[0].note.front, {written: given})
    assert markup == f'x <img src="{given}" alt="&#123;&#123;a&#125;&#125;"> y'


def test_a_name_alone_is_found_as_in_a_vault(learner: Learner) -> None:
    learner.put("attachments/deep/plot.png")
    learner.learn("Q: ![[plot.png|300]]\nA: b\n", "notes/a.md")
    assert list(learner.bundle().notes[0].media) == ["plot.png"]


# What cannot be had


def test_what_is_missing_is_told_with_its_line_and_the_rest_goes_out(
    learner: Learner, tmp_path: Path
) -> None:
    learner.put("there.png")
    learner.learn(
        "# Title\n\nQ: a\nA: b\n\n![gone](gone.png) ![](there.png)\n![](gone.png)\n\n"
        "Q: ![](gone.png)\nA: ![](https://example.org/x.png) `![](code.png)`\n\n"
        "x :: ![[lost.mp3]] y\n"
    )
    bundle = learner.export(tmp_path / "out.apkg")
    assert told(bundle, learner.folder) == [
        ("own.md", 6, "gone.png: no such file or directory"),
        ("own.md", 9, "gone.png: no such file or directory"),
        ("own.md", 12, "lost.mp3: no such file or directory"),
    ]
    assert len(bundle.media) == 1
    with anki(tmp_path / "anki") as col:
        assert import_package(col, tmp_path / "out.apkg").new == 3
        assert text_of(field(col, guid(bundle.notes[0]), "Back")).split() == ["b", "gone"]


def test_the_line_is_the_cards_where_the_file_says_no_more(learner: Learner) -> None:
    learner.learn("Q: a\nA: b\n\nQ: c\nA: d\n![](gone.png)\n")
    assert told(learner.bundle(), learner.folder)[0][1] == 6
    (learner.folder / "own.md").write_text("\n" * 9)
    assert told(learner.bundle(), learner.folder)[0][1] == 4
    (learner.folder / "own.md").unlink()
    assert told(learner.bundle(), learner.folder)[0][1] == 4


def broken(path: Path, how: str) -> None:
    """Make a picture one that is not to be had."""
    path.unlink()
    outside = path.parent.parent / "secret.png"
    outside.write_bytes(PNG)
    match how:
        case "missing":
            pass
        case "linked out of the folder":
            path.symlink_to(outside)
        case "device":
            path.symlink_to("/dev/zero")
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "empty":
            path.touch()
        case "huge":
            with path.open("wb") as file:
                file.truncate(bundled_media.MAX_BYTES + 1)
        case "unreadable":
            path.write_bytes(PNG)
            path.chmod(0)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("missing", "no such file or directory"),
        ("linked out of the folder", "outside the folder"),
        ("device", "outside the folder"),
        ("pipe", "not a regular file"),
        ("folder", "not a regular file"),
        ("empty", "an empty file"),
        ("huge", "larger than 100 MiB"),
        pytest.param("unreadable", "permission denied", marks=pytest.mark.skipif(
            os.geteuid() == 0, reason="the superuser reads everything")),
    ],
)  # fmt: skip
def test_only_files_of_the_folder_that_can_be_read_are_taken(
    learner: Learner, how: str, reason: str
) -> None:
    learner.put("plot.png")
    learner.learn("Q: a\nA: ![its words](plot.png)\n")
    broken(learner.folder / "plot.png", how)
    bundle = learner.bundle()
    assert told(bundle, learner.folder) == [("own.md", 2, f"plot.png: {reason}")]
    assert bundle.media == {}
    assert bundle.notes[0].media == {}


def test_a_folder_that_was_linked_in_gives_nothing(learner: Learner, tmp_path: Path) -> None:
    learner.put("deep/plot.png")
    learner.learn("Q: a\nA: ![](deep/plot.png)\n")
    (tmp_path / "elsewhere").mkdir()
    (learner.folder / "deep").rename(tmp_path / "elsewhere/deep")
    (learner.folder / "deep").symlink_to(tmp_path / "elsewhere/deep")
    assert [p.message for p in learner.bundle().problems] == ["deep/plot.png: outside the folder"]


@pytest.mark.parametrize(
    "how", ["missing", "linked out of the folder", "pipe", "changed", "longer"]
)
def test_a_file_that_changes_meanwhile_leaves_the_old_package_as_it_was(
    learner: Learner, tmp_path: Path, how: str
) -> None:
    path = tmp_path / "packages/out.apkg"
    path.parent.mkdir()
    picture = learner.put("plot.png")
    learner.learn("Q: a\nA: ![](plot.png)\n")
    bundle = learner.export(path)
    before = path.read_bytes()
    if how in ("changed", "longer"):
        learner.put("plot.png", PNG[::-1] if how == "changed" else PNG + b"x")
    else:
        broken(picture, how)
    with pytest.raises(DataError, match=r"plot\.png: .+") as caught:
        write(ANKI, bundle, path)
    assert caught.value.hint
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_notes_without_pictures_ask_nothing_of_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled_media, "locate", None)
    monkeypatch.setattr(bundled_media, "places_in", None)
    monkeypatch.setattr(bundled_media, "images", None)
    taking = BundledMedia(None, "")  # type: ignore[arg-type]
    note = Note(NoteKind.BASIC, "a [b](c.png)", "!d", "D", Place("/nowhere/d.md", 1))
    assert taking.take(note) == bundled_media.NOTHING


# There and back


def test_a_package_that_is_imported_brings_its_pictures_back(
    learner: Learner, srs: Program, tmp_path: Path
) -> None:
    for name, data in (("plot.png", PNG), ("tone.mp3", MP3)):
        learner.put(name, data)
    learner.learn("Q: ![a curve](plot.png) and ![[tone.mp3]]\nA: b\n\nC: [![](plot.png) x] y\n")
    sent = learner.export(tmp_path / "out.apkg")
    ran = srs("import", str(tmp_path / "out.apkg"))
    assert ran.code == 0, ran.err
    assert sorted(p.read_bytes() for p in (srs.home / "media").rglob("*.*")) == [PNG, MP3][::-1]
    again = [note for note in Learner(srs.home, tmp_path).bundle().notes if note.media]
    assert [note.uid for note in again] == [note.uid for note in sent.notes]
    assert {name for note in again for name in note.media.values()} == set(sent.media)
    picture = sent.notes[0].media["plot.png"]
    assert again[0].note.front.startswith(f"![a curve]({picture}) and ![](driftdeck-")
    assert srs("export", "anki", "-o", str(tmp_path / "again.apkg")).code == 0
    with zipfile.ZipFile(tmp_path / "again.apkg") as archive:
        assert {archive.read("0"), archive.read("1")} == {PNG, MP3}
    for path in (srs.home / "media").rglob("*.*"):
        path.unlink()
    lost = Learner(srs.home, tmp_path).bundle().problems
    assert {(Path(one.place.path).name, one.hint) for one in lost} == {
        ("out.apkg", "import the package again")
    }


# HTML

MEDIA = {
    "x.png": "driftdeck-0.png", "a.mp3": "driftdeck-1.mp3", "b.pdf": "driftdeck-2.pdf",
    "f.webm": "driftdeck-3.webm",
}  # fmt: skip
X = '<img src="driftdeck-0.png" alt="{}">'


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a ![](x.png) b", f"a {X.format('')} b"),
        ("![a **b** $c$](x.png)", X.format("a b $c$")),
        ("![\\*a\\* <b> \"c\"](x.png)", X.format("*a* &lt;b&gt; &quot;c&quot;")),
        ("![a](x.png 'q \"t\" {{')", X.format("a")[:-1] + ' title="q &quot;t&quot; &#123;&#123;">'),
        ("![[x.png|300]]", X.format("")[:-1] + ' width="300">'),
        ("![[x.png|300x200]]", X.format("")[:-1] + ' width="300">'),
        ("![[x.png|a curve]]", X.format("a curve")),
        ("![a|40](x.png)", X.format("a")[:-1] + ' width="40">'),
        ("![P(a|b)](x.png)", X.format("P(a|b)")),
        ("![[x.png]] ![[y.png]]", f"{X.format('')} ![[y.png]]"),
        ("![x](a.mp3) ![[f.webm]]", "[sound:driftdeck-1.mp3] [sound:driftdeck-3.webm]"),
        ("![[sound:a.mp3]](x.png)", X.format("&#91;sound:a.mp3]")),
        ("![my *slides*](b.pdf) ![](b.pdf)", "my slides b.pdf"),
        ("[![a](x.png)](http://a.b)", f'<a href="http://a.b">{X.format("a")}</a>'),
        ("$a ![](x.png) b$", f"$a {X.format('')} b$"),
        ("# ![](x.png)", f"<h1>{X.format('')}</h1>"),
        ("- ![](x.png)\n- b", f"<ul>\n<li>{X.format('')}</li>\n<li>b</li>\n</ul>"),
        ("$5 ![](x.png) $", f"$5 {X.format('')} $"),
        ("`![](x.png)` \\![b](x.png)", "<code>![](x.png)</code> !b"),
        ("    ![](x.png) $y$ ![[a.mp3]]", "<pre><code>![](x.png) $y$ ![[a.mp3]]\n</code></pre>"),
        ("```\n![](x.png)\n```", "<pre><code>![](x.png)\n</code></pre>"),
        ('[t](http://a.b "c ![](x.png)")', '<a href="http://a.b" title="c ![](x.png)">t</a>'),
        ("[t](http://a.b/$x$![[x.png]])", '<a href="http://a.b/$x$!%5B%5Bx.png%5D%5D">t</a>'),
        ("![a](y.png) ![b](https://c.d/x.png)", "a b"),
    ],
)  # fmt: skip
def test_pictures_are_shown_where_they_may_be(text: str, wanted: str) -> None:
    assert html(text, MEDIA) == wanted


def test_a_width_is_no_part_of_the_words() -> None:
    assert images("![a|300](b.png) ![[c.png|d e]] ![[f.png|20]] ![[g.png\\|h]] ![2|x](i.png)") == (
        Image("a", "b.png"), Image("d e", "c.png"), Image("", "f.png"), Image("h", "g.png"),
        Image("2|x", "i.png"),
    )  # fmt: skip


def test_a_table_cell_shows_a_picture_with_its_width() -> None:
    markup = html("| a | b |\n|---|---|\n| ![[x.png\\|30]] | c |", MEDIA)
    assert f'<td>{X.format("")[:-1]} width="30"></td>' in markup


def test_a_deletion_may_hold_a_picture() -> None:
    text = "[![a::b}}](x.png) c :: ![](x.png)] and {{c7::![[a.mp3]]}} ![](x.png)"
    numbers = {key: number for number, key in enumerate(card_keys("cloze", text), 1)}
    assert cloze_html(text, numbers, MEDIA) == (
        f"{{{{c1::{X.format('a&#58;&#58;b&#125;&#125;')} c::![](x.png)}}}}"
        f" and {{{{c2::[sound:driftdeck-1.mp3]}}}} {X.format('')}"
    )


def test_a_file_that_nothing_shows_is_not_sent(learner: Learner, tmp_path: Path) -> None:
    learner.put("slides.pdf", b"%PDF-")
    learner.put("plot.png")
    learner.learn("Q: ![](slides.pdf)\nA: ![](plot.png)\n")
    bundle = learner.export(tmp_path / "out.apkg")
    assert len(bundle.media) == 2  # for programs that can
    with zipfile.ZipFile(tmp_path / "out.apkg") as archive:
        assert list(json.loads(archive.read("media")).values()) == list(bundle.media)[1:]


def test_another_program_may_show_them_otherwise() -> None:
    def as_data(shown: Shown) -> str:
        return image(shown, "data:x") if kind_of(shown.name) == "picture" else "<audio></audio>"

    text = "![a](x.png) ![](a.mp3)"
    assert html(text, MEDIA, as_data) == '<img src="data:x" alt="a"> <audio></audio>'


def test_only_what_can_be_made_smaller_is_packed() -> None:
    packed = [is_packed(name) for name in ("a.png", "a.JPG", "a.mp3", "a.svg", "a.WAV", "a.bmp")]
    assert packed == [True, True, True, False, False, False]


PICTURES = st.sampled_from(
    ["![](x.png)", "![[x.png|9]]", "![a](x.png", ' "t")', "![[a.mp3]]", "![](b.pdf)", "x.png"]
)


@given(st.lists(MARKUP | PICTURES, max_size=12).map("".join))
def test_pictures_bring_no_markup_but_their_own(text: str) -> None:
    numbers = {key: number for number, key in enumerate(card_keys("cloze", text), 1)}
    for markup in (html(text, MEDIA), cloze_html(text, numbers, MEDIA)):
        seen = Seen(markup)
        assert seen.tags <= OURS | {"img"}
        for name, value in seen.attributes:
            assert name in {"href", "title", "class", "style", "start", "src", "alt", "width"}
            assert name != "src" or value == "driftdeck-0.png"
            assert "driftdeck" not in value or name == "src"
        assert not re.search("[\ufdd0\ufdd1]", markup)
        for tag in markup.split("<")[1:]:
            assert "[sound:" not in tag.partition(">")[0]
    assert not LIVE.search(html(text, MEDIA).replace("[sound:driftdeck-1.mp3]", ""))


@pytest.mark.parametrize(
    "text",
    [
        "![" + "*a_ " * 20_000 + "](x.png)", "![](x.png)" * 3_000, "![[x.png" * 9_000,
        "![](x.png " * 9_000, "![a|1" * 9_000, "![[x.png|" + "|1" * 30_000 + "]]",
        "![" + "|" * 60_000 + "](x.png)", "![[x.png|" + "\t" * 60_000 + "]]",
    ],
    ids=range(8),
)  # fmt: skip
def test_hostile_pictures_take_bounded_time(text: str) -> None:
    begun_s = time.process_time()
    html(text, MEDIA)
    assert time.process_time() - begun_s < 3


@pytest.mark.parametrize(
    "text", ["<http://a.b/%EF%B7%905%EF%B7%91>", "<http://a/%EF%B7%9099%EF%B7%91>"]
)
def test_an_address_that_spells_our_own_marks_is_only_an_address(text: str) -> None:
    assert unescape(html(text)).startswith(f'<a href="{text[1:-1]}">')

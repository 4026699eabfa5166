"""Pictures of a card: which files may be shown, and by what."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from decks.errors import UsageError
from srs.cli.opener import command, resolve, show


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    """A deck file with pictures beside it, below it and out of its reach."""
    folder = tmp_path / "decks"
    (folder / "pictures/more.png").mkdir(parents=True)
    for name in ("plot.png", "pictures/a b.JPG", "sound.mp3", "script.sh", "50%.png", "-o.png"):
        (folder / name).write_bytes(b"x")
    (tmp_path / "secret.png").write_bytes(b"x")
    (folder / "out.png").symlink_to(tmp_path / "secret.png")
    (folder / "in.png").symlink_to("plot.png")
    (folder / "disguised.png").symlink_to("script.sh")
    (folder / "far").symlink_to(tmp_path)
    (folder / "loop.png").symlink_to("loop.png")
    (folder / "null.png").symlink_to("/dev/null")
    os.mkfifo(folder / "pipe.png")
    path = folder / "cards.md"
    path.write_text("Q: ?\nA: !\n")
    return path


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("plot.png", "plot.png"),
        ("./pictures/../plot.png", "plot.png"),
        ("pictures/a%20b.JPG", "pictures/a b.JPG"),
        ("<pictures/a b.JPG>", "pictures/a b.JPG"),
        (" plot.png ", "plot.png"),
        ("sound.mp3", "sound.mp3"),
        ("50%25.png", "50%.png"),
        ("50%.png", "50%.png"),
        ("-o.png", "-o.png"),
        ("in.png", "plot.png"),
        ("far/decks/plot.png", "plot.png"),
    ],
)
def test_what_is_found(deck: Path, target: str, name: str) -> None:
    found = resolve(str(deck), target)
    assert found == deck.parent.resolve() / name
    assert found.is_absolute()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("https://example.org/a.png", "an address"),
        ("HTTP:a.png", "an address"),
        ("file:///etc/passwd.png", "outside the folder"),
        ("//example.org/a.png", "an address"),
        ("data:image/png;base64,xx", "an address"),
        ("<javascript:x.png>", "an address"),
        ("../secret.png", "outside the folder"),
        ("%2e%2e/secret.png", "outside the folder"),
        ("out.png", "outside the folder"),
        ("far/secret.png", "outside the folder"),
        ("null.png", "outside the folder"),
        ("/dev/null", "outside the folder"),
        (".", "outside the folder"),
        ("..", "outside the folder"),
        ("nowhere.png", "no such file"),
        ("plot.png/x.png", "not a directory"),
        ("a" * 5000 + ".png", "name too long"),
        ("loop.png", "symbolic links"),
        ("pictures/more.png", "not a regular file"),
        ("pipe.png", "not a regular file"),
        ("script.sh", "not a picture"),
        ("disguised.png", "not a picture"),
        ("cards.md", "not a picture"),
        ("plot.png%00.sh", "NUL"),
        ("", "no name"),
        ("<>", "no name"),
    ],
)
def test_what_is_refused(deck: Path, target: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        resolve(str(deck), target)
    assert caught.value.hint


def test_an_absolute_path_must_lead_into_the_folder(deck: Path, tmp_path: Path) -> None:
    assert resolve(str(deck), f"{deck.parent}/plot.png").name == "plot.png"
    with pytest.raises(UsageError, match="outside the folder"):
        resolve(str(deck), f"{tmp_path}/secret.png")


def test_a_neighbour_whose_name_begins_alike_is_outside(deck: Path) -> None:
    near = deck.parent.with_name("decks2")
    near.mkdir()
    (near / "a.png").write_bytes(b"x")
    with pytest.raises(UsageError, match="outside the folder"):
        resolve(str(deck), "../decks2/a.png")


def test_a_built_in_card_has_no_folder() -> None:
    with pytest.raises(UsageError, match="a built-in card has no pictures"):
        resolve("builtin/03-features.md", "a.png")


def test_the_program_of_each_system() -> None:
    path = Path("/decks/a b.png")
    assert command("darwin", path, lambda name: name) == ["open", str(path)]
    assert command("linux", path, lambda name: name) == ["wslview", str(path)]
    assert command("linux", path, lambda name: name if name == "xdg-open" else None) == [
        "xdg-open", str(path),
    ]  # fmt: skip
    with pytest.raises(UsageError, match=r"/decks/a b\.png"):
        command("linux", path, lambda _: None)


def test_a_viewer_is_started_apart_and_not_waited_for(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\n"
        "for _ in range(1000): os.path.exists(sys.argv[1] + '.go') or time.sleep(0.02)\n"
        "if not os.path.exists(sys.argv[1] + '.go'): sys.exit(1)\n"
        "told = [os.getsid(0) == os.getpid(), os.read(0, 9), sys.argv[1]]\n"
        "print('noise'); open(sys.argv[1], 'w').write(repr(told))"
    )
    path = tmp_path / "told"
    show([sys.executable, "-c", code, str(path)])
    Path(f"{path}.go").touch()  # only then does the viewer end
    began = time.monotonic()
    while not (path.exists() and path.read_text()):
        assert time.monotonic() - began < 20
        time.sleep(0.02)
    assert path.read_text() == repr([True, b"", str(path)])
    with pytest.raises(UsageError, match="no such file"):
        show([str(tmp_path / "nothing"), "/a.png"])

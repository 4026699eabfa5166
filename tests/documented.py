"""The commands and examples of README and manual: found in the text, and run in this process."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from srs import cli
from srs.cli.context import Shell
from tests.pictures import readme_cards
from tests.program import CARDS, MORNING, Ran

ROOT = Path(__file__).parent.parent
HELP = ROOT / "srs" / "help"
PAGES = sorted(HELP.glob("*.md"))
TEXTS = [ROOT / "README.md", *PAGES]
_FENCE = re.compile(r"^(`{3,})(\w*)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"(?<!`)`(srs(?: [^`]*)?)`(?!`)")
_PLACEHOLDER = re.compile(r"\b(?:OTHER\.db|FILE-OR-FOLDER|[A-Z]{2,}|N)\b")
_STANDS_FOR = {
    "KEY": "new_per_day", "VALUE": "8", "TOPIC": "cards", "COMMAND": "due", "DECK": "03-features",
    "PATH": "cards", "FILE-OR-FOLDER": "cards", "OTHER.db": "other.db", "FILE": "out.apkg",
    "NAME": "Own", "N": "3", "SECTION": "retention",
    "QUERY": "canary", "FORMAT": "anki", "SLUG": "training-serving-skew",
}  # fmt: skip
_SAMPLE_ID = "3f2a91c0"  # in the examples: the beginning of some card's id
_OTHER_ID = "8b1c22d0"  # and of another


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    language: str
    text: str


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(page.stem, found[2], found[3]) for found in _FENCE.finditer(page.read_text())]


def spans(page: Path) -> list[str]:
    """The commands that a page names within its sentences."""
    return _SPAN.findall(_FENCE.sub("", page.read_text()))


def command_lines(page: Path) -> Iterator[str]:
    """Every command line of a page: in blocks of shell, at prompts, and within sentences."""
    for block in blocks(page):
        for line in block.text.splitlines():
            if block.language == "sh":
                yield line
            elif block.language == "console" and line.startswith("$ "):
                yield line[2:]
    yield from (span for span in spans(page) if "<" not in span and "…" not in span)


class Scene:
    """A folder in which every documented command makes sense, and a home beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.card = self.other = ""

    @classmethod
    def build(cls, folder: Path) -> Scene:
        """A new one, with a collection that has a history."""
        scene = cls(folder)
        (folder / "cards").mkdir(parents=True)
        (folder / "cards" / "caches.md").write_text(_sample_deck())
        (folder / "drafts").mkdir()
        (folder / "drafts" / "late.md").write_text("TTL :: lifetime\n\nQ: Who forgot it?\n")
        (folder / "vault").mkdir()
        (folder / "vault" / "drift.md").write_text(
            "#flashcards/drift\n\nWhat drifts?\n?\ninputs\n<!--SR:!2026-03-09,12,250-->\n"
        )
        (folder / "own.md").write_text(CARDS)
        (folder / "cards.md").write_text(readme_cards())
        other = cls(folder / "other")
        other.folder.mkdir()
        assert scene.run(f"srs import own.md --home {other.home}").code == 0
        shutil.copy(other.home / "collection.db", folder / "other.db")
        assert scene.run(f"srs export anki -o deck.apkg --home {other.home}").code == 0
        assert scene.run(f"srs export json -o backup.json --home {other.home}").code == 0
        for line in ("srs import own.md cards.md cards", "srs backup"):
            ran = scene.run(line)
            assert ran.code == 0, ran
        assert scene.run("srs review Own --limit 1", stdin="\n3\n").code == 0
        listed = scene.run("srs card list Own --json").json["cards"]
        scene.card, scene.other = listed[0]["card"], listed[1]["card"]
        return scene

    def copy(self, folder: Path) -> Scene:
        """The same elsewhere, to be used up."""
        shutil.copytree(self.folder, folder)
        found = Scene(folder)
        found.card, found.other = self.card, self.other
        return found

    def filled_in(self, line: str) -> str:
        """The command line with real names for placeholders."""
        line = re.sub(r"\[(DECK|TOPIC)\]\S*", r"\1", line.partition("  #")[0].strip())
        stands_for = _STANDS_FOR | {
            "CARD": self.card, "ID": self.card, "OLD": self.card, "NEW": self.other
        }  # fmt: skip
        line = f"{line} QUERY" if line.endswith("--find") else line
        line = f"{line} --yes" if line.startswith("srs card relink") else line  # it is no orphan
        line = f"{line} -o out.apkg" if line.startswith("srs export FORMAT") else line
        line = _PLACEHOLDER.sub(lambda found: stands_for.get(found[0], found[0]), line)
        line = line.replace(_SAMPLE_ID, self.card[:12]).replace(_OTHER_ID, self.other[:12])
        return line.replace("/media/usb/collection", "other")

    def run(self, line: str, *, stdin: str = "", now: str = MORNING) -> Ran:
        """What the program said to a command line, stdout and stderr in one as on a terminal."""
        words = shlex.split(line)
        assert words[0] == "srs", line
        environment = {
            "SRS_HOME": str(self.home), "TZ": "UTC", "EDITOR": "true", "VISUAL": "",
            "NO_COLOR": None,
        }  # fmt: skip
        argv, sys.argv = sys.argv, ["srs", *words[1:], "--now", now]
        try:
            with CliRunner().isolation(stdin, environment) as (out, err, both):
                code = cli._run(Shell())
                sys.stdout.flush()
        finally:
            sys.argv = argv
        said = both.getvalue().decode() if "--json" not in words else out.getvalue().decode()
        return Ran(code, said, err.getvalue().decode())


def _sample_deck() -> str:
    front = "---\ndeck: Serving::Caches\ntags: [serving, latency]\n---\n\n"
    return front + blocks(HELP / "cards.md")[0].text


def scripts(shell: str) -> str:
    """The completion script that ships for a shell."""
    return (resources.files("srs") / "help" / f"completion.{shell}").read_text(encoding="utf-8")

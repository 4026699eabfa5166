"""The write paths that the harnesses try: a home as it was before, and what is run on it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from tests.program import CARDS, Program
from tests.test_migrations import stored

NOW = "2026-03-04T08:00:00Z"
EARLIER = "2026-03-02T08:00:00Z"
SCRIPT: tuple[dict[str, str], ...] = (
    {"do": "rate", "rating": "good"}, {"do": "rate", "rating": "again"},
    {"do": "rate", "rating": "easy"}, {"do": "undo"}, {"do": "suspend"},
    {"do": "rate", "rating": "good"}, {"do": "bury"}, {"do": "undo"},
    {"do": "rate", "rating": "hard"}, {"do": "rate", "rating": "good"},
)  # fmt: skip


def lines(script: tuple[dict[str, str], ...]) -> str:
    """A session's input."""
    return "".join(json.dumps(line) + "\n" for line in script)


@dataclass(frozen=True)
class Scene:
    """One write path, over a home that is copied anew for each try."""

    name: str
    template: Path
    words: tuple[str, ...]
    stdin: str = ""

    @property
    def is_session(self) -> bool:
        """Whether it acknowledges row by row; anything else is one transaction."""
        return "--jsonl" in self.words

    def stage(self, home: Path) -> Path:
        """The home, ready for a try."""
        shutil.rmtree(home, ignore_errors=True)
        if self.template.exists():
            shutil.copytree(self.template, home)
        return home


def scenes(folder: Path) -> dict[str, Scene]:
    """All of them, by name."""
    (folder / "own.md").write_text(CARDS)
    (folder / "more.md").write_text(CARDS.replace("safe", "sound") + "\nQ: More?\nA: Yes.\n")
    used, other, old = (folder / name for name in ("used", "other", "old"))
    for home in (used, other):
        program = Program(home)
        assert program("import", str(folder / "own.md")).code == 0
        assert program.jsonl(*SCRIPT, words=("--new", "9"), now=EARLIER).code == 0
    stored(old, 1)
    kept = folder / "kept"
    shutil.copytree(used, kept)
    assert Program(kept)("backup", now=NOW).code == 0
    backup = str(folder / "backup.json")
    assert Program(other)("export", "json", "-o", backup).code == 0
    session = ("review", "--jsonl", "--new", "20", "--now", NOW)
    found = (
        Scene("review", used, session, lines(SCRIPT)),
        Scene("first review", folder / "nothing", session, lines(SCRIPT)),
        Scene("undo", used, ("undo", "--now", NOW)),
        Scene("import", used, ("import", str(folder / "more.md"), "--now", NOW)),
        Scene("backup", used, ("backup", "--now", NOW)),
        Scene("merge", used, ("merge", str(other / "collection.db"), "--now", NOW)),
        Scene("coming back", folder / "nothing", ("import", backup, "--now", NOW)),
        Scene("migration", old, ("due", "--now", "2026-03-25T08:00:00Z")),
        Scene("restore", kept, ("restore", "--now", NOW)),
        Scene("repair", used, ("doctor", "--repair", "--now", NOW)),
    )
    return {scene.name: scene for scene in found}


def evening(found: dict[str, Scene]) -> list[Scene]:
    """Many of them in a row, over one home, a day apart."""
    names = ("first review", "review", "import", "backup", "review", "undo", "restore", "review",
             "repair", "merge", "review")  # fmt: skip
    return [
        replace(
            found[name],
            words=tuple(word.replace("03-04", f"03-{day:02}") for word in found[name].words),
        )
        for day, name in enumerate(names, 4)
    ]

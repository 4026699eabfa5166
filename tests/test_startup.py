"""The path to the first card: which modules may be loaded before its front is on the screen."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.program import Program

SLOW = {
    "sqlite_utils", "genanki", "fsrs", "markdown_it", "pygments", "rich.markdown", "rich.syntax",
    "rich.table", "rich.live", "rich.progress", "asyncio", "importlib.metadata", "platformdirs",
    "tomllib", "zoneinfo", "hashlib", "unicodedata", "subprocess", "urllib", "email", "secrets",
    "tempfile", "decks.parse", "decks.load", "decks.concepts", "decks.model", "exporters",
    "srs.states", "srs.scheduling", "srs.importing", "srs.reconcile", "srs.doctor",
    "srs.store.schema", "srs.store.notes", "srs.store.intake", "srs.store.create",
    "prompt_toolkit", "unicodeit", "difflib", "shlex", "srs.choosing", "srs.foresight",
    "srs.sources", "srs.cli.entry", "srs.cli.panels", "srs.cli.info", "srs.cli.reveal",
    "srs.cli.editing", "srs.cli.ending", "srs.cli.mathtext", "srs.keeper", "srs.rebuild",
    "srs.replay", "srs.merging", "srs.migrating", "gzip", "srs.names", "srs.settings_file",
    "srs.cli.completion", "click.shell_completion",
    "srs.query", "srs.query_text", "srs.curriculum", "srs.knowledge", "srs.store.knowledge",
    "decks.outline", "decks.prerequisites", "srs.cli.topics", "srs.cli.concept_page",
    "srs.store.finding",
    "srs.store.search", "srs.store.selection", "srs.cli.listing", "srs.cli.querying",
}  # fmt: skip

# Runs the real program up to the moment when the first card stands, and lists what it loaded.
TO_FIRST_CARD = """
import json, sys
sys.argv = ["srs", "review", "--now", "2026-03-02T08:00:00Z"]
from srs.cli import review
review._full_screen = lambda: True
import srs.cli.screen, srs.cli.terminal
class Terminal:
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def size(self): return 80, 24
    def forget_typed(self): pass
    def draw(self, lines): assert any("What does a canary ask?" in line for line in lines)
    def key(self): return "q"
srs.cli.terminal.Terminal = Terminal
def shown(self, at_ms):
    print(json.dumps(sorted(sys.modules)))
    raise SystemExit
srs.collection.Collection.make_ready = shown
from srs.cli import main
main()
"""
DUE = """
import json, sys, atexit
sys.argv = ["srs", "due", "--now", "2026-03-02T08:00:00Z"]
atexit.register(lambda: print(json.dumps(sorted(sys.modules))))
from srs.cli import main
main()
"""


def loaded(srs: Program, script: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=srs.env(), check=False
    )
    assert done.stdout, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_first_card_loads_nothing_slow(own: Program) -> None:
    modules = loaded(own, TO_FIRST_CARD)
    assert modules & SLOW == set()
    assert "rich.text" in modules


def test_counting_loads_nothing_slow(own: Program) -> None:
    modules = loaded(own, DUE)
    assert modules & (SLOW | {"rich.console"}) == set()

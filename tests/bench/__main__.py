"""Ratios, each measured in one run: `python -m tests.bench` (needs Linux; some ten minutes).

Seven tables: what starting costs against the least that a Python program could do; what imports
cost; what reading Anki's packages costs against Anki's own import; what writing them costs
against plain genanki and Anki's own export; at scale, answering, rebuilding
and memory against Anki and against bare SQLite; what reading a deck file costs against a parser
of markdown, and linting it against reading it. Everything is compared with a yardstick that
runs in alternation with it, so that a noisy machine slows both.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import exports, imports, linting, ours, packages, reading, scale
from tests.bench.measure import Environment, Row, alternate, cpu_of, cpu_until, row

PAIRS = 21
YARDSTICK = [sys.executable, "-c", "import sqlite3, click, rich.console"]
BLOCKS = "What does part {} do?\n\n- one\n- two\n\n```python\nx = 1\n```\n"
HEAD = f"{'':66} {'ours':>9} {'theirs':>9} {'ratio':>7} {'limit':>6}"


def show(found: Row) -> None:
    """One line of a table."""
    verdict = "" if found.limit is None else f"{found.limit:6.2f} {'ok' if found.kept else 'OVER'}"
    print(
        f"{found.what:66} {found.ours:9.2f} {found.theirs:9.2f} {found.ratio:7.2f} {verdict}",
        flush=True,
    )


def starting(cards: int) -> None:
    """The first table: CPU of the daily commands on cards never answered."""
    print(f"{cards:,} new cards; medians of {PAIRS} alternating pairs; CPU milliseconds")
    print(f"against: python -c '{YARDSTICK[-1]}'\n\n{HEAD}")
    with tempfile.TemporaryDirectory() as name:
        plain = ours.imported(Path(name), ours.FRONT, cards)
        _against_imports("srs due", lambda: cpu_of([*ours.SRS, "due"], plain), plain)
        _first_card("srs review, to the first card", plain)
    with tempfile.TemporaryDirectory() as name:
        blocks = ours.imported(Path(name), BLOCKS, cards)
        _first_card("… whose front has a list and code", blocks)


def _first_card(what: str, home: Environment) -> None:
    _against_imports(what, lambda: cpu_until([*ours.SRS, "review"], home, ours.SEEN), home)


def _against_imports(what: str, measure: Callable[[], float], home: Environment) -> None:
    show(row(what, alternate(measure, lambda: cpu_of(YARDSTICK, home), PAIRS), None, 1000.0))


def importing() -> None:
    """The second table."""
    print(f"imports; medians of alternating pairs\n\n{HEAD}")
    for found in imports.rows():
        show(found)


def in_packages() -> None:
    """The table of Anki's packages."""
    print(f"Anki packages; medians of alternating pairs\n\n{HEAD}")
    for found in packages.rows():
        show(found)


def exporting() -> None:
    """The table of exports to Anki."""
    print(f"exports to Anki, from rendered fields; medians of alternating pairs\n\n{HEAD}")
    for found in exports.rows():
        show(found)


def at_scale(folder: Path, cards: int, reviews: int) -> None:
    """The third table."""
    plan = scale.plan_for_today(cards, reviews)
    print(f"{cards:,} cards, {reviews:,} reviews, up to today; in {folder}")
    scale.built(folder, plan)
    print(f"stability within 0.1 % of Anki's: {scale.agreement(folder):.2%} of the cards\n\n{HEAD}")
    for found in scale.rows(folder):
        show(found)


def in_files() -> None:
    """The third table."""
    print(f"CPU of a process that runs; medians of alternating pairs\n\n{HEAD}")
    for found in reading.rows():
        show(found)


def in_lint() -> None:
    """The table of lint."""
    print(f"linting; medians of alternating pairs\n\n{HEAD}")
    for found in linting.rows():
        show(found)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--cards", type=int, default=100_000)
    parser.add_argument("--reviews", type=int, default=1_000_000)
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "driftdeck-bench",
        help="where the collections of the third table are kept for the next run",
    )
    parser.add_argument(
        "--only",
        choices=("starting", "imports", "packages", "exports", "reading", "lint", "scale"),
        help="one of the tables",
    )
    given = parser.parse_args()
    if given.only in (None, "starting"):
        starting(given.cards)
        print()
    if given.only in (None, "imports"):
        importing()
        print()
    if given.only in (None, "packages"):
        in_packages()
        print()
    if given.only in (None, "exports"):
        exporting()
        print()
    if given.only in (None, "scale"):
        at_scale(given.folder, given.cards, given.reviews)
        print()
    if given.only in (None, "lint"):
        in_lint()
        print()
    if given.only in (None, "reading"):
        in_files()


if __name__ == "__main__":
    main()

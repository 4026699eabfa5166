"""The receipt of an import or a sync, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from decks.dialects import NATIVE
from decks.model import Problem, Severity
from decks.walk import as_typed
from srs import Inherited, KnownSource, Receipt, Synced
from srs.cli.output import notice, report, say, wrapped
from srs.cli.problems import problem_line, tell_problems
from srs.cli.progress import ProgressBar
from srs.cli.shapes import detail_shape, problem_shape
from srs.cli.words import plural

_MOST = 20  # orphans
_ALIKE = 2  # notes of one kind in one file
COUNTS = ("added", "changed", "moved", "relinked", "orphaned", "unchanged")
_LONGEST_FRONT = 60


def rehearsing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of all that brings in notes."""
    flags = (
        click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing."),
        click.option("--strict", is_flag=True, help="Write nothing if anything is skipped."),
        click.option("--no-relink", "relink", is_flag=True, default=True, flag_value=False,
                     help="Take every card whose text has changed for a new one."),
        click.option("--all", "whole", is_flag=True, help="With --dry-run: show every note."),
    )  # fmt: skip
    for flag in reversed(flags):
        command = flag(command)
    return command


@contextmanager
def reading_bars() -> Iterator[tuple[ProgressBar, ProgressBar]]:
    """The bars of an import: reading, then bringing in."""
    with ProgressBar("Reading files") as reading, ProgressBar("Importing") as importing:
        yield reading, importing


def tell(synced: Synced, theme: str = "", *, as_json: bool, whole: bool = False) -> int:
    """Report what came of it; the exit code. `whole`: with every detail of a dry run."""
    _warn_of_plugins(looked=bool(synced.taken_for))
    if as_json:
        report(shape(synced))
    else:
        if synced.receipt.details:
            from srs.cli.rehearsal_page import show

            show(synced.receipt.details, theme, whole=whole)
        for one in synced.taken_for:
            if one.name != NATIVE:
                say(wrapped(f"{as_typed(one.path)} is read as {one.title} (--from {one.name}):"))
                say(wrapped(f"{one.why}."))
            for left in one.also:
                say(wrapped(f"Left out: {left}; name them to import them too."), err=True)
        _tell(synced.receipt, written=synced.written)
        if synced.taken_for and not synced.receipt.lines.card and not synced.receipt.skipped:
            say(wrapped("No card was found. srs help formats lists the formats for --from."))
    return 1 if synced.receipt.skipped else 0


def _warn_of_plugins(*, looked: bool) -> None:
    """Say which plugins could not be asked; those that cannot be loaded where they were wanted."""
    from decks.dialects import failed, plugins

    for plugin in plugins()[1] if looked else failed():
        notice(f"the plugin {plugin.name} cannot be used: {plugin.reason}")


def shape(synced: Synced) -> dict[str, object]:
    """The whole receipt."""
    receipt = synced.receipt
    inherited = receipt.inherited
    return {
        **{word: getattr(receipt, word) for word in COUNTS},
        "notes": receipt.notes, "cards": receipt.cards, "files": receipt.files,
        "lines": receipt.lines._asdict(), "written": synced.written,
        "skipped": [problem_shape(problem) for problem in receipt.skipped],
        "remarks": [problem_shape(p) for p in receipt.problems if p.severity is Severity.NOTE],
        "orphans": [
            {"note": o.note.hex(), "front": o.front, "deck": o.deck, "path": o.path, "line": o.line}
            for o in receipt.orphans
        ],
        "details": [detail_shape(detail) for detail in receipt.details],
        "changes": [
            {"path": one.path, **{word: dict(one.counts).get(word, 0) for word in COUNTS[:-1]}}
            for one in receipt.by_file
        ],
        "sources": [source_shape(source) for source in synced.sources],
        "taken_for": [
            {"path": one.path, "format": one.name, "why": one.why} for one in synced.taken_for
        ],
        "inherited": inherited._asdict(),
    }  # fmt: skip


def source_shape(source: KnownSource) -> dict[str, object]:
    """A source and how it is read."""
    return {
        "path": source.path, "deck": source.deck or None,
        "format": source.dialect.removesuffix("?"),
        "exclude": list(source.excludes),
    }  # fmt: skip


def _tell(receipt: Receipt, *, written: bool) -> None:
    told = [problem_line(problem) for problem in receipt.skipped]
    told += _condensed([p for p in receipt.problems if p.severity is Severity.NOTE])
    tell_problems(told)
    if not receipt.details:  # which have named them
        _tell_orphans(receipt)
    head = f"{plural(receipt.notes, 'note')}, {plural(receipt.cards, 'card')} "
    say(head + f"in {plural(receipt.files, 'file')}: {counts(receipt) or 'nothing to do'}.")
    if came := inherited(receipt.inherited):
        say(wrapped(came))
    lines = receipt.lines
    say(f"Lines: {lines.card:,} cards, {lines.prose:,} prose, {lines.skipped:,} skipped.")
    if not written:
        say("Nothing was written.")


def inherited(found: Inherited) -> str:
    """What came along from other programs, in a sentence; empty for nothing."""
    told = []
    if found.reviews:
        told.append(plural(found.reviews, "review"))
    if found.starts:
        told.append(f"where {plural(found.starts, 'card')} stood")
    if found.suspended:
        told.append(f"{found.suspended:,} suspended")
    if found.flagged:
        told.append(f"{found.flagged:,} flagged")
    return f"From the other program: {', '.join(told)}." if told else ""


def _condensed(notes: Sequence[Problem]) -> Iterator[str]:
    """What is only worth knowing; of many alike in one file the first few."""
    alike: dict[tuple[str, str], list[Problem]] = {}
    for problem in notes:
        alike.setdefault((problem.place.path, problem.hint), []).append(problem)
    for (path, _), found in alike.items():
        yield from map(problem_line, found[:_ALIKE])
        if len(found) > _ALIKE:
            yield f"note: {path}: {len(found) - _ALIKE:,} more like that"


def _tell_orphans(receipt: Receipt) -> None:
    for orphan in receipt.orphans[:_MOST]:
        say(f"orphaned: {as_typed(orphan.path)}:{orphan.line}: {_shortened(orphan.front)}")
    if len(receipt.orphans) > _MOST:
        say(f"and {len(receipt.orphans) - _MOST:,} more")
    if receipt.orphans:
        say(wrapped("Orphans keep their history: srs card list --orphans lists them,"))
        say(wrapped("srs card relink OLD NEW gives the history of one to another card."))


def _shortened(front: str) -> str:
    line = " ".join(front.split())
    return line if len(line) <= _LONGEST_FRONT else f"{line[: _LONGEST_FRONT - 1]}…"


def counts(receipt: Receipt) -> str:
    """What became of the notes, in words."""
    found = ((word, getattr(receipt, word)) for word in COUNTS)
    return ", ".join(f"{count:,} {word}" for word, count in found if count)

"""`srs import` and `srs export`: cards in, decks out."""

from __future__ import annotations

from pathlib import Path

import click

import decks
import exporters
from decks.errors import DataError, UsageError
from decks.model import Problem, Severity
from srs import Receipt
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say
from srs.cli.progress import ProgressBar
from srs.cli.selecting import finding
from srs.cli.shapes import problem_shape
from srs.cli.words import plural

_MOST_PROBLEMS = 20
_COUNTS = ("added", "changed", "moved", "relinked", "orphaned", "unchanged")


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--from", "dialect", default="native", metavar="FORMAT",
              help="Format of the files; native is the only one so far.")  # fmt: skip
@click.option("--deck", default="", metavar="NAME", help="Deck for these cards.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option("--strict", is_flag=True, help="Write nothing if anything is skipped.")
@common
@pass_shell
def import_command(
    shell: Shell, paths: tuple[str, ...], dialect: str, deck: str, dry_run: bool, strict: bool
) -> int:
    """Read your own cards from markdown files and folders.

    Edit the files and import them again at any time: a card keeps its history. Exit code 1 means
    that something was skipped; the rest is in.

    \b
    Example:
      srs import cards/
    """
    if dialect != "native":
        raise UsageError(f"no format {dialect}", "native is the only one so far")
    with ProgressBar("Reading files") as progress:
        files = decks.read([Path(path) for path in paths], deck=deck, progress=progress)
    now_ms = shell.clock.now_ms()
    with shell.open(create=not dry_run) as collection, ProgressBar("Importing") as progress:
        rehearsal = dry_run or strict
        receipt = collection.import_files(files, now_ms, dry_run=rehearsal, progress=progress)
        if strict and not dry_run and not receipt.skipped:
            receipt = collection.import_files(files, now_ms, progress=progress)
    written = not dry_run and not (strict and receipt.skipped)
    if shell.as_json:
        report(_shape(receipt, written=written))
    else:
        _tell(receipt, written=written)
    return 1 if receipt.skipped else 0


def _shape(receipt: Receipt, *, written: bool) -> dict[str, object]:
    return {
        **{word: getattr(receipt, word) for word in _COUNTS},
        "notes": receipt.notes, "cards": receipt.cards, "files": receipt.files,
        "lines": receipt.lines._asdict(), "written": written,
        "skipped": [problem_shape(problem) for problem in receipt.skipped],
        "remarks": [problem_shape(p) for p in receipt.problems if p.severity is Severity.NOTE],
    }  # fmt: skip


def _tell(receipt: Receipt, *, written: bool) -> None:
    for problem in receipt.problems[:_MOST_PROBLEMS]:
        say(_problem_line(problem), err=True)
    if len(receipt.problems) > _MOST_PROBLEMS:
        say(f"and {len(receipt.problems) - _MOST_PROBLEMS} more; --json lists them all", err=True)
    counts = [f"{getattr(receipt, word)} {word}" for word in _COUNTS if getattr(receipt, word)]
    head = f"{plural(receipt.notes, 'note')}, {plural(receipt.cards, 'card')} "
    say(head + f"in {plural(receipt.files, 'file')}: {', '.join(counts) or 'nothing to do'}.")
    lines = receipt.lines
    say(f"Lines: {lines.card} cards, {lines.prose} prose, {lines.skipped} skipped.")
    if not written:
        say("Nothing was written.")


def _problem_line(problem: Problem) -> str:
    word = "error" if problem.severity is Severity.ERROR else "note"
    hint = f"\nhint: {problem.hint}" if problem.hint else ""
    return f"{word}: {problem.place.path}:{problem.place.line}: {problem.message}{hint}"


@click.command("export")
@click.argument("format_name", metavar="FORMAT")
@click.argument("deck_names", nargs=-1, metavar="[DECK]...")
@click.option("-o", "--output", required=True, metavar="FILE", help="File to write.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@finding
@common
@pass_shell
def export_command(
    shell: Shell,
    format_name: str,
    deck_names: tuple[str, ...],
    output: str,
    force: bool,
    query: str,
) -> None:
    """Write decks for another program: all enabled decks, or those named.

    With --find only notes of which it finds a card, whole.

    FORMAT is anki. In Anki, import the file with File > Import; import a newer one the same way
    and it updates the cards in place.

    \b
    Examples:
      srs export anki -o driftdeck.apkg
      srs export anki --find 'concept:canary*' -o canaries.apkg
    """
    chosen = exporters.get_format(format_name)
    path = Path(output)
    if path.exists() and not force:
        raise DataError(f"{output}: exists already", "--force replaces it")
    with shell.open() as collection, ProgressBar("Collecting notes") as progress:
        bundle = collection.bundle(
            "driftdeck", shell.clock.now_ms(), deck_names, progress, query=query
        )
    if not bundle.notes:
        hint = (
            "srs card list QUERY shows what is found" if query else "srs deck list shows the decks"
        )
        raise UsageError("no cards to export", hint)
    with ProgressBar("Writing notes") as progress:
        size_bytes = exporters.write(chosen, bundle, path, progress)
    cards = sum(len(note.cards) for note in bundle.notes)
    if shell.as_json:
        report({
            "format": chosen.name, "path": str(path.absolute()), "notes": len(bundle.notes),
            "cards": cards, "reviews": 0, "media": 0, "bytes": size_bytes,
        })  # fmt: skip
    else:
        notes = plural(len(bundle.notes), "note")
        say(f"Wrote {notes}, {plural(cards, 'card')} to {output}.")

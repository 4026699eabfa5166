"""`srs import` and `srs export`: cards in, decks out."""

from __future__ import annotations

from pathlib import Path

import click

import decks
import exporters
from decks.errors import DataError, UsageError
from srs import Wanted, Wish
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say
from srs.cli.progress import ProgressBar
from srs.cli.receipt import reading_bars, rehearsing, tell
from srs.cli.selecting import finding
from srs.cli.words import plural


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--from", "dialect", default=None, metavar="FORMAT",
              help="Format of the files; otherwise as known, or by their looks.")  # fmt: skip
@click.option("--deck", default=None, metavar="NAME", help="Deck for these cards.")
@click.option("--exclude", "excludes", multiple=True, metavar="PATTERN",
              help="Leave out what matches, written as in .gitignore.")  # fmt: skip
@rehearsing
@common
@pass_shell
def import_command(
    shell: Shell,
    paths: tuple[str, ...],
    dialect: str | None,
    deck: str | None,
    excludes: tuple[str, ...],
    dry_run: bool,
    strict: bool,
    relink: bool,
    whole: bool,
) -> int:
    """Read cards from files and folders, and remember where they are.

    They may be written for another program, or be an Anki package: srs help formats lists the
    formats. What that program knew of a card comes along.

    Edit the files and import them again at any time, or read all of them with srs sync: a card
    keeps its history. Exit code 1 means that something was skipped; the rest is in.

    \b
    Examples:
      srs import cards/
      srs import cards/ --exclude attic/
      srs import --from obsidian cards/
    """
    decks.check_paths([Path(path) for path in paths])
    wish = Wish(deck, excludes or None, dry_run, strict, relink, shell.clock.wall_ns(), dialect)
    with shell.open(create=not dry_run) as collection, reading_bars() as bars:
        synced = collection.import_paths(paths, wish, shell.clock.now_ms(), *bars)
        theme = collection.settings.theme
    return tell(synced, theme, as_json=shell.as_json, whole=whole)


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
        wanted = Wanted(deck_names, query=query) if deck_names or query else None
        bundle = collection.bundle(
            "driftdeck", shell.clock.now_ms(), wanted, chosen.wants, progress
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

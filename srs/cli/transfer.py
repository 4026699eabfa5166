"""`srs import`: cards in."""

from __future__ import annotations

from pathlib import Path

import click

import decks
from decks.errors import UsageError
from srs import Wish
from srs.cli.context import Shell, common, pass_shell
from srs.cli.portable import portable_among, read_back
from srs.cli.receipt import reading_bars, rehearsing, tell


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
    formats. What that program knew of a card comes along. What srs export json wrote comes back
    whole (srs help json).

    Edit the files and import them again at any time, or read all of them with srs sync: a card
    keeps its history. Exit code 1 means that something was skipped; the rest is in.

    \b
    Examples:
      srs import cards/
      srs import cards/ --exclude attic/
      srs import --from obsidian cards/
    """
    decks.check_paths([Path(path) for path in paths])
    if backup := portable_among(paths, dialect):
        if deck is not None or excludes:
            hint = "leave out --deck and --exclude"
            raise UsageError("a portable backup is read as it is", hint, path=str(backup))
        return read_back(shell, backup, dry_run=dry_run)
    wish = Wish(deck, excludes or None, dry_run, strict, relink, shell.clock.wall_ns(), dialect)
    with shell.open(create=not dry_run) as collection, reading_bars() as bars:
        synced = collection.import_paths(paths, wish, shell.clock.now_ms(), *bars)
        theme = collection.settings.theme
    return tell(synced, theme, as_json=shell.as_json, whole=whole)

"""`srs sync`: what was imported before is read again."""

from __future__ import annotations

import os

import click

from decks.errors import UsageError
from decks.manner import is_native
from srs import KnownSource, Synced, Wish
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say
from srs.cli.receipt import reading_bars, rehearsing, shape, source_shape, tell
from srs.cli.words import plural

_BEGIN = "srs import PATH reads your cards and remembers where they are"


@click.command("sync")
@click.option("--watch", is_flag=True, help="Go on reading whatever changes, until Ctrl-C.")
@rehearsing
@click.option("--list", "listed", is_flag=True, help="List what is read.")
@click.option("--forget", default="", metavar="PATH", help="Read this no more; its cards stay.")
@common
@pass_shell
def sync_command(
    shell: Shell,
    watch: bool,
    dry_run: bool,
    strict: bool,
    relink: bool,
    whole: bool,
    listed: bool,
    forget: str,
) -> int:
    """Read all files and folders again that were imported before, as far as they have changed.

    Exit code 1 means that something was skipped or is missing; the rest is in.

    \\b
    Examples:
      srs sync
      srs sync --watch
      srs sync --list
    """
    if listed or forget:
        return _list(shell) if listed else _forget(shell, forget)
    wish = Wish(dry_run=dry_run, strict=strict, relink=relink)
    if not watch:
        synced, theme = _read(shell, wish)
        if not synced.sources:
            return _nothing(shell, synced)
        return tell(synced, theme, as_json=shell.as_json, whole=whole)
    if dry_run:
        raise UsageError("--watch and --dry-run exclude each other", "leave out one of them")
    from srs.cli.watching import follow

    return follow(shell, wish)


def read_sources(shell: Shell, wish: Wish) -> Synced:
    """Open the collection, read all sources, and close it again."""
    return _read(shell, wish)[0]


def _read(shell: Shell, wish: Wish) -> tuple[Synced, str]:
    """What came of it, and the theme to tell it in."""
    from dataclasses import replace

    wish = replace(wish, clock_ns=shell.clock.wall_ns())
    with shell.open() as collection, reading_bars() as bars:
        synced = collection.sync(wish, shell.clock.now_ms(), *bars)
        return synced, collection.settings.theme


def _nothing(shell: Shell, synced: Synced) -> int:
    if shell.as_json:
        report(shape(synced))
    else:
        say(f"Nothing to read yet: {_BEGIN}.")
    return 0


def _list(shell: Shell) -> int:
    with shell.open() as collection:
        rows = [(source, collection.count_files(source)) for source in collection.known_sources()]
    if shell.as_json:
        report({"sources": [
            {**source_shape(source), "files": files, "missing": not os.path.lexists(source.path)}
            for source, files in rows
        ]})  # fmt: skip
        return 0
    for source, files in rows:
        say(f"{source.path}: {_described(source, files)}")
    if not rows:
        say(f"No sources yet: {_BEGIN}.")
    return 0


def _described(source: KnownSource, files: int) -> str:
    said = [plural(files, "file")]
    if not is_native(source.dialect):
        said.append(f"read as {source.dialect.removesuffix('?')}")
    if source.deck:
        said.append(f"deck {source.deck}")
    if source.excludes:
        said.append(f"without {' '.join(source.excludes)}")
    if not os.path.lexists(source.path):
        said.append("missing")
    return ", ".join(said)


def _forget(shell: Shell, path: str) -> int:
    with shell.open() as collection:
        source = collection.forget_source(path, shell.clock.now_ms())
    if shell.as_json:
        report({"forgotten": source_shape(source)})
    else:
        say(f"{source.path} is read no more; its cards stay.")
    return 0

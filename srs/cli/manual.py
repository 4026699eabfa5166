"""`srs help`: the manual, which ships inside the package."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from decks.errors import UsageError, UserError, did_you_mean
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report

if TYPE_CHECKING:
    from srs.cli.theme import Look

# What a newcomer reads first stands first; further pages follow by name.
_ORDER = (
    "review", "estimates", "cards", "lint", "import", "search", "concepts", "stats", "export",
    "anki", "fsrs", "safety",
    "files", "config", "completion", "scripting", "commands",
)  # fmt: skip
_INDEX = "topics"
_WIDEST = 88


@click.command("help")
@click.argument("topic", nargs=-1, metavar="[TOPIC]")
@common
@pass_shell
def help_command(shell: Shell, topic: tuple[str, ...]) -> None:
    """Read the manual: its topics, one of them, or the help of a command.

    \b
    Examples:
      srs help
      srs help cards
      srs help card edit
    """
    found = pages()
    name = " ".join(topic) or _INDEX
    if name == _INDEX:
        text = _index(found)
    elif name in found:
        text = found[name]
    else:
        text = _help_of(topic, found)
        if not shell.as_json:
            click.echo(text)
            return
    if shell.as_json:
        report({"topic": name, "topics": sorted(found), "text": text})
    else:
        _show(shell, text)


def pages() -> dict[str, str]:
    """The text of every page by its topic, in the order of reading."""
    from importlib.resources import files

    found = {
        page.name.removesuffix(".md"): page.read_text(encoding="utf-8")
        for page in files("srs").joinpath("help").iterdir()
        if page.name.endswith(".md")
    }
    rank = {name: number for number, name in enumerate(_ORDER)}
    return {name: found[name] for name in sorted(found, key=lambda n: (rank.get(n, 99), n))}


def _index(found: Mapping[str, str]) -> str:
    lines = [f"- `srs help {name}`: {_title(text)}" for name, text in found.items()]
    lines += ["", "`srs help COMMAND` and `srs COMMAND --help` explain one command, with examples."]
    return "\n".join(["# The manual", "", *lines, ""])


def _title(text: str) -> str:
    return text.partition("\n")[0].lstrip("# ")


def _help_of(words: tuple[str, ...], found: Mapping[str, str]) -> str:
    """The help of a command without a page. Raises UsageError if there is none of that name."""
    from srs.cli import srs_command

    command: click.Command = srs_command
    context = click.Context(command, info_name="srs")
    for word in words:
        group = command if isinstance(command, click.Group) else None
        known = group.list_commands(context) if group else []
        if group is None or word not in known:
            raise UsageError(f"no topic {' '.join(words)}", _hint(word, [*known, *found]))
        below = group.get_command(context, word)
        assert below is not None
        command, context = below, click.Context(below, info_name=word, parent=context)
    return command.get_help(context)


def _hint(word: str, known: list[str]) -> str:
    return did_you_mean(word, known, before="srs help ") + "srs help lists the topics"


def _show(shell: Shell, text: str) -> None:
    if not sys.stdout.isatty():
        click.echo(text.rstrip())
        return
    from srs.cli.pager import show

    show(_rendered(text, look_for(shell)))


def look_for(shell: Shell) -> Look:
    """The look of the settings, read without the collection."""
    from srs import settings_file
    from srs.cli.theme import look_of
    from srs.settings import decode

    try:
        theme = decode(settings_file.read(Path(shell.home) / settings_file.FILE_NAME)).theme
    except UserError:  # the manual is there to mend them
        theme = "auto"
    return look_of(theme, os.environ)


def _rendered(text: str, look: Look) -> str:
    """The page as the terminal shows it, with the codes of its colours."""
    from shutil import get_terminal_size

    from rich.console import Console

    from srs.cli.blocks import CardMarkdown

    width = min(get_terminal_size().columns, _WIDEST)
    console = Console(
        width=width, markup=False, emoji=False, highlight=False, no_color=look.plain or None
    )
    with console.capture() as captured:
        console.print(CardMarkdown(text, look=look))
    return "\n".join(line.rstrip() for line in captured.get().strip("\n").split("\n"))

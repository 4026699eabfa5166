"""The page on all commands, made from the commands: `python -m srs.cli.reference` prints it."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

import click

from srs.cli import srs_command

_HEAD = """\
# Every command

This page is made from the program itself. Before or after a command's name every command takes:

- `--home DIR`: the folder of the collection; otherwise `SRS_HOME`, or your platform's usual place
- `--json`: report as one JSON document
- `--help`: the same help as here

`srs --version` says which version this is.
"""
_EVERYWHERE = ("home", "json", "help", "version")
_WIDTH = 100


def reference() -> str:
    """The text of the page."""
    parts = [_section(words, context) for words, context in commands()]
    return "\n".join([_HEAD, *parts])


def commands() -> Iterator[tuple[str, click.Context]]:
    """Every command with its full name, `srs` itself first; groups before what is in them."""
    yield from _walk("srs", click.Context(srs_command, info_name="srs"))


def _walk(words: str, context: click.Context) -> Iterator[tuple[str, click.Context]]:
    yield words, context
    command = context.command
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        below = click.Context(found, info_name=name, parent=context)
        yield from _walk(f"{words} {name}", below)


def examples(command: click.Command) -> list[str]:
    """The example lines in a command's help."""
    _, _, lines = (command.help or "").partition("Example")
    return [line.strip() for line in lines.splitlines()[1:] if line.strip()]


def _section(words: str, context: click.Context) -> str:
    command = context.command
    usage = " ".join([words, *command.collect_usage_pieces(context)])
    parts = [f"## {words}\n", *_paragraphs(command), f"```\n{usage}\n```\n"]
    options = list(_options(command))
    if options:
        parts.append("\n".join(options) + "\n")
    shown = examples(command)
    if shown:
        parts.append("```sh\n" + "\n".join(shown) + "\n```\n")
    return "\n".join(parts)


def _paragraphs(command: click.Command) -> list[str]:
    told = (command.help or "").replace("\b", "").partition("Example")[0]
    return [_filled(" ".join(part.split())) + "\n" for part in told.split("\n\n") if part.strip()]


def _options(command: click.Command) -> Iterator[str]:
    for option in command.params:
        if not isinstance(option, click.Option) or option.hidden or option.name in _EVERYWHERE:
            continue
        names = ", ".join((*option.opts, *option.secondary_opts))
        value = "" if option.is_flag else f" {_value(option)}"
        yield _filled(f"- `{names}{value}`: {option.help}", "  ")


def _value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "|".join(map(str, option.type.choices))
    return option.metavar or str(option.type.name).upper()


def _filled(text: str, indent: str = "") -> str:
    return fill(
        text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


if __name__ == "__main__":
    click.echo(reference(), nl=False)

"""`srs completion`: the script for a shell, and the answers that it asks the program for.

The script runs `srs` with `_SRS_COMPLETE` set and the words up to the cursor; each line of the
answer is a kind (plain, file or dir), a value and a word of help, parted by tabs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import click
from click.shell_completion import CompletionItem, ShellComplete, split_arg_string

from srs import Flag, Names
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report
from srs.settings import KEYS, allowed

ASKING = "_SRS_COMPLETE"
SHELLS = ("bash", "zsh", "fish")
_CURSOR = "\x01"


@click.command("completion")
@click.argument("shell_name", metavar="SHELL", type=click.Choice(SHELLS))
@common
@pass_shell
def completion_command(shell: Shell, shell_name: str) -> None:
    """Print the script that completes commands, decks, tags and more in your shell.

    SHELL is bash, zsh or fish. srs help completion says where to put it.

    \b
    Example:
      srs completion bash > ~/.srs-completion.bash
    """
    script = script_of(shell_name)
    if shell.as_json:
        report({"shell": shell_name, "script": script})
    else:
        click.echo(script, nl=False)


def script_of(shell_name: str) -> str:
    """The script for a shell, to be sourced by it."""
    return files("srs").joinpath("help", f"completion.{shell_name}").read_text(encoding="utf-8")


def answer() -> None:
    """Print what may stand where the cursor is; nothing when anything is wrong."""
    how = os.environ[ASKING]
    try:
        words = _words(sys.argv[1]) if how.startswith("bash") else sys.argv[1:]
        found = candidates(words[:-1], words[-1] if words else "")
        cut = _cut(words[-1], how) if words else 0
    except (Exception, SystemExit):  # nobody who presses Tab wants to read why
        return
    for item in found:
        if item.type != "plain" or str(item.value).isprintable():
            click.echo(f"{item.type}\t{str(item.value)[cut:]}\t{item.help or ''}")


def _words(line: str) -> list[str]:
    """The words of a command line after the program, up to the cursor at its end."""
    words = split_arg_string(line + _CURSOR)
    return [word.replace(_CURSOR, "") for word in words[1:]]


def _cut(word: str, how: str) -> int:
    """How much of a word bash keeps by itself: it sees a new one behind a colon."""
    return word.rfind(":") + 1 if how == "bash:" else 0


def candidates(words: Sequence[str], incomplete: str) -> list[CompletionItem]:
    """What may stand next after `words`, given its beginning."""
    from srs.cli import srs_command

    context = click.Context(srs_command)
    _attach(srs_command)
    for name in words:
        command = srs_command.get_command(context, name)
        if command is not None:
            _attach(command)
            break
    asked = ShellComplete(srs_command, {"obj": Shell()}, "srs", ASKING)
    found = asked.get_completions(list(words), incomplete)
    option, sign, _ = incomplete.partition("=")
    if sign and option.startswith("--") and not os.environ.get(ASKING, "").startswith("bash"):
        for item in found:
            item.value = f"{option}={item.value}"
    return found


def _attach(command: click.Command) -> None:
    """Teach the parameters of a command, and of all below it, what they may be."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _attach(inner)
    for parameter in command.params:
        if parameter.name in _COMPLETERS:
            setattr(parameter, "shell_complete", _COMPLETERS[parameter.name])  # noqa: B010


_Completer = Callable[[click.Context, str], list[CompletionItem]]


@cache
def _names(home: str) -> Names:
    from srs import known_names

    return known_names(Path(home))


def _of_collection(kind: str) -> _Completer:
    def complete(context: click.Context, incomplete: str) -> list[CompletionItem]:
        found: tuple[str, ...] = getattr(_names(context.ensure_object(Shell).home), kind)
        return _starting(found, incomplete)

    return complete


def _starting(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    folded = incomplete.casefold()
    return [CompletionItem(name) for name in names if name.casefold().startswith(folded)]


def _query(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Keys, and after a key its values; where a deck may be named, decks as well."""
    names = _names(context.ensure_object(Shell).home)
    terms = [term for term in names.terms if term.endswith(":") != (":" in incomplete)]
    return _starting((*terms, *names.decks), incomplete)


def _colours(_: click.Context, incomplete: str) -> list[CompletionItem]:
    return _starting((flag.name.lower() for flag in Flag), incomplete)


def _topics(context: click.Context, incomplete: str) -> list[CompletionItem]:
    from srs.cli import COMMANDS
    from srs.cli.manual import pages

    if context.params.get("topic"):
        return []
    return _starting(dict.fromkeys((*pages(), *COMMANDS)), incomplete)


def _keys(_: click.Context, incomplete: str) -> list[CompletionItem]:
    return [
        CompletionItem(name, help=key.explanation.partition(";")[0])
        for name, key in KEYS.items()
        if name.startswith(incomplete)
    ]


def _values(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """The values of a setting that has few."""
    key = str(context.params.get("key"))
    told = allowed(key).removeprefix("one of ") if key in KEYS else ""
    few = told.split(", ") if allowed(key).startswith("one of ") else told.split(" or ")
    return _starting((word for word in few if word.isidentifier()), incomplete)


def _orders(_: click.Context, incomplete: str) -> list[CompletionItem]:
    from srs.cli.listing import ORDERS

    return _starting(ORDERS, incomplete)


def _formats(_: click.Context, incomplete: str) -> list[CompletionItem]:
    import exporters

    return _starting(exporters.format_names(), incomplete)


def _dialects(_: click.Context, incomplete: str) -> list[CompletionItem]:
    from decks.dialects import AUTO, builtin_names

    return _starting((AUTO, *builtin_names(), "json"), incomplete)


def _any_file(_: click.Context, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="file")]


def _any_folder(_: click.Context, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="dir")]


# By the name of the parameter, which is the same wherever the same is meant.
_COMPLETERS: Mapping[str, _Completer] = {
    "decks": _of_collection("decks"),
    "deck": _of_collection("decks"),
    "deck_names": _of_collection("decks"),
    "deck_options": _of_collection("decks"),
    "words": _query,
    "query": _query,
    "cards_and_colour": _colours,
    "tags": _of_collection("tags"),
    "concepts": _of_collection("concepts"),
    "concept": _of_collection("slugs"),
    "name": _of_collection("backups"),
    "topic": _topics,
    "key": _keys,
    "value": _values,
    "order": _orders,
    "format_name": _formats,
    "dialect": _dialects,
    "paths": _any_file,
    "output": _any_file,
    "card_file": _any_file,
    "other": _any_file,
    "home": _any_folder,
}

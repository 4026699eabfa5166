"""The `srs` program: a lazy group of commands and the one handler of errors."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from decks.errors import UsageError, UserError, did_you_mean
from srs import __version__
from srs.cli.context import Shell, common
from srs.cli.output import complain

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# name: (module, one line). Help is printed from here, so it imports no command.
COMMANDS = {
    "review": ("srs.cli.review", "Answer what is due today."),
    "due": ("srs.cli.today", "Count what is due, by deck."),
    "import": ("srs.cli.transfer", "Read your own cards from markdown."),
    "sync": ("srs.cli.sync", "Read again what was imported before."),
    "lint": ("srs.cli.lint", "Say what is wrong with cards, and how to mend it."),
    "export": ("srs.cli.export", "Write decks for another program."),
    "stats": ("srs.cli.stats", "Show what you know, what slips, and what it costs."),
    "deck": ("srs.cli.deck", "List and show decks, and choose which take part."),
    "concept": ("srs.cli.concept", "Show concepts, and what leads to them."),
    "card": ("srs.cli.card", "List, show, write, edit and mark cards."),
    "undo": ("srs.cli.undo", "Take back the latest answer."),
    "config": ("srs.cli.config", "Show and change settings."),
    "doctor": ("srs.cli.health", "Check the collection, and mend it."),
    "backup": ("srs.cli.safety", "Copy the collection."),
    "restore": ("srs.cli.safety", "Bring a copy back."),
    "merge": ("srs.cli.safety", "Take in another device's collection."),
    "completion": ("srs.cli.completion", "Complete words in your shell."),
    "help": ("srs.cli.manual", "Read the manual."),
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        module = import_module(COMMANDS[cmd_name][0])
        found = getattr(module, f"{cmd_name}_command")
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and name not in COMMANDS:
            raise UsageError(
                f"no command {name}",
                did_you_mean(name, COMMANDS, before="srs ") + "srs --help lists the commands",
            )
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        named = (
            (name, line) for name, (_, line) in COMMANDS.items() if name.startswith(incomplete)
        )
        found = [CompletionItem(name, help=line) for name, line in named]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=_LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="srs")
@common
@click.pass_context
def srs_command(context: click.Context) -> None:
    """Spaced repetition for machine-learning system-design interviews.

    Without a command: today at a glance.

    \b
    Examples:
      srs
      srs review
      srs help
    """
    if context.invoked_subcommand is None:
        from srs.cli.today import glance

        glance(context.ensure_object(Shell))


# Every signal that would end the program and can be caught: the terminal is given back first.
_ENDING = (
    signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2,
    signal.SIGALRM, signal.SIGXCPU,
)  # fmt: skip


class Interrupted(BaseException):
    """A signal asked the program to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


def _interrupt(number: int, _: FrameType | None) -> NoReturn:
    raise Interrupted(number)


def main() -> NoReturn:
    """Run the program and exit with the code of the contract."""
    _prepare_streams()
    if "_SRS_COMPLETE" in os.environ:  # a shell asks, for its user pressed Tab
        from srs.cli.completion import answer

        answer()
        sys.exit(0)
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    shell = Shell()
    try:
        code = _run(shell)
    except Interrupted as interrupted:
        code = interrupted.exit_code
    except BrokenPipeError:
        # The reader has gone (`srs card list | head`): nothing is left to say, and nobody to hear.
        _drop_output(1)
        code = 0
    _flush()
    sys.exit(code)


def _flush() -> None:
    """Write what is left to say; where nobody can hear it, drop it.

    Python would try again on its way out, fail, and end with a code of its own.
    """
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):
            _drop_output(number)


def _drop_output(number: int) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _prepare_streams() -> None:
    """Closed streams become empty ones; what the terminal cannot show is spelled out."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - for the whole run
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _run(shell: Shell) -> int:
    as_json, stdout = "--json" in sys.argv, sys.stdout
    try:
        result: Any = srs_command.main(prog_name="srs", standalone_mode=False, obj=shell)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except UserError as error:
        return _fail(error, shell, as_json)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return UsageError.exit_code
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "srs"
        usage = UsageError(
            _sentence(error.format_message()), f"{command} --help says how it is used"
        )
        return _fail(usage, shell, as_json)
    except click.exceptions.Abort:
        return 130
    except (BrokenPipeError, Interrupted):
        raise
    except SystemExit:
        if sys.stdout is stdout:
            raise
        raise BrokenPipeError from None  # click has wrapped a pipe whose reader has gone
    except OSError as error:
        from decks.errors import DataError

        where = f"{error.filename}: " if error.filename else ""
        return _fail(DataError(f"{where}{error.strerror or error}"), shell, as_json)
    except Exception as bug:
        hint = "this is a fault of driftdeck; --debug shows where"
        fault = UserError(f"{type(bug).__name__}: {bug}", hint)
        fault.exit_code = 3
        return _fail(fault, shell, as_json)


def _sentence(text: str) -> str:
    text = text.strip().removesuffix(".")
    return text[:1].lower() + text[1:]


def _fail(error: UserError, shell: Shell, as_json: bool) -> int:
    if shell.given.get("debug"):
        import traceback

        traceback.print_exc()
    with contextlib.suppress(OSError):  # there may be nobody left to hear it
        complain(error, as_json=as_json)
    return error.exit_code

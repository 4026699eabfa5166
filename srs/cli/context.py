"""The flags that every command takes, and the collection they lead to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from decks.errors import UsageError
from srs.cli.clock import Clock, parse_instant
from srs.cli.output import notice
from srs.cli.progress import ProgressBar

if TYPE_CHECKING:
    from srs import Collection, Keeper

APP_NAME = "driftdeck"
_PATIENCE_S = 0.4  # a wait worth a word


class Shell:
    """What the flags said. One per run of the program."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}
        self._clock: Clock | None = None

    @property
    def as_json(self) -> bool:
        """Whether to report in JSON."""
        return bool(self.given.get("json"))

    @property
    def clock(self) -> Clock:
        """The clock of this run."""
        if self._clock is None:
            text = self.given.get("now")
            self._clock = Clock(parse_instant(text) if text else None)
        return self._clock

    @property
    def home(self) -> str:
        """The folder that holds everything."""
        chosen = self.given.get("home") or os.environ.get("SRS_HOME")
        if chosen:
            return os.path.abspath(os.path.expanduser(chosen))  # noqa: PTH100, PTH111 - start-up
        return default_home(os.environ)

    @contextmanager
    def open(self, *, create: bool = False, mend: bool = True) -> Iterator[Collection]:
        """The collection; `create` makes it when it is missing. Says so, as any mending, aloud."""
        from srs import open_collection

        if os.path.lexists(self.home) and not os.path.isdir(self.home):  # noqa: PTH112
            raise UsageError(f"{self.home}: not a folder", "name one with --home or SRS_HOME")
        with ProgressBar("Bringing the collection up to date") as progress:
            collection = open_collection(self.home, create=create, mend=mend, progress=progress)
        for text in collection.notices:
            notice(text)
        with collection:
            yield collection
            if collection.keeper is not None:
                _wait_for(collection.keeper)


def _wait_for(keeper: Keeper) -> None:
    if not keeper.finish(_PATIENCE_S):
        notice("finishing today's backup; Ctrl-C leaves it out")
        keeper.finish()
    if keeper.complaint:
        notice(f"today's backup could not be made: {keeper.complaint}")


def default_home(environment: Mapping[str, str]) -> str:
    """The platform's folder for user data."""
    if sys.platform == "linux":
        # The rule of the XDG base directories, at a tenth of the time that platformdirs takes to
        # load; a test holds the two together.
        named = environment.get("XDG_DATA_HOME", "")
        base = named if named.strip() else os.path.expanduser("~/.local/share")  # noqa: PTH111
        return f"{base}/{APP_NAME}"
    from platformdirs import user_data_dir

    return user_data_dir(APP_NAME, appauthor=False)


pass_shell = click.make_pass_decorator(Shell, ensure=True)


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value and parameter.name:
        context.ensure_object(Shell).given[parameter.name] = value


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the flags that stand before or after the command's name."""
    flags = (
        click.option("--home", metavar="DIR", help="Folder of the collection (or SRS_HOME).",
                     expose_value=False, callback=_keep),
        click.option("--json", is_flag=True, help="Report as JSON.",
                     expose_value=False, callback=_keep),
        click.option("--now", hidden=True, metavar="ISO-8601", expose_value=False, callback=_keep),
        click.option("--debug", is_flag=True, hidden=True, expose_value=False, callback=_keep),
    )  # fmt: skip
    for flag in reversed(flags):
        command = flag(command)
    return command

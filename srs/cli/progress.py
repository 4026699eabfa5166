"""A progress bar on stderr, for what may take seconds."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from srs.cli.clock import Clock

if TYPE_CHECKING:
    from rich.progress import Progress


_PATIENCE_MS = 500  # what is over before needs no bar


class ProgressBar:
    """A context manager to be called with (done, in all). Drawn on stderr once it takes a while,
    and only where a person can see it."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: Progress | None = None
        self._visible = sys.stderr.isatty()
        self._began_ms = Clock.monotonic_ms()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Move the bar."""
        if not self._visible or (self._bar is None and not self._is_slow()):
            return
        if self._bar is None:
            self._bar = self._drawn(total)
        self._bar.update(self._bar.task_ids[0], completed=done, total=total)
        if done >= total:
            self._bar.stop()  # another may follow

    def _is_slow(self) -> bool:
        return Clock.monotonic_ms() - self._began_ms >= _PATIENCE_MS

    def _drawn(self, total: int) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
        )
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        bar.add_task(self._label, total=total)
        bar.start()
        return bar

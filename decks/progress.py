"""How long work tells whoever is watching how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Progress = Callable[[int, int], None]  # how much is done, of how much in all
_Item = TypeVar("_Item")


def told(
    items: Iterable[_Item], total: int, progress: Progress | None, step: int = 500
) -> Iterator[_Item]:
    """The items; every so many of them `progress` hears of it, if anybody is watching."""
    for number, item in enumerate(items):
        if progress and not number % step:
            progress(number, total)
        yield item

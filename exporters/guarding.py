"""A plugin's format, so that its faults stay its own. Pure.

What is wrong with one is found out before it is used or, for what it writes, while it writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from decks.errors import DataError, UserError
from decks.model import Problem
from decks.plugins import RAISED, told
from decks.progress import Progress
from exporters.base import Bundle, Format, Want

_NAME = re.compile(r"\w[\w-]*")
_SUFFIX = re.compile(r"(?:\.[\w-]+)+")
_WORDS = re.compile(r"[\w-]+(?: [\w-]+)*")  # they become a part of a file's name
_HINT = "mend or uninstall the plugin, or choose another format"


def flaw(found: object) -> str:
    """Why what a plugin leads to cannot be used; "" for a format that can."""
    if not isinstance(found, Format):
        return "it leads to no Format"
    texts = (found.name, found.suffix, found.summary, found.replaces)
    if not all(isinstance(text, str) for text in texts):
        return "its name, suffix, summary or replaces is no text"
    if not _NAME.fullmatch(found.name):
        return f"{found.name!r} is no plain word of letters, digits, - and _"
    if not _SUFFIX.fullmatch(found.suffix):
        return f"{found.suffix!r} is no suffix such as .txt"
    if found.replaces and not _WORDS.fullmatch(found.replaces):
        return f"{found.replaces!r} are no plain words"
    if not _are_wants(found.wants):
        return "its wants are no set of Want"
    if not callable(found.render):
        return "its render cannot be called"
    return "" if callable(found.problems) else "its problems cannot be called"


def _are_wants(given: object) -> bool:
    return isinstance(given, set | frozenset) and all(isinstance(one, Want) for one in given)


def guarded(found: Format, plugin: str) -> Format:
    """The format of a plugin; its `render` raises nothing but UserError any more, which names the
    plugin, and gives nothing but bytes."""

    def render(bundle: Bundle, progress: Progress) -> Iterator[bytes]:
        return _pieces(found, plugin, bundle, progress)

    def problems(bundle: Bundle) -> Sequence[Problem]:
        try:
            return [one for one in found.problems(bundle) if isinstance(one, Problem)]
        except RAISED as error:
            raise _failure(plugin, told(error)) from error

    return replace(found, render=render, problems=problems)


def _pieces(found: Format, plugin: str, bundle: Bundle, progress: Progress) -> Iterator[bytes]:
    try:
        for piece in _in_pieces(found.render(bundle, progress)):
            if not isinstance(piece, bytes):
                raise _failure(plugin, f"it gives {type(piece).__name__}, not bytes")
            yield piece
    except UserError:
        raise  # of what it was given: a picture that is gone
    except RAISED as error:
        raise _failure(plugin, told(error)) from error


def _in_pieces(made: object) -> Iterable[object]:
    if isinstance(made, Iterable) and not isinstance(made, bytes | str):
        return made
    return (made,)


def _failure(plugin: str, reason: str) -> DataError:
    return DataError(f"the plugin {plugin} failed: {reason}", _HINT)

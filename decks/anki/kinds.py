"""Decks, presets and note types of Anki's, as values. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Template(NamedTuple):
    """How a note type makes one of its cards."""

    name: str
    front: str
    back: str


class NoteType(NamedTuple):
    """Which fields a note has and which cards are made of it."""

    id: int  # the one it had where it was made, if that is known
    name: str
    is_cloze: bool
    is_occlusion: bool  # a picture with parts that are hidden
    fields: tuple[str, ...]
    templates: dict[int, Template]  # by the number that cards name them by


class Deck(NamedTuple):
    """A deck: its parts are joined by `::`."""

    name: str
    preset: int
    is_filtered: bool


class Preset(NamedTuple):
    """The options of a deck that bear on histories."""

    learning_steps: int = 2  # how many
    relearning_steps: int = 1
    weights: tuple[float, ...] = ()  # 21, 19 or 17 of FSRS
    retention: float = 0.9  # that the learner had before FSRS, as far as Anki is told
    ignored_before: str = ""  # a date: older answers do not count


def whole(value: object) -> int:
    """A number of a row as an integer; 0 for what is none."""
    if type(value) is int:
        return value
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError, OverflowError):
        return 0


def retention(value: float) -> float:
    """The value if a learner can have it, as Anki bounds it."""
    return value if 0.5 <= value < 1 else 0.9

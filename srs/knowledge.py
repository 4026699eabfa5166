"""How far the learner is with a concept or a deck: the one meaning of "known". Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from srs.stats import Mastery

ENOUGH = 0.9  # of the desired retention: cards that are due sink a little below it


class Standing(StrEnum):
    """How well the learner knows something."""

    NO_CARDS = "no cards"
    NOT_MET = "not met"
    LEARNING = "learning"
    KNOWN = "known"


class Knowledge(NamedTuple):
    """What the cards in sight of a concept or a deck tell."""

    mastery: Mastery = Mastery("", "", 0, 0, 0, 0, 0.0, 0)
    in_steps: int = 0  # cards that are being learned or relearned
    new: int = 0  # cards that may be asked and never were
    due: int = 0
    aside: int = 0  # cards suspended before they were ever answered

    @property
    def cards(self) -> int:
        """All of them, suspended ones too."""
        return self.mastery.cards

    def standing(self, desired_retention: float) -> Standing:
        """Known: none of its cards is in steps, and nearly as many would be recalled now as wanted.

        As many means: of all its cards, new ones too, less those suspended before they were met, a
        share of ENOUGH times the desired retention.
        """
        asked = self.cards - self.aside
        if asked <= 0:
            return Standing.NO_CARDS
        if not self.mastery.seen:
            return Standing.NOT_MET
        enough = self.mastery.known >= ENOUGH * desired_retention * asked
        return Standing.KNOWN if enough and not self.in_steps else Standing.LEARNING

    def __add__(self, other: object) -> Knowledge:
        if not isinstance(other, Knowledge):
            return NotImplemented
        numbers = (a + b for a, b in zip(self[1:], other[1:], strict=True))
        return Knowledge(self.mastery + other.mastery, *numbers)

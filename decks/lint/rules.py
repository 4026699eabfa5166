"""All rules, and which of them are in force for what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from decks.errors import UsageError, did_you_mean
from decks.lint import (
    answers,
    claims,
    copied,
    display,
    evasions,
    form,
    gaps,
    giveaways,
    ids,
    lengths,
    likeness,
    numbers,
    placing,
    questions,
    whole,
)
from decks.lint.rule import ERROR, Level, Rule, Sheet, Standard
from decks.lint.types import LIMITS

RULES = (
    *form.RULES, *ids.RULES, *placing.RULES, *lengths.RULES, *questions.RULES, *answers.RULES,
    *giveaways.RULES, *evasions.RULES, *gaps.RULES, *likeness.RULES, *copied.RULES, *claims.RULES,
    *numbers.RULES, *display.RULES, *whole.RULES,
)  # fmt: skip
_IDS = tuple(rule.id for rule in RULES)


@dataclass(frozen=True, slots=True)
class LintChoice:
    """Which rules to run; none selected means all of the standard."""

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    standard: Standard | None = None  # None: what each file looks like

    @classmethod
    def of(
        cls, select: Iterable[str] = (), ignore: Iterable[str] = (), standard: str = ""
    ) -> LintChoice:
        """Return the choice by names of rules. Raises UsageError for a name that no rule has."""
        chosen = Standard(standard) if standard else None
        return cls(_known(select), _known(ignore), chosen)

    def standard_of(self, sheet: Sheet) -> Standard:
        """Return what a file is held to: a type shows that it is a deck for others, and `complete`.

        In other formats than ours a type may be some word of the author's.
        """
        if self.standard:
            return self.standard
        parsed = sheet.parsed
        typed = parsed.typed or any(note.type in LIMITS for note in parsed.notes)
        claims = typed or any(head.complete for head in parsed.heads)
        return Standard.DECK if claims else Standard.OWN

    def lenient(self, standard: Standard) -> bool:
        """Return whether cards are excused what a learner's own are; no rule selected excuses."""
        return standard is Standard.OWN and not self.select

    def level(self, rule: Rule, standard: Standard) -> Level | None:
        """Return how grave a finding of the rule can be; None if it is not asked."""
        if rule.id in self.ignore or (self.select and rule.id not in self.select):
            return None
        return rule.level if self.select or standard is Standard.DECK else rule.own


def lint_rules() -> tuple[Rule, ...]:
    """Return all rules, by theme."""
    return RULES


def _known(names: Iterable[str]) -> frozenset[str]:
    found = frozenset(name for one in names for name in one.replace(",", " ").split())
    for name in sorted(found):
        if name not in _IDS:
            guess = did_you_mean(name, _IDS)
            raise UsageError(f"no rule {name}", f"{guess}srs lint --list-rules lists them")
    return found


def lowered(level: Level, most: Level) -> Level:
    """Return a level, or the highest that is allowed."""
    return level if most is ERROR else most

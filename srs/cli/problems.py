"""What was wrong with the learner's files, told on stderr."""

from __future__ import annotations

from collections.abc import Sequence

from decks.model import Problem, Severity
from srs.cli.output import say

_MOST = 20


def problem_line(problem: Problem) -> str:
    """One problem with what to do about it."""
    word = "error" if problem.severity is Severity.ERROR else "note"
    hint = f"\nhint: {problem.hint}" if problem.hint else ""
    return f"{word}: {problem.place.path}:{problem.place.line}: {problem.message}{hint}"


def tell_problems(told: Sequence[str]) -> None:
    """The first paragraphs, and how many more there are."""
    for paragraph in told[:_MOST]:
        say(paragraph, err=True)
    if len(told) > _MOST:
        say(f"and {len(told) - _MOST:,} more; --json lists them all", err=True)

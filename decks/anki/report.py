"""What became of each note of a package, and a word wherever something did not go over. Pure."""

from __future__ import annotations

from decks.model import CARD, SKIPPED, Place, Problem, Severity

_LATEST = 500  # more problems than a note has cards that are looked at


class Report:
    """The account of one package; its lines are notes, counted from 1."""

    def __init__(self, shown: str, count: int) -> None:
        self.shown = shown
        self._fates = [SKIPPED] * count
        self._problems: list[Problem] = []
        self._remarks: dict[str, list[int]] = {}

    def mark(self, line: int, *, is_card: bool) -> None:
        """Say whether anything came of a note."""
        self._fates[line - 1] = CARD if is_card else SKIPPED

    def skip(self, line: int, number: int, message: str, hint: str) -> None:
        """Report a note, or a card of it, that cannot be one here."""
        hint = f"{hint}; its browser finds it by nid:{number}"
        self._problems.append(Problem(Place(self.shown, line), message, hint))

    def is_silent(self, line: int) -> bool:
        """Whether nothing was reported of the note so far."""
        return all(problem.place.line != line for problem in self._problems[-_LATEST:])

    def remark(self, line: int, message: str) -> None:
        """A word about a note with which nothing was lost; told once for all such notes."""
        self._remarks.setdefault(message, []).append(line)

    def problems(self) -> tuple[Problem, ...]:
        """All that there is to say, in the order of the notes."""
        told = [
            Problem(Place(self.shown, lines[0]), _counted(message, lines), "", Severity.NOTE)
            for message, lines in self._remarks.items()
        ]
        return tuple(sorted((*self._problems, *told), key=lambda problem: problem.place.line))

    @property
    def fates(self) -> str:
        """A letter for each note."""
        return "".join(self._fates)


def _counted(message: str, lines: list[int]) -> str:
    count = len(set(lines))
    return message if count == 1 else f"{message} ({count:,} notes)"

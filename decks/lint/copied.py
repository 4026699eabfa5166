"""Runs of words that two notes share, or a note and some other text."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from decks.lint.rule import ERROR, Flaw, Knowledge, Rule, Subject
from decks.lint.words import bare_words, without_closing

RUN_WORDS = 12


class Run(NamedTuple):
    """Words that stood in an earlier text, and whose it was."""

    owner: Hashable
    words: tuple[str, ...]


class Runs:
    """All runs of words of the texts so far, each with the first that had it."""

    def __init__(self) -> None:
        self._owners: dict[int, int] = {}
        self._names: list[Hashable] = []

    def add(self, owner: Hashable, texts: Iterable[Sequence[str]]) -> list[Run]:
        """Remember the runs of the texts of `owner`; those known already stay with the first.

        Return these, each as long as it is.
        """
        known = self._owners.keys()
        found: list[Run] = []
        fresh: dict[int, int] = {}
        for words in texts:
            windows = _windows(words)
            if not known.isdisjoint(windows):  # hardly ever, and soon seen
                found += self._stretches(words, windows)
            fresh.update(dict.fromkeys(windows, len(self._names)))
        if found:
            fresh = {window: number for window, number in fresh.items() if window not in known}
        self._owners.update(fresh)
        self._names.append(owner)
        return found

    def find(self, texts: Iterable[Sequence[str]]) -> Iterator[Run]:
        """Yield the runs of the texts that stood in earlier ones, each as long as it is."""
        for words in texts:
            yield from self._stretches(words, _windows(words))

    def _stretches(self, words: Sequence[str], windows: Sequence[int]) -> Iterator[Run]:
        start, owner = -1, -1
        for at, window in enumerate(windows):
            known = self._owners.get(window, -1)
            if known != owner and owner >= 0:
                yield self._run(words, start, at - 1, owner)
            if known != owner:
                start, owner = at, known
        if owner >= 0:
            yield self._run(words, start, len(words) - RUN_WORDS, owner)

    def _run(self, words: Sequence[str], first: int, last: int, owner: int) -> Run:
        return Run(self._names[owner], tuple(words[first : last + RUN_WORDS]))


def worded(texts: Iterable[str]) -> list[list[str]]:
    """Return the words of each text, without the words that end every trade-off card."""
    return [bare_words(without_closing(text)) for text in texts]


def _windows(words: Sequence[str]) -> list[int]:
    """The hashes of all runs of words, in order."""
    windows = len(words) - RUN_WORDS + 1
    if windows <= 0:
        return []
    return list(map(hash, zip(*(words[at : at + windows] for at in range(RUN_WORDS)), strict=True)))


def _copied(subjects: Sequence[Subject], _: Knowledge) -> Iterator[Flaw]:
    runs = Runs()
    for subject in subjects:
        found = max(runs.add(subject, worded(subject.raw_texts)), key=_length, default=None)
        if found:
            other = found.owner
            assert isinstance(other, Subject)
            quoted = " ".join(found.words[:RUN_WORDS])
            message = f"{len(found.words)} words are those of {other.name}: “{quoted}”"
            yield subject.flaw(message, "say it in other words, with an example of its own")


def _length(run: Run) -> int:
    return len(run.words)


RULES = (
    Rule("copied-text", ERROR, f"no {RUN_WORDS} words in a row that another note has", all=_copied),
)

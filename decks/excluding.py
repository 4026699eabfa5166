"""What is left out of a folder: patterns in the notation of .gitignore."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pathspec import GitIgnoreSpec

from decks.errors import UsageError
from decks.model import Place, Problem, Severity

_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Rules:
    """The patterns that hold in a folder: those asked for, and those of the folders above it."""

    asked: GitIgnoreSpec | None
    levels: tuple[tuple[str, GitIgnoreSpec], ...] = ()  # (folder below the root, patterns)

    @classmethod
    def of(cls, patterns: Sequence[str]) -> Self:
        """Those that were asked for. Raises UsageError for one that is none."""
        for pattern in patterns:
            if not _is_pattern(pattern):
                hint = "they are written as in a .gitignore file"
                raise UsageError(f"--exclude {pattern}: not a pattern", hint)
        return cls(GitIgnoreSpec.from_lines(patterns))

    @classmethod
    def below(cls, above: Rules | None, folder: str, patterns: Sequence[str]) -> Rules:
        """Those that hold above, and a folder's own."""
        rules = above or cls(None)
        spec = GitIgnoreSpec.from_lines(patterns)
        return cls(rules.asked, ((folder, spec), *rules.levels))

    def exclude(self, name: str) -> bool:
        """Whether a file, or with a slash at its end a folder, is left out.

        What was asked for decides, then the innermost folder that says anything.
        """
        if self.asked is not None and (said := self.asked.check_file(name).include) is not None:
            return said
        for folder, spec in self.levels:
            if (said := spec.check_file(name[len(folder) :]).include) is not None:
                return said
        return False


def read_patterns(path: Path, shown: str) -> tuple[list[str], list[Problem]]:
    """The patterns of a file, and what is wrong with it. `shown` stands for its folder."""
    named = f"{shown}{path.name}"
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError(0, "not a regular file")
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8-sig", "replace")
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        return [], [Problem(Place(named, 1), reason, "check the file and its permissions")]
    lines = text.splitlines()
    return [line for line in lines if _is_pattern(line)], list(_faults(named, lines))


def _faults(named: str, lines: Iterable[str]) -> Iterable[Problem]:
    for number, line in enumerate(lines, 1):
        if not _is_pattern(line):
            message, hint = "not a pattern; ignored", "patterns are those of a .gitignore file"
            yield Problem(Place(named, number), message, hint, Severity.NOTE)


def _is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True

"""Run the rules over deck files: the same findings whatever the order of the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from decks.checking import is_cleared
from decks.lint.rule import Finding, Flaw, Knowledge, Level, Rule, Sheet, Standard, Subject
from decks.lint.rules import RULES, LintChoice, lowered


class Linted(NamedTuple):
    """What was found, by path, line and rule."""

    findings: tuple[Finding, ...]
    notes: int
    standards: Mapping[str, Standard]  # by the path of each file, in order

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity is Level.ERROR for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return len(self.findings) - self.errors


def lint(sheets: Sequence[Sheet], knowledge: Knowledge, choice: LintChoice) -> Linted:
    """Return what the chosen rules find in the files."""
    ordered = sorted(sheets, key=lambda sheet: sheet.path)
    standards = {sheet.path: choice.standard_of(sheet) for sheet in ordered}
    found = {
        finding
        for rule in RULES
        for finding in _Run(rule, knowledge, choice, standards).over(ordered)
    }
    notes = sum(len(sheet.parsed.notes) for sheet in ordered)
    return Linted(tuple(sorted(found)), notes, standards)


class _Run(NamedTuple):
    """One rule over all files."""

    rule: Rule
    knowledge: Knowledge
    choice: LintChoice
    standards: Mapping[str, Standard]

    def over(self, sheets: Sequence[Sheet]) -> Iterator[Finding]:
        """Yield what it finds."""
        levels = {path: self.choice.level(self.rule, one) for path, one in self.standards.items()}
        asked = [sheet for sheet in sheets if levels[sheet.path] is not None]
        for flaw in self._flaws(asked):
            level = levels.get(flaw.place.path) or self.rule.level
            severity = lowered(flaw.level, lowered(self.rule.level, level))
            yield Finding(flaw.place, self.rule.id, severity, flaw.message, flaw.hint)

    def _flaws(self, sheets: Sequence[Sheet]) -> Iterator[Flaw]:
        rule, knowledge = self.rule, self.knowledge
        subjects = [subject for sheet in sheets for subject in sheet.subjects]
        if rule.note:
            for subject in subjects:
                if not self._is_cleared(subject):
                    yield from rule.note(subject, knowledge)
        if rule.deck:
            for sheet in sheets:
                yield from rule.deck(sheet, knowledge)
        if rule.all and sheets:
            yield from rule.all(subjects, knowledge)

    def _is_cleared(self, subject: Subject) -> bool:
        record = self.knowledge.record
        return self.rule.cleared and bool(record) and is_cleared(subject.note, record)

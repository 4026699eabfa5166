"""Run the rules over deck files: the same findings whatever the order of the files."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from decks.checking import is_cleared
from decks.lint.rule import Deck, Finding, Flaw, Knowledge, Level, Rule, Sheet, Standard, Subject
from decks.lint.rules import RULES, LintChoice, lowered
from decks.lint.whole import complete_decks


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
    decks = complete_decks(ordered)
    standards = {sheet.path: _standard(sheet, choice, decks) for sheet in ordered}
    held = [replace(sheet, own=choice.lenient(standards[sheet.path])) for sheet in ordered]
    run = _Run(held, tuple(decks.values()), knowledge, choice, standards)
    notes = sum(len(sheet.parsed.notes) for sheet in ordered)
    return Linted(tuple(sorted(set(run.findings()))), notes, standards)


def _standard(sheet: Sheet, choice: LintChoice, complete: Container[str]) -> Standard:
    """What a file is held to: each file of a complete deck is one of a deck for others."""
    claims = any(head.deck in complete for head in sheet.parsed.heads)
    return Standard.DECK if claims and not choice.standard else choice.standard_of(sheet)


class _Run(NamedTuple):
    """The chosen rules over all files."""

    sheets: Sequence[Sheet]
    decks: Sequence[Deck]
    knowledge: Knowledge
    choice: LintChoice
    standards: Mapping[str, Standard]

    def findings(self) -> Iterator[Finding]:
        """Yield what they find, in no order."""
        for rule in RULES:
            levels = {path: self.choice.level(rule, one) for path, one in self.standards.items()}
            for flaw in self._flaws(rule, [one for one in self.sheets if levels[one.path]]):
                level = levels.get(flaw.place.path) or rule.level
                severity = lowered(flaw.level, lowered(rule.level, level))
                yield Finding(flaw.place, rule.id, severity, flaw.message, flaw.hint)

    def _flaws(self, rule: Rule, sheets: Sequence[Sheet]) -> Iterator[Flaw]:
        subjects = [subject for sheet in sheets for subject in sheet.subjects]
        if rule.note:
            for subject in subjects:
                for flaw in rule.note(subject, self.knowledge):
                    if not (rule.cleared and self._is_cleared(subject)):
                        yield flaw
        if rule.deck:
            for sheet in sheets:
                yield from rule.deck(sheet, self.knowledge)
        if rule.whole and sheets:
            for deck in self.decks:
                yield from rule.whole(deck, self.knowledge)
        if rule.all and sheets:
            yield from rule.all(subjects, self.knowledge)

    def _is_cleared(self, subject: Subject) -> bool:
        record = self.knowledge.record
        return bool(record) and is_cleared(subject.note, record)

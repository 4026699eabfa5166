"""Each rule of lint: cards that break it, cards that do not, and both sides of each threshold."""

from __future__ import annotations

import pytest

from decks.lint.rules import RULES
from tests.lint_cards import CASES, Case, found

# Judged by tests of their own, in test_lint.py.
ELSEWHERE = {
    "released-id", "curriculum", "template", "concept-cards", "explained", "type-mix", "variants",
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}: {case.name}" for case in CASES])
def test_a_rule_finds_what_it_should_and_no_more(case: Case) -> None:
    seen = found(case.text, rule=case.rule)
    levels = [str(finding.severity) for finding in seen]
    assert (levels.count("error"), levels.count("warning")) == (case.errors, case.warnings), seen
    assert all(finding.rule == case.rule and finding.message for finding in seen)


def test_every_rule_has_cards_that_break_it_and_cards_that_do_not() -> None:
    breaking = {case.rule for case in CASES if case.errors or case.warnings}
    keeping = {case.rule for case in CASES if not (case.errors or case.warnings)}
    assert breaking == keeping == {rule.id for rule in RULES} - ELSEWHERE


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}: {case.name}" for case in CASES])
def test_own_cards_get_advice(case: Case) -> None:
    rule = next(rule for rule in RULES if rule.id == case.rule)
    seen = [finding for finding in found(case.text, standard="own") if finding.rule == rule.id]
    asked = case.errors + case.warnings if rule.own else 0
    assert len(seen) == asked
    assert {finding.severity for finding in seen} <= {rule.own}

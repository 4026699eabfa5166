"""What was asked for and is there stays there, and the list of it is current."""

from __future__ import annotations

from pathlib import Path

import pytest

from decks.concepts import load_concepts
from decks.errors import DataError
from decks.parse import parse
from tests import coverage, features
from tests.coverage import COVERAGE, MET, TEXTS, Asked, faults, lacks, read, recorded, wanting
from tests.features import PLANNED, exists
from tests.records import Shelf, builtin, shelf

CONCEPTS = load_concepts()
NEEDS = read(COVERAGE.read_text())
ROW = "A01 | a need | {} | {} | {}\n"


def shelf_of(*types: str, complete: bool = False, concept: str = "canary-deployment") -> Shelf:
    """A deck with a card of each of these types about one concept."""
    head = f"---\ncomplete: {str(complete).lower()}\n---\n\n## {concept}\n"
    cards = [
        f"\n### card-{number} {{type={kind}}}\nQ: What of {number}?\nA: {kind}\n"
        for number, kind in enumerate(types)
    ]
    return shelf([parse(head + "".join(cards), "builtin/09-release-mlops.md", "x")])


def judged(concepts: str, answered: str, state: str, on: Shelf) -> list[str]:
    return faults(read(ROW.format(concepts, answered, state)).values(), on, CONCEPTS)


# The real list


def test_what_is_met_is_what_the_list_says() -> None:
    assert faults(NEEDS.values(), builtin(), CONCEPTS) == []


def test_every_need_has_its_row() -> None:
    counts = {"A": 34, "B": 40, "C": 12, "D": 39}
    assert list(NEEDS) == [f"{a}{i:02}" for a, last in counts.items() for i in range(1, last + 1)]
    assert TEXTS.keys() == counts.keys()
    assert all(need.text for need in NEEDS.values())


def test_every_concept_of_the_list_is_one_of_the_curriculum() -> None:
    assert {one.concept for need in NEEDS.values() for one in need.asked} <= CONCEPTS.keys()


def test_the_depths_that_were_asked_for_are_in_the_list() -> None:
    quotas = {
        name: {one.quota for one in NEEDS[name].asked} for name in ("A19", "A21", "A28", "B28")
    }
    assert quotas == {"A19": {5}, "A21": {4}, "A28": {5}, "B28": {6}}
    assert {one.types for one in NEEDS["A21"].asked} == {frozenset({"diagnose"})}


# Cards


@pytest.mark.parametrize(
    ("asked", "types", "lacking"),
    [
        ("", ["choose", "cloze"], ""),
        ("", ["choose"], "has 1 of 2 notes"),
        ("", [], "has 0 of 2 notes"),
        ("", ["choose", "choose"], "has notes of one type only"),
        (":4", ["choose", "cloze", "cloze"], "has 3 of 4 notes"),
        (":4", ["choose", "cloze", "cloze", "cloze"], ""),
        ("+tradeoff", ["choose", "cloze"], "has no tradeoff card"),
        ("+tradeoff", ["choose", "tradeoff"], ""),
        ("+tradeoff+cloze", ["choose", "tradeoff"], "has no cloze card"),
        (":3+cloze", ["choose", "tradeoff", "choose"], "has no cloze card"),
    ],
)
def test_a_concept_has_the_cards_that_are_asked_of_it(
    asked: str, types: list[str], lacking: str
) -> None:
    need = read(ROW.format(f"canary-deployment{asked}", "-", MET))["A01"]
    assert lacks(need.asked[0], shelf_of(*types)).removeprefix("canary-deployment ") == lacking


def test_cards_of_another_concept_do_not_count() -> None:
    on = shelf_of("choose", "cloze", concept="drift-tests")
    assert lacks(Asked("canary-deployment"), on) == "canary-deployment has 0 of 2 notes"


def test_a_complete_deck_must_have_what_is_asked_of_its_concepts() -> None:
    cards = ("choose", "cloze")
    pending = ("canary-deployment:3, feature-store:5", "-", "pending 0/2")
    assert judged(*pending, shelf_of(*cards)) == []
    assert judged(*pending, shelf_of(*cards, complete=True)) == [
        "A01: canary-deployment has 2 of 3 notes, in a complete deck"
    ]


def test_a_type_without_a_quota_is_not_asked_of_a_complete_deck() -> None:
    on = shelf_of("choose", "cloze", complete=True)
    assert judged("canary-deployment+estimate", "-", "pending 0/1", on) == []
    assert judged("canary-deployment:2+estimate", "-", "pending 0/1", on) != []


# The record


def test_what_was_met_cannot_be_lost_in_silence() -> None:
    lost = "A01: was met, is pending 1/2: canary-deployment has 1 of 2 notes"
    row = ("canary-deployment", "srs review", MET)
    assert judged(*row, shelf_of("choose", "cloze")) == []
    assert judged(*row, shelf_of("choose")) == [lost]
    assert judged("canary-deployment", "setting nonesuch", "pending 1/2", shelf_of()) == [
        "A01: was pending 1/2, is pending 0/2: "
        "canary-deployment has 0 of 2 notes, not there: setting nonesuch"
    ]


def test_what_is_met_cannot_be_called_pending() -> None:
    on = shelf_of("choose", "cloze")
    said = "A01: is met; python -m tests.coverage --record says so"
    assert judged("canary-deployment", "srs review", "pending 1/2", on) == [said]


def test_recording_marks_what_has_come_and_keeps_the_rest() -> None:
    text = "# heading\n" + "".join(
        f"{name} | a need that is pending 0/1 | canary-deployment | {answered} | {state}\n"
        for name, answered, state in (
            ("A01", "-", "pending 0/1"),
            ("A02", "setting nonesuch", "pending 0/2"),
            ("A03", "setting nonesuch", "met"),
        )
    )
    after = recorded(text, shelf_of("choose", "cloze"))
    assert [need.state for need in read(after).values()] == ["met", "pending 1/2", "met"]
    assert after.replace("| met\n", "| pending 0/1\n", 1).replace("1/2", "0/2") == text


@pytest.mark.parametrize(
    "row",
    [
        ROW.format("-", "-", "met"),
        ROW.format("canary-deployment", "-", "done"),
        "A01 | a need | canary-deployment | -\n",
        2 * ROW.format("canary-deployment", "-", "met"),
    ],
)
def test_a_row_that_is_none_is_refused(row: str) -> None:
    with pytest.raises(DataError):
        read(row)


# Features


@pytest.mark.parametrize(
    ("feature", "there"),
    [
        ("srs review", True),
        ("srs review --level --tag", True),
        ("srs card new --cloze", True),
        ("srs review --nonesuch", False),
        ("srs card nonesuch", False),
        ("srs review nonesuch", False),
        ("setting typed", True),
        ("setting nonesuch", False),
        ("help review: neighbours are of different decks", True),
        ("help review: nothing of the kind", False),
        ("help nonesuch: anything", False),
        ("json stats: transfer.gap", True),
        ("json card list: cards.sources", True),
        ("json stats: transfer.nonesuch", False),
        ("json stats: nonesuch.gap", False),
        ("field Variant", True),
        ("field Nonesuch", False),
        ("front as_of", True),
        ("front nonesuch", False),
        ("no network", True),
    ],
)
def test_a_feature_is_there_or_not(feature: str, there: bool) -> None:
    assert exists(feature) is there


@pytest.mark.parametrize(
    ("feature", "there"),
    [
        ("share cloze 25%", True),
        ("share cloze 26%", False),
        ("share operational 50%", True),
        ("share operational 51%", False),
        ("share sourced 1%", False),
        ("share nonesuch 1%", False),
    ],
)
def test_a_share_is_one_of_all_notes(
    feature: str, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "builtin", lambda: shelf_of("choose", "cloze", "contrast", "x"))
    assert exists(feature) is there


def test_a_command_that_nobody_plans_is_a_slip_of_the_pen() -> None:
    with pytest.raises(DataError, match="srs reveiw: no command"):
        exists("srs reveiw")
    with pytest.raises(DataError, match="no such kind of feature"):
        exists("flag --level")
    assert all(exists(f"srs {name}") in (True, False) for name in PLANNED)


DRILL = "---\ndrill: fraud\nkind: walk\n---\n\n- [2] at speed (case-fraud-realtime, drift-tests)\n"


@pytest.mark.parametrize(
    ("feature", "there"),
    [
        ("drill walk", True),
        ("drill walk case-fraud-realtime", True),
        ("drill walk case-fraud", False),
        ("drill diagnose", False),
    ],
)
def test_a_drill_is_there_with_its_command(
    feature: str, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "drills").mkdir()
    (tmp_path / "drills" / "fraud.md").write_text(DRILL)
    monkeypatch.setattr(features, "BUILTIN", tmp_path)
    monkeypatch.setattr(features, "COMMANDS", {"drill": ("", "")})
    assert exists(feature) is there
    monkeypatch.setattr(features, "COMMANDS", {})
    assert not exists(feature)


@pytest.mark.parametrize(
    ("line", "there"),
    [
        ("import urllib.request", False),
        ("import http.client as client", False),
        ("from socket import socket", False),
        ("from urllib.parse import quote  # no http", True),
        ("import json", True),
    ],
)
def test_a_module_that_reaches_a_network_is_found(
    line: str, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "srs").mkdir()
    (tmp_path / "srs" / "module.py").write_text(f"def load():\n    {line}\n")
    monkeypatch.setattr(features, "ROOT", tmp_path)
    assert exists("no network") is there


# The program


def test_the_program_counts_by_text_and_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(coverage, "builtin", lambda: shelf_of("choose", "cloze"))
    path = tmp_path / "coverage.psv"
    path.write_text(
        "A01 | cards | canary-deployment | - | pending 0/1\n"
        "D01 | drills | canary-deployment | setting nonesuch | pending 0/2\n"
    )
    assert coverage.run([], path) == 1
    assert "A01: is met; python -m tests.coverage --record says so" in capsys.readouterr().out
    assert coverage.run(["--record"], path) == 0
    said = capsys.readouterr().out
    assert "A  why material is missing: 1 of 1 met\n  A01  met      cards\n" in said
    assert "D  judgement: 0 of 1 met\n  D01  pending  drills\n" in said
    assert "not there: setting nonesuch" in said
    assert "1 of 2 met, 1 pending" in said
    assert not wanting(read(path.read_text())["A01"], shelf_of("choose", "cloze"))

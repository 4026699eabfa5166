"""Packages of ours that come back, and what Anki would otherwise make of odd histories."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srs.rising import in_order
from tests.anki_backend import anki, import_package
from tests.program import Program
from tests.test_history_out import recompute

_DAY_MS = 86_400_000
_NOW_MS = 1_772_438_400_000


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A learner with two cards of their own, answered once."""
    source = tmp_path / "cards.md"
    source.write_text("Q: What is one?\nA: It is one.\n\nQ: What is two?\nA: It is two.\n")
    made = Program(tmp_path / "home")
    assert made("import", str(source)).code == 0
    _answer(made, "2026-03-02T08:00:00Z")
    return made


def _answer(program: Program, now: str, rating: str = "easy") -> None:
    """Answer both cards, in whichever order they are asked."""
    answers = [
        {"do": "rate", "card": card["card"], "rating": rating, "duration_ms": 900}
        for card in _cards(program)
    ]
    program.jsonl(*answers, *answers, words=("cards",), now=now)


def _cards(program: Program) -> list[dict[str, object]]:
    listed = program("card", "list", "--json").json["cards"]
    return [card for card in listed if card["deck"] == "cards"]


def _told(program: Program) -> list[tuple[object, ...]]:
    names = ("front", "phase", "reps", "due", "stability_days")
    return sorted(tuple(card[name] for name in names) for card in _cards(program))


def _come_back(program: Program, path: Path) -> None:
    assert program("import", str(path), "--json", now="2026-03-20T09:00:00Z").code == 0


def test_what_was_taken_back_after_an_export_stays_taken_back(
    program: Program, tmp_path: Path
) -> None:
    package, reset = tmp_path / "out.apkg", tmp_path / "reset.apkg"
    program("export", "anki", "cards", "-o", str(package))
    program("undo")
    undone = _told(program)
    assert sorted(card[2] for card in undone) == [0, 1]
    _come_back(program, package)
    assert _told(program) == undone
    answered = next(card for card in _cards(program) if card["reps"])
    program("card", "reset", str(answered["card"]), now="2026-03-04T08:00:00Z")
    program("export", "anki", "cards", "-o", str(reset), now="2026-03-04T08:00:00Z")
    program("undo", now="2026-03-04T08:01:00Z")
    _come_back(program, reset)
    assert _told(program) == undone


def test_a_history_that_was_given_to_another_card_does_not_double(
    program: Program, tmp_path: Path
) -> None:
    source = tmp_path / "cards.md"
    old = next(card for card in _cards(program) if "two" in str(card["front"]))
    text = source.read_text().replace("What is two?\nA: It is two.", "Who burns?\nA: Hydrogen.")
    source.write_text(text)
    program("import", str(source), "--no-relink")
    new = next(card for card in _cards(program) if "burns" in str(card["front"]))
    assert program("card", "relink", str(old["card"]), str(new["card"]), "--yes").code == 0
    before = _told(program)
    assert [card[2] for card in before] == [1, 1]
    program("export", "anki", "cards", "-o", str(tmp_path / "out.apkg"))
    _come_back(program, tmp_path / "out.apkg")
    assert _told(program) == before


_SCHEDULED = "#flashcards\n\none::1\n<!--SR:!2026-03-01,150,250-->\n\n"


def test_a_card_that_another_program_scheduled_keeps_its_memory_in_anki(tmp_path: Path) -> None:
    vault = tmp_path / "cards"
    vault.mkdir()
    (vault / "cards.md").write_text(_SCHEDULED)
    program = Program(tmp_path / "home")
    assert program("import", "--from", "obsidian", str(vault)).code == 0
    [card] = [card for card in program("card", "list", "--json").json["cards"] if card["due"]]
    answer = {"do": "rate", "card": card["card"], "rating": "again"}
    program.jsonl(answer, words=(card["deck"],))
    package = tmp_path / "out.apkg"
    written = program("export", "anki", card["deck"], "-o", str(package), "--json").json
    assert written["reviews"] == 1
    with anki(tmp_path / "anki") as col:
        import_package(col, package)
        before, after = (json.loads(one) for one in _memories(col, card["deck"]))
        assert after["s"] == pytest.approx(before["s"], rel=0.01)
        assert after["d"] == pytest.approx(before["d"], abs=0.01)


def _memories(col: object, deck: str) -> tuple[str, str]:
    find = "select data from cards where type = 3"
    before = col.db.scalar(find)  # type: ignore[attr-defined]
    recompute(col, deck)
    return before, col.db.scalar(find)  # type: ignore[attr-defined]


def test_a_card_in_steps_of_days_that_sleeps_wakes_on_its_day(
    program: Program, tmp_path: Path
) -> None:
    assert program("config", "set", "relearning_steps", "2d").code == 0
    _answer(program, "2026-03-30T08:00:00Z", "again")
    [first, *_] = _cards(program)
    program("card", "suspend", str(first["card"]), now="2026-03-30T08:00:00Z")
    assert first["phase"] == "relearning", "the sample is as meant"
    package = tmp_path / "out.apkg"
    program("export", "anki", "cards", "-o", str(package), now="2026-03-30T08:00:00Z")
    with anki(tmp_path / "anki") as col:
        col.db.execute("update col set crt = crt - 700 * 86400")  # an old profile
    with anki(tmp_path / "anki") as col:
        import_package(col, package)
        [number] = col.find_cards("is:suspended")
        col.sched.unsuspend_cards([number])
        queue, due = col.db.first("select queue, due from cards where id = ?", number)
        assert (queue, due) == (1, 1_775_016_000)  # 2026-04-01T04:00:00Z


# Clocks that stood wrong


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12, unique=True))
def test_answers_leave_in_their_order_and_true_ones_as_they_are(hours: list[int]) -> None:
    instants = [_NOW_MS + hour * 3_600_000 for hour in hours]
    moved = in_order(instants)
    assert all(earlier < later for earlier, later in pairwise(moved))
    if instants == sorted(instants):
        assert moved == instants
    assert sum(a == b for a, b in zip(instants, moved, strict=True)) >= _most_in_order(instants)


def _most_in_order(instants: list[int]) -> int:
    best: list[int] = []
    for place, at_ms in enumerate(instants):
        before = [best[other] for other in range(place) if instants[other] < at_ms]
        best.append(1 + max(before, default=0))
    return max(best)


def test_one_answer_under_a_wrong_clock_moves_no_other() -> None:
    true = [_NOW_MS + day * _DAY_MS for day in (0, 5, 12, 30)]
    ahead, behind = _NOW_MS + 365 * _DAY_MS, 5_000
    assert in_order([true[0], ahead, *true[1:]]) == [true[0], true[0] + 1, *true[1:]]
    assert in_order([true[0], behind, *true[1:]]) == [true[0], true[0] + 1, *true[1:]]
    assert in_order([ahead, *true]) == [true[0] - 1, *true]
    assert in_order([*true, behind]) == [*true, true[-1] + 1]
    assert in_order([true[0], behind]) == [true[0], true[0] + 1]

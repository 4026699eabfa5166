"""What is done to cards besides answering: suspended, buried, flagged, reset, become leeches."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.program import Program

LATER = "2026-04-20T08:00:00Z"


def rate(rating: str) -> dict[str, Any]:
    return {"do": "rate", "rating": rating}


def cards(srs: Program, now: str = "") -> dict[str, dict[str, Any]]:
    found = srs("card", "list", "Own", "--json", now=now).json["cards"]
    return {card["card"]: card for card in found}


def first(srs: Program) -> str:
    return next(iter(cards(srs)))


def rows(srs: Program) -> list[tuple[str, str | None]]:
    with closing(sqlite3.connect(srs.database)) as db:
        return list(db.execute("SELECT kind, data FROM review_log ORDER BY seq").fetchall())


def sound(srs: Program) -> bool:
    report = srs("doctor", "--json").json
    return [f for f in report["findings"] if f["severity"] == "error"] == []


@pytest.mark.parametrize("word", ["suspend", "bury", "reset"])
def test_all_cards_of_a_note_in_one_act(own: Program, word: str) -> None:
    note = next(c["note"] for c in cards(own).values() if "rollout" in c["front"])
    own.jsonl(rate("good"), rate("easy"), rate("good"), words=("Own",))
    before = cards(own)
    ran = own("card", word, note)
    assert ran.code == 0
    assert "2 cards; srs undo takes it back" in ran.out
    changed = [uid for uid, card in cards(own).items() if card != before[uid]]
    family = [uid for uid, card in before.items() if card["note"] == note]
    if word == "suspend":
        assert changed == family
    undone = own("undo", "--json").json["undone"]
    assert (undone["kind"], undone["cards"]) == (word, 2)
    assert cards(own) == before
    assert own("undo", "--json").json["undone"]["kind"] == "review"
    assert sound(own)


def test_a_flag_has_a_colour_and_a_note(own: Program) -> None:
    card = first(own)
    assert own("card", "flag", card, "red", "--note", "why \u202e not").code == 0
    shown = cards(own)[card]
    assert (shown["flag"], shown["flag_note"]) == ("red", "why \u202e not")
    said = own("card", "show", card).out
    assert "flagged red" in said
    assert "why <U+202E> not" in said
    assert own("card", "flag", card, "none").code == 0
    assert (cards(own)[card]["flag"], cards(own)[card]["flag_note"]) == (None, None)
    assert own("undo").code == 0
    assert cards(own)[card]["flag"] == "red"
    assert own("card", "flag", card, "pink").code == 2
    assert sound(own)


def test_a_flag_survives_answers_and_a_reset(own: Program) -> None:
    card = first(own)
    own("card", "flag", card, "blue")
    own.jsonl(rate("easy"), words=("Own",))
    assert cards(own)[card]["phase"] == "review"
    own("card", "suspend", card)
    own("card", "reset", card)
    shown = cards(own)[card]
    assert (shown["flag"], shown["suspended"]) == ("blue", True)
    assert (shown["phase"], shown["reps"], shown["due"]) == ("new", 0, None)
    assert len(own("card", "show", card, "--json").json["reviews"]) == 1  # the log forgets nothing
    assert sound(own)


def test_a_card_that_was_reset_is_new_today(own: Program) -> None:
    card = first(own)
    own.jsonl(rate("easy"), words=("Own",))
    own("card", "reset", card)
    assert own.jsonl(words=("Own",)).events[0]["card"] == card


def test_a_reset_gives_no_sibling_away(own: Program) -> None:
    """What was asked this morning still stands in the learner's mind."""
    gaps = [card["card"] for card in cards(own).values() if "rollout" in card["front"]]
    own.jsonl(*[rate("easy")] * 3, words=("Own",))
    own("card", "reset", gaps[0])
    own("card", "bury", gaps[0])
    assert own.jsonl(words=("Own",)).events[0]["event"] == "done"
    tomorrow = own.jsonl(words=("Own",), now="2026-03-03T08:00:00Z").events[0]
    assert tomorrow["card"] in gaps
    assert sound(own)


def lapse(srs: Program, times: int, now_year: int = 2027) -> list[dict[str, Any]]:
    """The first card forgotten so often, a year apart; what was saved."""
    saved = []
    for year in range(now_year, now_year + times):
        events = srs.jsonl(
            rate("again"), rate("easy"), words=("Own", "--no-new"), now=f"{year}-01-02T08:00:00Z"
        ).events
        saved += [e for e in events if e["event"] == "saved"][:1]
    return saved


def test_a_leech_is_suspended_by_itself(own: Program) -> None:
    own("config", "set", "leech_lapses", "3")
    card = first(own)
    own.jsonl(rate("easy"), words=("Own",))
    saved = lapse(own, 3)
    assert [one.get("leech", False) for one in saved] == [False, False, True]
    later = "2030-01-01T08:00:00Z"
    shown = cards(own, later)[card]
    assert (shown["suspended"], shown["leech"], shown["lapses"]) == (True, True, 3)
    assert rows(own)[-1][0] == "suspend"
    undone = own("undo", "--json", now=later).json["undone"]
    assert (undone["kind"], undone["rating"]) == ("review", "again")
    shown = cards(own, later)[card]
    assert (shown["suspended"], shown["leech"], shown["lapses"]) == (False, False, 2)
    assert sound(own)


def test_a_leech_that_goes_on_is_named_again(own: Program) -> None:
    own("config", "set", "leech_lapses", "4")
    own("config", "set", "leech_action", "tag")
    own.jsonl(rate("easy"), words=("Own",))
    saved = lapse(own, 8)
    assert [number for number, one in enumerate(saved, 1) if one.get("leech")] == [4, 6, 8]
    assert not any(card["suspended"] for card in cards(own).values())
    assert [card["leech"] for card in cards(own).values()].count(True) == 1


def test_no_leeches_when_switched_off(own: Program) -> None:
    own("config", "set", "leech_lapses", "0")
    own.jsonl(rate("easy"), words=("Own",))
    assert not any(one.get("leech") for one in lapse(own, 9))
    assert not any(card["leech"] for card in cards(own).values())


def test_undo_goes_back_to_the_beginning(own: Program) -> None:
    before = cards(own)
    own.jsonl(rate("good"), {"do": "bury", "whole_note": True}, rate("again"), words=("Own",))
    own("card", "flag", first(own), "green")
    own.jsonl({"do": "flag", "flag": "red", "note": "x"}, {"do": "reset"}, now=LATER)
    kinds = []
    while undone := own("undo", "--json", now=LATER).json["undone"]:
        kinds.append(undone["kind"])
    assert kinds == ["reset", "flag", "flag", "review", "bury", "review"]
    assert cards(own) == before
    assert "Nothing to undo." in own("undo", now=LATER).out
    assert sound(own)


def test_marks_in_a_session_of_json_lines(own: Program) -> None:
    events = own.jsonl(
        {"do": "flag", "flag": "orange", "note": "hm"}, {"do": "flag", "flag": "mauve"},
        {"do": "suspend", "whole_note": True}, {"do": "reset"}, {"do": "undo"}, {"do": "undo"},
        {"do": "undo"}, {"do": "undo"}, words=("Own",),
    ).events  # fmt: skip
    kinds = [event["event"] for event in events if event["event"] != "card"]
    assert kinds == [
        "flagged", "error", "suspended", "reset", "undone", "undone", "undone", "error", "done"
    ]  # fmt: skip
    asked = [event for event in events if event["event"] == "card"]
    assert asked[1]["card"] == asked[0]["card"]  # a flagged card is still to be answered
    assert (asked[0]["flag"], asked[1]["flag"]) == (None, "orange")


def test_an_act_elsewhere_makes_it_stale(own: Program) -> None:
    from srs import Kind, StaleCard, open_collection

    with open_collection(own.home) as one, open_collection(own.home) as other:
        seen = list(one.cards(one.span(0, ["Own"])))
        other.bury(seen[0], 0)
        count = len(rows(own))
        with pytest.raises(StaleCard):
            one.mark(seen, Kind.SUSPEND, 0)
        assert len(rows(own)) == count  # all of it, or nothing


def test_suspend_on_a_suspended_card_brings_it_back(own: Program) -> None:
    own("config", "set", "leech_lapses", "1")
    own.jsonl(rate("easy"), words=("Own",))
    lapse(own, 1)
    words, now = ("--cram", "--leeches"), "2027-02-01T08:00:00Z"
    ran = own("review", *words, stdin="s\ni\nu\ns\n", now=now)
    assert ran.out.count("unsuspended; u takes it back") == 2
    assert "taken back: unsuspend" in ran.out
    assert not any(card["suspended"] for card in cards(own).values())
    events = own.jsonl({"do": "suspend"}, words=("--cram", "Own", "--limit", "1"), now=now).events
    assert [e["event"] for e in events if e["event"] != "card"] == ["suspended", "done"]
    assert sound(own)

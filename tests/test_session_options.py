"""What `srs review` can be asked for: selections, limits, cram, reviewing ahead, the order."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.program import Program

TUESDAY, NEXT_WEEK = "2026-03-03T08:00:00Z", "2026-03-12T08:00:00Z"
DECKS = {
    "alpha": "".join(f"Q: Alpha {n}?\nA: {n}\n\n" for n in range(6)),
    "beta": "---\ntags: [deep, b::sub]\n---\n"
    + "".join(f"Q: Beta {n}?\nA: {n}\n\n" for n in range(6)),
    "gamma": "C: First [one], then [two], then [three].\n\n"
    "Q: How many?\nA: 5\nVariant: With twice the load? (10)\nVariant: With half? (2.5)\n",
}


@pytest.fixture(scope="module")
def of_three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of three decks of the learner's own; the built-in ones are disabled."""
    program = Program(tmp_path_factory.mktemp("three") / "home")
    folder = program.home.parent / "cards"
    folder.mkdir()
    for name, text in DECKS.items():
        (folder / f"{name}.md").write_text(text)
    assert program("import", str(folder)).code == 0
    builtin = [d["deck"] for d in program("deck", "list", "--json").json["decks"] if d["builtin"]]
    assert program("deck", "disable", *builtin).code == 0
    return program.home


@pytest.fixture
def three(of_three: Path, tmp_path: Path) -> Program:
    """A copy of it."""
    copytree(of_three, tmp_path / "home")
    return Program(tmp_path / "home")


def rate(rating: str = "good", **more: Any) -> dict[str, Any]:
    return {"do": "rate", "rating": rating, **more}


def asked(srs: Program, *words: str, count: int = 40, rating: str = "easy", now: str = "") -> Any:
    """The card events of a session in which everything is rated so."""
    events = srs.jsonl(*[rate(rating)] * count, words=words, now=now).events
    return [event for event in events if event["event"] == "card"]


def fronts(cards: list[dict[str, Any]]) -> list[str]:
    return [card["front"] for card in cards]


def count(srs: Program, kind: str = "review") -> int:
    with closing(sqlite3.connect(srs.database)) as db:
        sql = "SELECT count(*) FROM review_log WHERE kind = ?"
        return int(db.execute(sql, (kind,)).fetchone()[0])


# Selections


def test_by_deck_tag_and_both(three: Program) -> None:
    assert {card["deck"] for card in asked(three, "--deck", "alpha", "--new", "9")} == {"alpha"}
    assert {card["deck"] for card in asked(three, "--tag", "DEEP", "--new", "2")} == {"beta"}
    assert {card["deck"] for card in asked(three, "--tag", "b", "--new", "2")} == {"beta"}
    assert asked(three, "gamma", "--tag", "deep") == []


def test_by_concept_and_level(srs: Program) -> None:
    cards = asked(srs, "--concept", "silent-failure", "--new", "50")
    concepts = {c["card"]: c["concept"] for c in srs("card", "list", "--json").json["cards"]}
    assert {concepts[card["card"]] for card in cards} == {"silent-failure"}
    mid = {concepts[card["card"]] for card in asked(srs, "--level", "mid", "--new", "999")}
    staff = {concepts[card["card"]] for card in asked(srs, "--level", "staff", "--new", "999")}
    assert "high-cardinality-categories" not in mid  # of senior level
    assert "embeddings-as-features" in mid
    assert "high-cardinality-categories" in staff


@pytest.mark.parametrize(
    "words, said",
    [
        (("--tag", "dep"), "did you mean deep?"),
        (("--concept", "covariate-shif"), "did you mean covariate-shift?"),
        (("--deck", "alpa"), "did you mean alpha?"),
        (("--no-new", "--new", "3"), "contradict"),
        (("--count",), "--cram"),
        (("03-features",), "is disabled"),
        (("--cram", "--new", "3"), "--limit"),
        (("--level", "boss"), "mid"),
        (("--minutes", "0"), "--minutes"),
        (("--limit", "0"), "--limit"),
    ],
)
def test_what_cannot_be_is_said(three: Program, words: tuple[str, ...], said: str) -> None:
    ran = three("review", *words)
    assert ran.code == 2
    assert said in ran.err
    assert count(three) == 0


def test_flagged_and_leeches(three: Program) -> None:
    three("config", "set", "leech_lapses", "1")
    three("config", "set", "leech_action", "tag")
    first, *_ = asked(three, "alpha", "--new", "2")
    three("card", "flag", first["card"], "blue", "--note", "hm")
    assert [c["card"] for c in asked(three, "--flagged", now=NEXT_WEEK)] == [first["card"]]
    later = "2026-04-20T08:00:00Z"
    saved = [
        e for e in three.jsonl(rate("again"), words=("alpha",), now=later).events
        if e["event"] == "saved"
    ]  # fmt: skip
    assert saved[0]["leech"] is True
    assert [c["card"] for c in asked(three, "--leeches", now="2026-04-21T08:00:00Z")] == [
        saved[0]["card"]
    ]


# Limits


def test_a_limit_of_cards_lets_those_begun_be_finished(three: Program) -> None:
    cards = asked(three, "--limit", "3", rating="good")
    assert len({card["card"] for card in cards}) == 3
    assert len(cards) == 6  # each in two steps
    assert [card["left"] for card in cards][:3] == [3, 3, 3]


def test_a_limit_of_minutes(three: Program) -> None:
    events = three.jsonl(rate(), rate(), words=("--minutes", "0.0001")).events
    assert [event["event"] for event in events] == ["card", "saved", "done"]


def test_no_new_cards(three: Program) -> None:
    assert asked(three, "--no-new") == []
    assert len(asked(three, "--new", "14")) == 14


def test_a_backlog_holds_new_cards_back_and_is_told_of(three: Program, tmp_path: Path) -> None:
    text = "".join(f"Q: Many {n}?\nA: {n}\n\n" for n in range(60))
    (tmp_path / "many.md").write_text(text)
    three("import", str(tmp_path / "many.md"))
    asked(three, "many", "--new", "60", count=60)
    month = "2026-05-03T08:00:00Z"
    ran = three("review", stdin="q\n", now=month)
    assert "60 cards overdue: new cards pause" in ran.out
    events = three.jsonl(rate(), now=month).events
    assert events[0]["backlog"] == 60
    assert not {card["deck"] for card in asked(three, now=month)} - {"many"}
    assert {card["deck"] for card in asked(three, "--new", "3", now=month)} - {"many"}


def test_a_backlog_holds_nothing_back_where_nothing_is_new(three: Program, tmp_path: Path) -> None:
    text = "".join(f"Q: Many {n}?\nA: {n}\n\n" for n in range(60))
    (tmp_path / "many.md").write_text(text)
    three("import", str(tmp_path / "many.md"))
    asked(three, "many", "--new", "60", count=60)
    three("deck", "disable", *DECKS)
    month = "2026-05-03T08:00:00Z"
    assert "0 new" in three(now=month).out
    assert three("due", "--json", now=month).json["paused"] is False
    assert "pause" not in three("review", stdin="q\n", now=month).out


# Order


def test_a_fresh_home_offers_twelve_new_cards(srs: Program) -> None:
    assert srs("due", "--json").json["new"] == 12
    cards = asked(srs)
    assert len(cards) == 12
    assert len({card["note"] for card in cards}) == 12
    decks = [card["deck"] for card in cards]
    assert all(one != other for one, other in pairwise(decks))


def test_a_concept_waits_for_those_it_builds_on(srs: Program) -> None:
    concepts = {c["card"]: c["concept"] for c in srs("card", "list", "--json").json["cards"]}
    words = ("09-release-mlops", "--new", "40")
    events = srs.jsonl(*[rate("again")] * 6, words=words).events
    seen = {concepts[e["card"]] for e in events if e["event"] == "card"}
    assert seen == {"model-registry", "ml-testing"}  # none was passed so far
    suspended = srs("card", "suspend", "--find", "-concept:shadow-deployment -concept:canary-*",
                    "--yes")  # fmt: skip
    assert suspended.code == 0
    passed = srs.jsonl(rate("hard"), rate("good"), rate("good"), words=words).events
    assert "canary-deployment" in {concepts[e["card"]] for e in passed if e["event"] == "card"}


def test_a_selection_that_waits_says_for_what(srs: Program) -> None:
    said = srs("review", "--concept", "canary-deployment", stdin="").out
    assert "canary-deployment waits for shadow-deployment" in said
    assert "srs concept path canary-deployment" in said
    assert "waits" not in srs("review", "--concept", "canary-deployment", "--no-new").out
    srs("config", "set", "prerequisites_first", "false")
    assert "waits" not in srs("review", "--concept", "canary-deployment", stdin="").out


def test_a_selection_that_waits_says_so_behind_other_cards_too(srs: Program) -> None:
    words = ("--concept", "model-registry", "--concept", "validation-gate", "--new", "40")
    said = srs("review", *words, stdin="r\n4\n" * 40).out
    assert "6 new cards met." in said
    assert "No more new cards: validation-gate waits for ml-testing." in said
    again = srs("review", *words, stdin="").out  # beyond today's usual number of new cards
    assert "Nothing is left for today: validation-gate waits for ml-testing." in again
    begun = srs("review", "--concept", "ml-testing", "--limit", "1", stdin="r\n4\n").out
    assert "1 new card met." in begun
    assert "waits" not in begun


def test_the_gate_can_be_switched_off(srs: Program) -> None:
    concepts = {c["card"]: c["concept"] for c in srs("card", "list", "--json").json["cards"]}
    srs("config", "set", "prerequisites_first", "false")
    cards = asked(srs, "--concept", "canary-deployment", rating="again", count=3)
    assert concepts[cards[0]["card"]] == "canary-deployment"


def test_a_prerequisite_that_cannot_be_asked_counts_as_passed(srs: Program) -> None:
    assert asked(srs, "--concept", "canary-deployment") == []
    cards = srs("card", "list", "--json").json["cards"]
    shadow = [card["card"] for card in cards if card["concept"] == "shadow-deployment"]
    assert srs("card", "suspend", *shadow).code == 0
    assert asked(srs, "--concept", "canary-deployment", count=0)
    assert srs("undo").code == 0  # all of them in one
    assert asked(srs, "--concept", "canary-deployment", count=0) == []
    suspended = [c for c in srs("card", "list", "--json").json["cards"] if c["suspended"]]
    assert suspended == []


def test_siblings_never_come_on_one_day(three: Program) -> None:
    gaps = [card for card in asked(three, "gamma", "--new", "9") if "First" in card["front"]]
    assert len(gaps) == 1
    assert gaps[0]["front"] == "First [...], then two, then three."
    more = [c for c in asked(three, "gamma", "--new", "9", now=TUESDAY) if "First" in c["front"]]
    assert [card["front"] for card in more] == ["First one, then [...], then three."]


def test_siblings_in_steps_do_not_come_on_one_day_either(three: Program) -> None:
    """Both were begun in a cram; each day goes on with one of them."""
    asked(three, "--cram", "--count", "gamma", "--limit", "3", rating="good", count=3)
    assert count(three) == 3
    seen = [asked(three, "gamma", "--no-new", now=f"2026-03-{day:02}T08:00:00Z") for day in (5, 6)]
    gaps = [[c["card"] for c in cards if "First" in c["front"]] for cards in seen]
    assert [len(set(cards)) for cards in gaps] == [1, 1]
    assert gaps[0] != gaps[1]


def test_a_note_with_variants_is_asked_in_another_form_each_time(three: Program) -> None:
    words = ("gamma", "--new", "9")
    seen = []
    for now in ("2026-03-02", "2026-04-02", "2026-09-02", "2039-08-02"):
        cards = asked(three, *words, rating="easy", now=f"{now}T08:00:00Z")
        seen += [(c["variant"], c["front"]) for c in cards if "many" in c["front"]]
    assert [variant for variant, _ in seen] == [0, 1, 2, 0]
    assert seen[1][1] == "How many?\n\n**Now:** With twice the load?"
    with closing(sqlite3.connect(three.database)) as db:
        sql = "SELECT variant FROM review_log WHERE variant IS NOT NULL ORDER BY seq"
        assert [row[0] for row in db.execute(sql)] == [0, 1, 2, 0]


def test_a_variant_has_its_own_answer_and_undo_keeps_its_turn(three: Program) -> None:
    asked(three, "gamma", "--new", "9")
    later = "2026-04-02T08:00:00Z"
    events = three.jsonl(
        *[{"do": "reveal"}, rate("good")] * 2, {"do": "undo"}, {"do": "reveal"},
        words=("gamma", "--no-new"), now=later,
    ).events  # fmt: skip
    shown = [e for e in events if e["event"] == "card" and "many" in e["front"]]
    assert {card["variant"] for card in shown} == {1}
    backs = {e["back"] for e in events if e["event"] == "answer" and e["card"] == shown[0]["card"]}
    assert backs == {"10"}


# Cram, and reviewing ahead


def test_a_cram_changes_nothing(three: Program) -> None:
    asked(three, "alpha", "--new", "4")
    before = three("card", "list", "--json").json["cards"]
    events = three.jsonl(
        rate("again"), rate("again"), *[rate("good")] * 12, words=("--cram", "alpha"), now=TUESDAY
    ).events
    cards = [e["card"] for e in events if e["event"] == "card"]
    assert len(set(cards)) == 6  # those never seen too
    assert len(cards) == 8  # two of them again
    assert cards[6:] == cards[:2]  # a few cards later
    assert count(three) == 4
    after = three("card", "list", "--json").json["cards"]
    assert [c | {"retrievability": None} for c in after] == [
        c | {"retrievability": None} for c in before
    ]


def test_a_cram_begins_with_what_is_least_likely_recalled(three: Program) -> None:
    asked(three, "alpha", "--new", "2")
    asked(three, "alpha", "--new", "2", now="2026-03-05T08:00:00Z", rating="hard", count=2)
    cards = asked(three, "--cram", "alpha", rating="good", now=NEXT_WEEK)
    known = {c["card"]: c for c in three("card", "list", "--json", now=NEXT_WEEK).json["cards"]}
    recalls = [known[card["card"]]["retrievability"] for card in cards]
    met = [recall for recall in recalls if recall is not None]
    assert len(met) == 4
    assert met == sorted(met)
    assert recalls[4:] == [None, None]


def test_a_cram_that_counts_schedules(three: Program) -> None:
    events = three.jsonl(*[rate()] * 3, words=("--cram", "--count", "--limit", "3")).events
    assert count(three) == 3
    assert all("due" in e for e in events if e["event"] == "saved")


def test_a_cram_of_leeches_includes_those_suspended(three: Program) -> None:
    three("config", "set", "leech_lapses", "1")
    asked(three, "alpha", "--new", "1")
    three.jsonl(rate("again"), words=("alpha", "--no-new"), now="2026-04-02T08:00:00Z")
    assert asked(three, "--leeches", "--no-new", now="2026-04-03T08:00:00Z") == []
    assert len(asked(three, "--cram", "--leeches", rating="good")) == 1


def test_spare_minutes_are_offered_and_never_taken(three: Program) -> None:
    asked(three, "--new", "5")
    words = ("--minutes", "5", "--no-new")
    events = three.jsonl(words=words, now=TUESDAY).events
    assert [e["event"] for e in events] == ["offer", "done"]
    events = three.jsonl({"do": "decline"}, words=words, now=TUESDAY).events
    assert [e["event"] for e in events] == ["offer", "done"]
    assert asked(three, "--no-new", now=TUESDAY) == []  # without --minutes nothing is offered
    events = three.jsonl({"do": "accept"}, rate(), rate(), words=words, now=TUESDAY).events
    kinds = [e["event"] for e in events]
    assert kinds[:4] == ["offer", "card", "saved", "card"]
    assert count(three) == 7


def test_ahead_come_first_the_cards_that_gain_most(three: Program) -> None:
    asked(three, "alpha", "--new", "2", rating="easy")
    three.jsonl(rate("hard"), rate("good"), rate("good"), words=("beta", "--new", "1"))
    events = three.jsonl(
        {"do": "accept"}, rate(), words=("--minutes", "5", "--no-new"), now=TUESDAY
    ).events
    cards = [e for e in events if e["event"] == "card"]
    assert cards[0]["deck"] == "beta"  # of lower stability


# What a session came to


def test_the_end_says_what_to_look_at_again(srs: Program) -> None:
    answers = "".join(f"{key}\n\n{rating}\n" for key, rating in zip("9759", "1344", strict=True))
    ran = srs("review", "10-monitoring-drift", "--limit", "4", stdin=answers)
    said = ran.out
    assert "Look again: " in said
    assert "(missed 1 of " in said
    assert "90% sure: 1 of 2 right." in said
    assert "Tomorrow: " in said
    assert "srs undo takes back the last answer." in said


def test_typed_words_and_confidence_are_kept(three: Program) -> None:
    reveal = {"do": "reveal", "typed": "as one\nsays", "confidence": 70}
    events = three.jsonl(
        reveal, rate(), {"do": "reveal", "confidence": 60}, words=("alpha",)
    ).events
    card = events[0]["card"]
    shown = three("card", "show", card, "--json").json["reviews"][0]
    assert (shown["typed"], shown["confidence"]) == ("as one\nsays", 70)
    assert any("confidence is one of" in e.get("message", "") for e in events)


def test_a_deck_is_disabled_and_enabled(three: Program) -> None:
    assert three("deck", "disable", "alpha").code == 0
    assert {card["deck"] for card in asked(three, "--new", "40")} == {"beta", "gamma"}
    ran = three("deck", "enable", "ALPHA", "--json")
    assert ran.json["enabled"] == ["alpha"]
    assert asked(three, "alpha", "--new", "1")
    assert three("doctor").code == 0
    assert three("deck", "disable", "nowhere").code == 2


def test_leeches_that_are_switched_off(three: Program) -> None:
    three("config", "set", "leech_lapses", "0")
    assert "switched off" in three("review", "--leeches").err


def test_the_header_reckons_as_the_day_at_a_glance_does(srs: Program) -> None:
    assert "12 new, about 6 min" in srs().out
    screen = srs.screen("review")
    screen.wait_for("12 left · 6 min")
    screen.press("q")
    screen.end()
    screen = srs.screen("review", "--limit", "2")
    screen.wait_for("2 left · 1 min")
    screen.press("q")
    screen.end()


def test_tomorrow_holds_more_than_the_selection(three: Program) -> None:
    asked(three, "alpha", "--new", "1", rating="again", count=1)
    said = three("review", "beta", stdin="q\n").out
    assert "Tomorrow: 1 card due" in said


def test_a_selection_of_nothing(three: Program) -> None:
    assert three("review", "--cram", "--flagged").out.startswith("No card is selected.")
    assert three("review", "--flagged").out.startswith("Nothing is left for today.")


def test_a_card_brought_back_in_a_cram_is_still_to_be_asked(three: Program) -> None:
    cards = [card["card"] for card in asked(three, "alpha", "--new", "2")][:2]
    assert three("card", "suspend", *cards).code == 0
    for card in cards:
        assert three("card", "flag", card, "red").code == 0
    # s brings the first back; e, without a change, has it asked anew.
    program = Program(three.home, environment={"VISUAL": "true"})
    ran = program("review", "--cram", "--flagged", stdin="s\ne\nq\n")
    assert ran.out.count("unsuspended") == 1
    assert ran.out.count("[2 left]") == 2

"""`srs` without a command: today in six lines."""

from __future__ import annotations

from tests.program import Program

NEXT_DAY = "2026-03-03T08:00:00Z"
HEADS = ["Today", "Done", "Streak", "Retention", "Tomorrow", "Next"]


def heads(text: str) -> list[str]:
    return [line.partition(":")[0] for line in text.splitlines()]


def test_a_new_learner_sees_six_lines_and_nothing_is_created(srs: Program) -> None:
    ran = srs()
    assert ran.code == 0
    assert heads(ran.out) == HEADS
    assert "0 cards due, 12 new" in ran.out
    assert "so far 0" in ran.out
    assert ran.out.endswith("Next: srs review\n")
    assert not srs.home.exists()


def test_what_was_done_is_counted_and_an_undone_answer_is_not(own: Program) -> None:
    own.jsonl(
        {"do": "rate", "rating": "good"},
        {"do": "rate", "rating": "again"},
        {"do": "rate", "rating": "good"},
        {"do": "undo"},
    )
    assert "Done: 2 answers, 1 of them recalled." in own().out
    assert "Streak: 1 day, 2 answers in the last seven days." in own().out
    own("undo")
    assert "Done: 1 answer, 1 of them recalled." in own().out


def test_a_streak_lives_through_the_morning_and_ends_after_a_day_missed(own: Program) -> None:
    own.jsonl({"do": "rate", "rating": "easy"})
    assert "Streak: 1 day," in own(now=NEXT_DAY).out
    assert "Streak: 0 days, 1 answer" in own(now="2026-03-04T08:00:00Z").out


def test_tomorrow_counts_what_falls_due_then_and_its_new_cards(own: Program) -> None:
    for _ in range(2):  # good twice: due in some days; hard ends up in a day or two
        own.jsonl(*[{"do": "rate", "rating": "good"}] * 30)
    counted = own("--json").json["tomorrow"]
    due = own("due", "--json", now=NEXT_DAY).json
    assert counted["due"] == due["due"]
    assert counted["new"] == due["new"]


def test_nothing_left_says_so(own: Program) -> None:
    (own.home / "config.toml").write_text("new_per_day = 0\n")
    assert own().out.endswith("Next: all is done; more new cards: srs review --new 5\n")


def test_as_json(own: Program) -> None:
    own.jsonl({"do": "rate", "rating": "good"})
    found = own("--json").json
    assert found["schema"] == 1
    assert found["done"] == {"answers": 1, "recalled": 1}
    assert found["week"] == [0, 0, 0, 0, 0, 0, 1]
    assert found["retention"] == {"answers": 0, "recalled": 0, "share": None}
    assert {"due", "learning", "new", "minutes", "decks", "streak_days", "tomorrow"} <= found.keys()


def test_what_the_limit_of_reviews_leaves_today_waits_tomorrow(own: Program) -> None:
    own.jsonl(*[{"do": "rate", "rating": "easy"}] * 12)
    (own.home / "config.toml").write_text("reviews_per_day = 2\n")
    later = "2026-06-01T08:00:00Z"
    found = own("--json", now=later).json
    assert found["due"] > 4
    assert found["tomorrow"]["due"] == found["due"] - 2
    assert own("--json", now=later).json["tomorrow"]["minutes"] <= found["minutes"]

"""The session as JSON lines: the contract of scripts and editors, and what a kill leaves behind."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.program import SRS, Program

REVEAL = {"do": "reveal"}


def rate(rating: str, **more: Any) -> dict[str, Any]:
    return {"do": "rate", "rating": rating, **more}


def log(srs: Program) -> list[str]:
    with closing(sqlite3.connect(srs.database)) as db:
        rows = db.execute("SELECT lower(hex(uid)) FROM review_log WHERE kind = 'review'")
        return [row[0] for row in rows]


def test_one_card(own: Program) -> None:
    events = own.jsonl(REVEAL, rate("good", duration_ms=4200), words=("Own",)).events
    card, answer, saved, following, done = events
    assert card["event"] == "card"
    assert card["front"] == "What does a canary ask?"
    assert card["deck"] == "Own"
    assert card["due"] is None
    assert card["left"] == 3  # notes: siblings never come on one day
    assert answer == {**answer, "event": "answer", "back": "Is it safe to go on?"}
    assert answer["intervals"] == {"again": "1m", "hard": "5.5m", "good": "10m", "easy": "7d"} | {
        "easy": answer["intervals"]["easy"]
    }
    assert saved["event"] == "saved"
    assert saved["due"].startswith("2026-03-02T08:10:0")
    assert following["event"] == "card"
    assert following["card"] != card["card"]
    assert done["event"] == "done"
    assert (done["cards"], done["reviews"], done["minutes"]) == (1, 1, 0.1)
    shown = own("card", "show", saved["card"], "--json").json
    assert [row["review"] for row in shown["reviews"]] == [saved["review"]]
    assert shown["reviews"][0]["duration_ms"] == 4200


def test_the_interval_shown_is_the_one_given(own: Program) -> None:
    first = own.jsonl(REVEAL, rate("easy"), words=("Own",)).events
    assert first[1]["due"]["easy"] == first[2]["due"]
    later = "2026-04-20T08:00:00Z"
    for rating in ("again", "hard", "good", "easy"):
        events = own.jsonl(REVEAL, rate(rating), {"do": "undo"}, words=("Own",), now=later).events
        assert events[0]["phase"] == "review"
        assert events[2]["due"][:16] == events[1]["due"][rating][:16]


def test_rating_without_a_reveal_and_bad_lines(own: Program) -> None:
    events = own.jsonl(
        {"do": "dance"}, rate("perfect"), rate("good", card="00"), rate("good", duration_ms="x"),
        rate("good"), {"do": "quit"}, rate("good"), words=("Own",)
    ).events  # fmt: skip
    assert [e["event"] for e in events] == ["card", *["error"] * 4, "saved", "card", "done"]
    broken = own("review", "--jsonl", stdin='{"do": \n[]\n\n')
    assert [e["event"] for e in broken.events] == ["card", "error", "error", "done"]
    assert broken.code == 0


def test_undo_suspend_bury(own: Program) -> None:
    events = own.jsonl(
        {"do": "undo"}, rate("again"), {"do": "undo"}, {"do": "suspend"}, {"do": "bury"},
        {"do": "undo"}, words=("Own",)
    ).events  # fmt: skip
    names = [e["event"] for e in events]
    assert names == ["card", "error", "saved", "card", "undone", "card", "suspended", "card",
                     "buried", "card", "undone", "card", "done"]  # fmt: skip
    assert events[5]["card"] == events[0]["card"]
    assert events[4]["review"] == events[2]["review"]
    assert events[-1]["reviews"] == 0


def test_new_limit_and_siblings(own: Program) -> None:
    fronts = [e["front"] for e in own.jsonl(rate("easy"), rate("easy"), rate("easy"),
              words=("Own", "--new", "10")).events if e["event"] == "card"]  # fmt: skip
    assert len(fronts) == 3  # the second gap of the cloze waits for another day
    tomorrow = own.jsonl(words=("Own",), now="2026-03-03T08:00:00Z").events
    assert tomorrow[0]["front"] == "A rollout runs shadow first, then [...]."
    assert own.jsonl(words=("Own", "--new", "0"), now="2026-03-03T08:00:00Z").events == [
        {**tomorrow[-1], "event": "done"}
    ]


def test_the_end_says_what_new_cards_wait_for(srs: Program) -> None:
    words = ("--concept", "hnsw")
    waits = {"concept": "hnsw", "needs": ["ann-search"]}
    assert srs.jsonl(words=words).events[-1]["waits_for"] == waits
    assert srs("review", *words, "--json").json["waits_for"] == waits
    assert srs.jsonl(words=("--new", "0")).events[-1]["waits_for"] is None
    assert srs.jsonl({"do": "quit"}, words=("--limit", "3")).events[-1]["waits_for"] is None


def test_steps_return_inside_the_session(own: Program) -> None:
    lines = [rate("good")] * 6
    events = own.jsonl(*lines, words=("Own",)).events
    cards = [e["card"] for e in events if e["event"] == "card"]
    assert sorted(cards[:3]) == sorted(
        cards[3:6]
    )  # nothing else is left, so steps within 20 minutes come at once
    assert events[-1]["event"] == "done"
    assert events[-1]["reviews"] == 6
    assert events[-1]["due_tomorrow"] + 0 >= 0


def test_a_card_answered_elsewhere_is_stale(own: Program) -> None:
    with talk(own) as one, talk(own) as other:
        here, there = one.hear(), other.hear()
        assert here["card"] == there["card"]
        one.tell(rate("good"))
        assert one.hear()["event"] == "saved"
        other.tell(rate("again"))
        assert other.hear() == {"event": "stale", "card": here["card"]}
        assert other.hear()["card"] != here["card"]
    assert len(log(own)) == 1
    assert own("doctor").code == 0


class Talk:
    """A session in another process, line by line."""

    def __init__(self, srs: Program, *words: str) -> None:
        self.process = subprocess.Popen(
            [SRS, "review", "--jsonl", "--now", srs.now, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=srs.env(),
        )

    def tell(self, line: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        return json.loads(line) if line else {}

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


def talk(srs: Program, *words: str) -> Talk:
    return Talk(srs, *words)


def acknowledged(session: Talk, rng: random.Random, kill_after: int) -> Iterator[str]:
    """Answers until the kill; yields what was acknowledged."""
    assert session.hear()["event"] == "card"
    for number in range(60):
        if number == kill_after:
            # At any moment: sometimes before the answer is read, sometimes in the midst of it.
            session.tell(rate(rng.choice(["again", "good", "easy"])))
            session.process.send_signal(signal.SIGKILL)
            while heard := session.hear():
                if heard["event"] == "saved":
                    yield heard["review"]
            return
        session.tell(rate(rng.choice(["again", "good", "easy"])))
        while (heard := session.hear())["event"] != "card":
            assert heard["event"] == "saved"
            yield heard["review"]


@pytest.mark.parametrize("seed", range(6))
def test_a_kill_loses_no_acknowledged_answer(own: Program, seed: int) -> None:
    many = "\n".join(f"Q: {number}?\nA: {number}.\n" for number in range(40))
    (own.home.parent / "many.md").write_text(many)
    own("import", str(own.home.parent / "many.md"))
    rng = random.Random(seed)
    known: list[str] = []
    for _ in range(2):
        with talk(own, "--new", "40") as session:
            known += acknowledged(session, rng, rng.randrange(8))
    rows = log(own)
    assert set(known) <= set(rows)
    assert len(rows) <= len(known) + 2  # at most one in flight at each kill
    assert own("doctor").code == 0


def test_one_sync_an_answer(own: Program, tmp_path: Path) -> None:
    """WAL with synchronous FULL: durable before the acknowledgement."""
    with closing(sqlite3.connect(own.database)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    from srs import open_collection

    with open_collection(own.home) as collection:
        level = collection._connection.execute("PRAGMA synchronous").fetchone()
    assert level == (2,)
    assert own.database.stat().st_mode & 0o777 == 0o600
    assert own.home.stat().st_mode & 0o777 == 0o700

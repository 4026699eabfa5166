"""Several programs at once: nobody sees an error, no answer is lost, no card is answered twice."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.faults.verdict import unsound
from tests.program import SRS, Program

RATINGS = ("good", "again", "easy", "good", "hard")


class Live:
    """A session over JSON lines that goes on while other things happen."""

    def __init__(self, program: Program, *words: str) -> None:
        self._child = subprocess.Popen(
            [SRS, "review", "--jsonl", *words, "--now", program.now],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=program.env(),
        )
        self.events: list[dict[str, Any]] = []
        self.card = self._until("card", "done")

    def _until(self, *wanted: str) -> dict[str, Any]:
        assert self._child.stdout is not None
        while True:
            line = self._child.stdout.readline()
            assert line, self._child.stderr and self._child.stderr.read()
            self.events.append(json.loads(line))
            if self.events[-1]["event"] in wanted:
                return self.events[-1]

    def rate(self, rating: str) -> bool:
        """Answer the card on the table; whether there is another."""
        if self.card["event"] == "done":
            return False
        assert self._child.stdin is not None
        wish = {"do": "rate", "rating": rating, "card": self.card["card"]}
        self._child.stdin.write(json.dumps(wish) + "\n")
        self._child.stdin.flush()
        self.card = self._until("card", "done")
        return self.card["event"] == "card"

    def quit(self) -> list[str]:
        """End the session; the reviews that it acknowledged."""
        out, err = self._child.communicate(json.dumps({"do": "quit"}) + "\n", timeout=60)
        assert self._child.returncode == 0, err
        assert "error" not in err
        self.events += [json.loads(line) for line in out.splitlines()]
        assert not [event for event in self.events if event["event"] == "error"]
        return [event["review"] for event in self.events if event["event"] == "saved"]


def uids(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT hex(uid) FROM review_log WHERE kind = 'review'")
        return {row[0].lower() for row in rows}


def in_background(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_two_sessions_at_once(own: Program) -> None:
    sessions = [Live(own, "--new", "40") for _ in range(2)]

    def answer(session: Live) -> None:
        for number in range(40):
            if not session.rate(RATINGS[number % 5]):
                break

    threads = [in_background(lambda session=session: answer(session)) for session in sessions]  # type: ignore[misc]
    for thread in threads:
        thread.join()
    saved = [uid for session in sessions for uid in session.quit()]
    assert len(saved) == len(set(saved)) >= 40
    assert uids(own.database) == set(saved)
    assert unsound(own.home) == []
    with closing(sqlite3.connect(own.database)) as connection:
        twice = connection.execute(
            "SELECT card, count(*) FROM review_log WHERE rating > 2 GROUP BY card, at_ms"
            " HAVING count(*) > 1"
        ).fetchall()
    assert twice == []


def test_no_card_is_answered_twice_from_one_state(own: Program) -> None:
    """In lockstep both sessions hold the same card; the second to answer is told so."""
    one, two = Live(own, "--new", "9"), Live(own, "--new", "9")
    stale = 0
    for number in range(12):
        same = one.card.get("card") == two.card.get("card")
        before = len(two.events)
        if not (one.rate(RATINGS[number % 5]) and two.rate(RATINGS[number % 4])):
            break
        told = {event["event"] for event in two.events[before:]}
        assert ("stale" in told) == same
        stale += same
    assert stale > 2
    saved = {*one.quit(), *two.quit()}
    assert uids(own.database) == saved
    assert unsound(own.home) == []


def test_a_review_during_an_import_of_ten_thousand_cards(own: Program, tmp_path: Path) -> None:
    many = tmp_path / "many.md"
    many.write_text("\n".join(f"Q: What is {n}?\nA: Number {n}.\n" for n in range(10_000)))
    codes: list[int] = []
    session = Live(own, "--new", "60")
    thread = in_background(lambda: codes.append(own("import", str(many)).code))
    answered = 0
    while thread.is_alive() or answered < 20:
        if not session.rate(RATINGS[answered % 5]):
            break
        answered += 1
    thread.join()
    assert codes == [0]
    assert answered >= 20
    assert uids(own.database) == set(session.quit())
    assert unsound(own.home) == []


def test_a_backup_during_a_review(own: Program) -> None:
    own.jsonl({"do": "rate", "rating": "good"}, now="2026-03-01T08:00:00Z")
    before = uids(own.database)
    session = Live(own, "--new", "60")
    codes: list[int] = []
    thread = in_background(lambda: codes.extend(own("backup").code for _ in range(3)))
    answered = 0
    while thread.is_alive() or answered < 10:
        if not session.rate(RATINGS[answered % 5]):
            break
        answered += 1
    thread.join()
    assert codes == [0, 0, 0]
    assert uids(own.database) == before | set(session.quit())
    assert own("restore").code == 0
    assert unsound(own.home) == []


def test_a_status_line_asks_all_the_time(own: Program) -> None:
    session = Live(own, "--new", "60")
    counts: list[int] = []

    def ask() -> None:
        for _ in range(8):
            ran = own("due", "--json")
            assert ran.code == 0, ran.err
            counts.append(ran.json["due"] + ran.json["learning"])

    thread = in_background(ask)
    answered = 0
    while thread.is_alive():
        if not session.rate(RATINGS[answered % 5]):
            break
        answered += 1
    thread.join()
    assert len(counts) == 8
    assert uids(own.database) == set(session.quit())
    assert unsound(own.home) == []


def test_a_writer_that_does_not_end_costs_no_answer(own: Program) -> None:
    """The session says that nothing was saved, keeps the card, and takes the answer later."""
    session = Live(own, "--new", "9")
    with closing(sqlite3.connect(own.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        card = session.card["card"]
        assert session._child.stdin is not None
        session._child.stdin.write(json.dumps({"do": "rate", "rating": "good"}) + "\n")
        session._child.stdin.flush()
        event = session._until("error")
        assert "nothing was saved" in event["message"]
        other.execute("ROLLBACK")
    session.events.clear()
    assert session.card["card"] == card
    session.rate("good")
    assert uids(own.database) == set(session.quit())


def test_the_screen_says_that_somebody_else_writes(own: Program) -> None:
    screen = own.screen("review")
    screen.wait_for("canary ask")
    with closing(sqlite3.connect(own.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        screen.reveal()
        screen.press("3")
        screen.wait_for("nothing was saved")
        other.execute("ROLLBACK")
    screen.press("3")
    screen.wait_for("A/B test")
    screen.press("q")
    assert screen.end() == 0
    assert len(uids(own.database)) == 1

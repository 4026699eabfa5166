"""Copies of the collection: made while sessions go on, thinned out, brought back whole."""

from __future__ import annotations

import gzip
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srs import Rating, open_collection
from srs.store.backup import Backup, Cancelled, backups, kept
from tests.program import Program

DAY_MS = 86_400_000
NOW_MS = 1_772_438_400_000


def reps(srs: Program) -> int:
    return sum(card["reps"] for card in srs("card", "list", "--json").json["cards"])


def answer(srs: Program) -> None:
    assert srs.jsonl({"do": "rate", "rating": "good"}).code == 0


def test_a_drill(own: Program) -> None:
    """Back up, answer more, lose the collection, bring it back."""
    answer(own)
    assert own("backup").code == 0
    answer(own)
    own.database.unlink()
    assert own("due").code == 3  # there are backups: not an empty start
    assert own("restore").code == 0
    assert reps(own) == 1
    assert own("doctor").code == 0
    assert own.database.stat().st_mode & 0o777 == 0o600


def test_what_is_replaced_is_kept(own: Program) -> None:
    own("backup")
    answer(own)
    replaced = own("restore", "--json").json["replaced"]
    assert reps(own) == 0
    own.database.unlink()
    Path(replaced).rename(own.database)
    assert reps(own) == 1


def test_a_broken_collection_can_be_replaced(own: Program) -> None:
    answer(own)
    own("backup")
    own.database.write_bytes(own.database.read_bytes()[:5000])
    assert own("due").code == 3
    assert own("restore").code == 0
    assert reps(own) == 1


@pytest.mark.parametrize("damage", ["short", "noise", "text", "other"])
def test_a_broken_backup_replaces_nothing(own: Program, damage: str) -> None:
    own("backup")
    path = Path(own("backup", "--list", "--json").json["backups"][0]["path"])
    data = path.read_bytes()
    path.write_bytes({
        "short": data[: len(data) // 2],
        "noise": data[:200] + b"\xa5" * 400 + data[600:],
        "text": b"not a backup",
        "other": gzip.compress(b"SQLite format 3\0" + b"\0" * 5000),
    }[damage])  # fmt: skip
    before = own.database.read_bytes()
    ran = own("restore")
    assert ran.code == 3
    assert ran.err.startswith("error: ")
    assert own.database.read_bytes() == before
    assert not list(own.home.glob(".*"))


def test_nothing_is_replaced_under_an_open_session(own: Program) -> None:
    own("backup")
    with closing(sqlite3.connect(own.database, isolation_level=None)) as session:
        session.execute("SELECT count(*) FROM card").fetchone()
        session.execute("BEGIN IMMEDIATE")
        ran = own("restore")
        assert ran.code == 3
        assert "in use" in ran.err
        assert own("backup").code == 0  # a copy needs nobody to stop
    assert own("restore", "nonsense").code == 2


def test_without_a_collection(srs: Program) -> None:
    assert srs("backup").code == 2
    assert srs("restore").code == 2
    assert "No backups" in srs("backup", "--list").out
    assert not srs.home.exists()


AGES = st.lists(st.integers(0, 400 * 24), unique=True, max_size=120)


@given(AGES)
def test_thinning(hours: list[int]) -> None:
    present = [Backup(Path(str(h)), NOW_MS - h * DAY_MS // 24, 1000) for h in sorted(hours)]
    left = kept(present, NOW_MS)
    assert left == [backup for backup in present if backup in left]  # an order-keeping selection
    assert left[:5] == present[:5]
    assert all(backup in left for backup in present if NOW_MS - backup.at_ms < 2 * DAY_MS)
    assert len([b for b in left if NOW_MS - b.at_ms >= 2 * DAY_MS]) <= 12 + 10 + 9 + 5
    assert kept(left, NOW_MS) == left
    days = {backup.at_ms // DAY_MS for backup in present}
    assert len({backup.at_ms // DAY_MS for backup in left}) >= min(len(days), 12)


def test_a_gigabyte_is_the_limit_but_five_stay() -> None:
    large = [Backup(Path(str(day)), NOW_MS - day * DAY_MS, 400 << 20) for day in range(9)]
    assert kept(large, NOW_MS) == large[:5]


# The day's backup


def held(srs: Program, backup: dict[str, object]) -> int:
    """Rows of the log in a backup."""
    copy = srs.home / "copy.db"
    copy.write_bytes(gzip.decompress(Path(str(backup["path"])).read_bytes()))
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        count = connection.execute("SELECT count(*) FROM review_log").fetchone()[0]
    copy.unlink()
    return int(count)


def listed(srs: Program) -> list[dict[str, object]]:
    found: list[dict[str, object]] = srs("backup", "--list", "--json").json["backups"]
    return found


def test_each_study_day_begins_with_a_backup(own: Program) -> None:
    good = {"do": "rate", "rating": "good"}
    own.jsonl(good, good, now="2026-03-02T08:00:00Z")
    assert listed(own) == []  # there was nothing to lose
    own.jsonl(good, now="2026-03-03T08:00:00Z")
    own.jsonl(good, now="2026-03-04T03:00:00Z")  # still the same study day
    own("undo", now="2026-03-04T05:00:00Z")
    own.jsonl(now="2026-03-05T08:00:00Z")  # looking on is enough: the day's first card is shown
    own("due", now="2026-03-06T08:00:00Z")  # but this writes nothing
    assert [held(own, backup) for backup in listed(own)] == [5, 4, 2]


def test_what_was_written_since_is_not_in_it(own: Program) -> None:
    own.jsonl({"do": "rate", "rating": "good"}, now="2026-03-02T08:00:00Z")
    lines = [{"do": "rate", "rating": "good"}] * 30
    own.jsonl(*lines, words=("--new", "40"), now="2026-03-03T08:00:00Z")
    (backup,) = listed(own)
    assert held(own, backup) == 1


def test_a_session_that_is_killed_leaves_no_half_backup(own: Program) -> None:
    own.jsonl({"do": "rate", "rating": "good"}, now="2026-03-02T08:00:00Z")
    screen = Program(own.home, "2026-03-03T08:00:00Z").screen("review")
    screen.wait_for("?")
    screen.child.kill(9)
    screen.child.wait()
    for backup in listed(own):
        assert held(own, backup) == 1
    assert own("backup", now="2026-03-05T09:00:00Z").code == 0
    ours = [path.name for path in (own.home / "backups").iterdir()]
    assert all(name.endswith(".db.gz") for name in ours if "20260305" in name)


def test_a_backup_that_cannot_be_made_is_said_and_costs_nothing(own: Program) -> None:
    own.jsonl({"do": "rate", "rating": "good"}, now="2026-03-02T08:00:00Z")
    (own.home / "backups").write_text("in the way")
    ran = own.jsonl({"do": "rate", "rating": "good"}, now="2026-03-03T08:00:00Z")
    assert ran.code == 0
    assert [event["event"] for event in ran.events if event["event"] == "saved"] == ["saved"]
    assert "today's backup" in ran.err


def test_the_last_second_is_taken_twice(own: Program) -> None:
    """Two copies of one second are two copies."""
    for _ in range(2):
        assert own("backup", now="2026-03-02T08:00:00Z").code == 0
    assert len(listed(own)) == 2


def test_a_session_of_several_days_is_backed_up_on_each(tmp_path: Path) -> None:
    with open_collection(tmp_path) as collection:
        for day in range(4):
            card = collection.next_card(NOW_MS + day * DAY_MS)
            assert card is not None
            collection.answer(card, Rating.GOOD, NOW_MS + day * DAY_MS)
    assert len(backups(tmp_path)) == 3  # before the first answer there was nothing to lose


def killed_in_mid_session(own: Program) -> None:
    """Leaves a write-ahead log with an answer in it."""
    screen = own.screen("review")
    screen.wait_for("?")
    screen.reveal()
    screen.press("3")
    screen.wait_for("A/B test")
    screen.child.kill(9)
    screen.child.wait()
    assert Path(f"{own.database}-wal").stat().st_size > 0


def test_the_log_of_a_lost_collection_does_not_ruin_the_next(own: Program) -> None:
    assert own("backup").code == 0
    killed_in_mid_session(own)
    own.database.unlink()
    assert own("restore").code == 0
    assert own("doctor").code == 0
    assert list(own.home.glob("collection-replaced-*.db-wal"))


def test_a_new_collection_does_not_take_up_the_log_of_a_lost_one(own: Program) -> None:
    killed_in_mid_session(own)
    own.database.unlink()
    ran = own("review")
    assert ran.code == 3
    assert "may hold answers" in ran.err


def test_a_backup_that_is_gone_meanwhile(own: Program) -> None:
    own("backup")
    (own.home / "backups" / "collection-20250101T000000Z.db.gz").symlink_to("nowhere")
    assert len(listed(own)) == 1
    assert own("backup").code == 0


def test_a_backup_from_the_future_is_not_the_latest(own: Program) -> None:
    answer(own)
    own("backup", now="2031-01-01T00:00:00Z")
    answer(own)
    own("backup", now="2026-03-03T00:00:00Z")
    answer(own)
    assert own("restore", now="2026-03-04T00:00:00Z").code == 0
    assert reps(own) == 2


def test_a_collection_behind_a_link(own: Program, tmp_path: Path) -> None:
    answer(own)
    own("backup")
    real = tmp_path / "elsewhere.db"
    own.database.rename(real)
    own.database.symlink_to(real)
    answer(own)
    assert own("restore").code == 0
    assert own.database.is_symlink()
    assert reps(own) == 1


def test_giving_up_in_mid_wait_ends_the_copying_first(
    own: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while the session waits for the day's copy: nothing half made is left."""
    answer(own)
    ended: list[bool] = []

    def endless(*given: Any) -> None:
        while given[-1]():  # still wanted
            time.sleep(0.01)
        time.sleep(0.2)
        ended.append(True)
        raise Cancelled

    def give_up(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("srs.store.backup.copy_away", endless)

    def wait_in_vain() -> None:
        with open_collection(own.home) as collection:
            collection.make_ready(NOW_MS + DAY_MS)
            assert collection.keeper is not None
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            collection.keeper.finish()

    before = signal.signal(signal.SIGALRM, give_up)
    try:
        with pytest.raises(KeyboardInterrupt):
            wait_in_vain()
    finally:
        signal.signal(signal.SIGALRM, before)
    assert ended == [True]

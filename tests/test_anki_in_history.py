"""Histories out of Anki's packages, replayed, against what Anki's own backend makes of them."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from decks import anki as packages
from decks.anki.collection import Entry
from decks.anki.memory import weights_of_today
from decks.anki.revlog import counted
from decks.cards import card_keys
from decks.history import Past
from srs.days import Calendar
from srs.scheduling import Parameters
from tests.anki_backend import anki
from tests.anki_lives import DAY_S, Life, exported, replayed
from tests.bench.theirs import recompute

CARD = "select c.id, c.type, c.queue, c.due, c.left, c.data, c.flags, c.reps, c.lapses from cards c"


def calendar() -> Calendar:
    """Days as Anki counts them at this moment: of the present offset, all of 24 hours."""
    offset_h, rest = divmod(Calendar().offset_min(time.time_ns() // 1_000_000), 60)
    if rest:
        pytest.skip("no fixed zone is named for offsets of half an hour")
    return Calendar(f"Etc/GMT{-offset_h:+d}" if offset_h else "UTC", 4)


def pasts(path: Path) -> Iterator[tuple[str, int, Past | None]]:
    """Guid, number and past of every card that is taken over."""
    for note in packages.read(str(path), path.name).parsed.notes:
        keys = card_keys(note.kind, note.front)
        guid = bytes.fromhex(note.id.removeprefix("anki-")).decode()
        for number, past in enumerate(note.pasts or (None,) * len(keys)):
            yield guid, number, past


def assert_same(col: Any, row: list[Any], past: Past | None, first_day: int) -> bool:
    """Whether a memory was there to be compared."""
    card, kind, queue, due, left, data, flags, reps, lapses = row
    if past is None:
        assert (kind, queue, flags) in ((0, 0, 0), (0, -2, 0), (0, -3, 0))
        return False
    ours, told = replayed(past, calendar()), json.loads(data or "{}")
    assert past.suspended == (queue == -1)
    assert past.flag == min(flags & 7, 4)
    if not kind:
        assert past.standing is None
        return False
    assert past.standing
    assert (past.standing.reps, past.standing.lapses) == (reps, lapses)
    if kind != 2:  # Anki's default preset has two steps of learning and one of relearning
        assert past.standing.step == max(0, (2 if kind == 1 else 1) - left % 1000)
    assert (ours.due_s or ours.due_day) == (due if due > 10**9 else first_day + due)
    answer = col._backend.compute_memory_state(card)
    if answer.HasField("state"):
        assert ours.stability_days == pytest.approx(answer.state.stability, rel=1e-4)
        assert ours.difficulty == pytest.approx(answer.state.difficulty, rel=1e-4)
    elif "s" in told:  # without any answer left it stays as it is
        assert (ours.stability_days, ours.difficulty) == (told["s"], told["d"])
    return answer.HasField("state")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_card_stands_where_anki_sees_it(tmp_path: Path, seed: int) -> None:
    life = Life(tmp_path, seed)
    life.begin(20)
    life.live(30)
    with anki(tmp_path) as col:
        recompute(col)
        recompute(col)
    found = {path: list(pasts(path)) for path in exported(tmp_path)}
    compared = 0
    with anki(tmp_path) as col:
        # What a filtered deck borrowed is due as it is when it goes home.
        for deck in col.decks.all_names_and_ids():
            if col.decks.is_filtered(deck.id):
                col.sched.empty_filtered_deck(deck.id)
        # The collection was made within the last day by an Anki in the zone of this machine.
        first_day = (
            col.db.scalar("select crt from col") - col.get_config("creationOffset") * 60
        ) // DAY_S
        for told in found.values():
            assert len(told) == len(life.ids)
            for guid, number, past in told:
                where = "join notes n on n.id = c.nid where n.guid = ? and c.ord = ?"
                row = col.db.first(f"{CARD} {where}", guid, number)
                compared += assert_same(col, row, past, first_day)
    assert compared > 4 * 15


def random_log(rng: random.Random, now_s: int) -> list[tuple[int, ...]]:
    """Rows of any kind in any order, as no learner would make them."""
    at_ms = (now_s - rng.randrange(300, 900) * DAY_S) * 1000
    rows = []
    for _ in range(rng.randrange(1, 12)):
        at_ms += rng.choice([60_000, 3_600_000, 86_400_000, 5 * 86_400_000]) + rng.randrange(5000)
        kind = rng.choices([0, 1, 2, 3, 4, 5], [5, 8, 3, 3, 2, 1])[0]
        ease = 0 if kind in (4, 5) else rng.randrange(1, 5)
        interval = rng.choice([-60, -600, -86_400, 1, 3, 40])
        factor = rng.choice([0, 0, 500, 1100, 2500, 1300])
        rows.append((at_ms, ease, interval, factor, kind))
    return rows


@pytest.fixture(scope="module")
def odd_logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, dict[int, Past]]]:
    """A collection with cards of odd logs, and the pasts that are read of it by card."""
    folder, rng = tmp_path_factory.mktemp("anki"), random.Random(4)
    weights = (
        0.4,
        0.9,
        2.3,
        10.9,
        4.9,
        0.94,
        0.86,
        0.01,
        1.49,
        0.14,
        0.94,
        2.18,
        0.05,
        0.34,
        1.26,
        0.29,
        2.61,
    )
    more = {17: weights, 19: (*weights, 0.5, 0.6), 21: (*weights, 0.5, 0.6, 0.1, 0.2)}
    now_s = time.time_ns() // 10**9
    with anki(folder) as col:
        col.set_config("fsrs", True)
        col.set_config("rollover", 4)
        col.db.execute("update col set crt = crt - ?", 2000 * DAY_S)
    with anki(folder) as col:
        for number, (name, retention, since) in enumerate(
            [
                ("fsrsWeights", 0.9, ""),
                ("fsrsParams5", 0.8, ""),
                ("fsrsParams6", 0.9, "2000-01-01"),
                ("", 0.75, time.strftime("%Y-%m-%d", time.gmtime(now_s - 500 * DAY_S))),
            ]
        ):
            preset = col.decks.add_config(f"preset {number}")
            preset["sm2Retention"], preset["ignoreRevlogsBeforeDate"] = retention, since
            if name:
                preset[name] = list(
                    more[{"fsrsWeights": 17, "fsrsParams5": 19, "fsrsParams6": 21}[name]]
                )
            col.decks.update_config(preset)
            deck = col.decks.get(col.decks.id(f"deck {number}"))
            deck["conf"] = preset["id"]
            col.decks.save(deck)
            for _ in range(40):
                note = col.new_note(col.models.by_name("Basic"))
                note["Front"], note["Back"] = f"{name} {rng.random()}", "back"
                col.add_note(note, deck["id"])
                card = note.card_ids()[0]
                col.db.execute(
                    "update cards set type = 2, queue = 2, due = 3, ivl = 9, factor = 2300,"
                    " reps = 4 where id = ?",
                    card,
                )
                for at_ms, ease, interval, factor, kind in random_log(rng, now_s):
                    row = (at_ms, card, -1, ease, interval, 1, factor, 4000, kind)
                    col.db.execute(
                        "insert or ignore into revlog values (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row
                    )
        ids = {col.get_card(c).note().guid: c for c in col.db.list("select id from cards")}
        path = next(exported_of(col, folder))
        found = {ids[guid]: past for guid, _, past in pasts(path) if past}
        yield col, found


def exported_of(col: Any, folder: Path) -> Iterator[Path]:
    from anki.import_export_pb2 import ExportAnkiPackageOptions, ExportLimit

    path = folder / "odd.apkg"
    options = ExportAnkiPackageOptions(with_scheduling=True, with_deck_configs=True)
    col._backend.export_anki_package(
        out_path=str(path), options=options, limit=ExportLimit(whole_collection={})
    )
    yield path


def test_rows_count_as_they_do_in_anki(odd_logs: tuple[Any, dict[int, Past]]) -> None:
    col, found = odd_logs
    begun = compared = 0
    for card, past in found.items():
        answer = col._backend.compute_memory_state(card)
        ours = replayed(past, calendar())
        if not answer.HasField("state"):
            assert not past.before
            assert not past.reviews or past.reviews[-1].rating is None
            continue
        assert ours.stability_days == pytest.approx(answer.state.stability, rel=1e-4)
        assert ours.difficulty == pytest.approx(answer.state.difficulty, rel=1e-4)
        begun += past.before is not None
        compared += 1
    assert compared > 100
    assert begun > 30
    assert len({past.weights for past in found.values()}) == 4


def test_weights_of_any_version_are_fit_for_our_engine() -> None:
    for count in (17, 19, 21):
        made = weights_of_today((200.0, -1.0, 0.5, 0.5, 99.0, *(9.0 for _ in range(count - 5))))
        assert Parameters(made).weights == made
    assert weights_of_today((1.0,) * 20) == weights_of_today(()) == ()


def test_a_reset_lets_what_came_before_it_be_told_but_not_count() -> None:
    def entry(at_ms: int, kind: int, ease: int = 3, factor: int = 2500) -> Entry:
        return Entry(at_ms, ease, 3, factor, 1000, kind)

    log = [
        entry(10, 0),
        entry(20, 1),
        entry(30, 4, 0, 0),
        entry(40, 0),
        entry(50, 3, 3, 0),
        entry(60, 1),
    ]
    found = counted(log)
    assert found
    assert [answer.at_ms for answer in found.answers] == [40, 60]
    from decks.anki.revlog import retold

    assert [(r.at_ms, r.rating) for r in retold(log, found)] == [
        (10, 3),
        (20, 3),
        (30, None),
        (40, 3),
        (60, 3),
    ]

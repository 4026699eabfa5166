"""Histories that leave for Anki: what its own backend makes of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import decks
import exporters
from exporters import Bundle
from exporters.anki.fields_of_note import guid
from srs import Collection, Settings, Wish, open_collection
from srs.days import Calendar, iso_day
from srs.model import CardState, Phase
from srs.retracing import Retraced
from tests import random_logs, stats_in_anki
from tests.anki_backend import anki, import_collection, import_package
from tests.slow_log import Answer, replayed
from tests.stats_in_anki import TYPES, calendar_now

_DAY_S = 86_400
_FIRST_INSTANT = 1_000_000_000  # a greater due is no day
_TEXT = (
    "Q: What is {0}?\nA: It is {0}.\n\n"
    "C: The [first{0}] before the [second{0}].\n\n"
    "f{0} ::: b{0}\n\n"
)
_QUEUES = {Phase.NEW: 0, Phase.LEARNING: 1, Phase.REVIEW: 2, Phase.RELEARNING: 1}
_OTHER_DECAY = 0.2


class Told(NamedTuple):
    """What is held of a card, its due day counted from 1970-01-01."""

    type: int
    queue: int
    due: int
    interval: int
    reps: int
    lapses: int
    flags: int
    stability: float = 0.0
    difficulty: float = 0.0
    last_s: int = 0


class Lived(NamedTuple):
    """A collection with a past, and what was exported of it."""

    collection: Collection
    bundle: Bundle
    path: Path

    def expected(self) -> dict[tuple[str, int], Told]:
        """Every card by its note's guid and its number, from the log replayed slowly."""
        _, states = replayed(self.collection._connection)
        today = self.collection.calendar.day_of(now_ms())
        found = {}
        for position, exported in enumerate(self.bundle.notes):
            for card in exported.cards:
                state = states.get(card.uid, CardState())
                found[guid(exported), card.ordinal] = _standing(state, today, position)
        return found

    def ids(self, col: Any) -> dict[bytes, int]:
        """Anki's numbers of our cards."""
        rows = col.db.all("select n.guid, c.ord, c.id from cards c join notes n on n.id = c.nid")
        numbers = {(name, ordinal): number for name, ordinal, number in rows}
        return {
            card.uid: numbers[guid(exported), card.ordinal]
            for exported in self.bundle.notes
            for card in exported.cards
        }


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def _standing(state: CardState, today: int, position: int) -> Told:
    queue = _QUEUES[state.phase]
    if state.phase in (Phase.LEARNING, Phase.RELEARNING) and state.due_day is not None:
        queue = 3
    if state.buried_day == today:
        queue = -3
    if state.suspended:
        queue = -1
    if state.phase is Phase.NEW:
        return Told(0, queue, position, 0, 0, 0, state.flag)
    due = state.due_day if state.due_day is not None else (state.due_ms or 0) // 1000
    interval = {Phase.LEARNING: 0, Phase.RELEARNING: 1}.get(
        state.phase, (state.due_day or 0) - (state.last_day or 0)
    )
    return Told(
        int(state.phase), queue, due, interval, state.reps, state.lapses, state.flag,
        round(state.stability_days or 0, 4), round(state.difficulty or 0, 3),
        (state.last_ms or 0) // 1000,
    )  # fmt: skip


def told(col: Any, today: int) -> dict[tuple[str, int], Told]:
    """What Anki holds of every card."""
    shift = today - col.sched.today
    rows = col.db.all(
        "select n.guid, c.ord, c.type, c.queue, c.due, c.ivl, c.reps, c.lapses, c.flags, c.data"
        " from cards c join notes n on n.id = c.nid"
    )
    found = {}
    for name, ordinal, kind, queue, due, *rest, data in rows:
        said = json.loads(data or "{}")
        memory = [said.get(key, 0) for key in ("s", "d", "lrt")]
        in_days = kind and due < _FIRST_INSTANT
        found[name, ordinal] = Told(kind, queue, due + shift if in_days else due, *rest, *memory)
    return found


def expected_log(answers: list[Answer], ids: dict[bytes, int]) -> Iterator[tuple[int, ...]]:
    """Rows of Anki's log without what came of the answers: id, card, rating, time, type."""
    for answer in answers:
        row = answer.row
        if row.card in ids and row.rating:
            duration_ms = min(row.duration_ms or 0, 60_000)
            yield row.at_ms, ids[row.card], row.rating, duration_ms, TYPES[answer.before.phase]


def lived(folder: Path, notes: int, seed: int, settings: Settings) -> Lived:
    """A collection with a past that ends now, exported."""
    folder.mkdir(exist_ok=True)
    source = folder / "cards.md"
    source.write_text("".join(_TEXT.format(number) for number in range(notes // 3)))
    collection = open_collection(folder / "home")
    collection.settings = settings
    collection.calendar = Calendar(settings.zone, settings.rollover_hour)
    collection.import_files(decks.read([source]), now_ms())
    random_logs.live(collection, seed, now_ms())
    return exported(collection, folder / "out.apkg")


def exported(collection: Collection, path: Path, name: str = "anki") -> Lived:
    chosen = exporters.get_format(name)
    bundle = collection.bundle("test", now_ms(), None, chosen.wants)
    exporters.write(chosen, bundle, path)
    return Lived(collection, bundle, path)


def fixed() -> Settings:
    """Days as this machine's Anki counts them today, with the rollover far away."""
    calendar = calendar_now(now_ms())
    return Settings(zone=calendar.zone, rollover_hour=calendar.rollover_hour)


def prepare(folder: Path, settings: Settings, age_days: int = 0) -> None:
    """An empty profile with FSRS switched on, that many days old."""
    with anki(folder) as col:
        col.set_config("fsrs", True)
        col.set_config("rollover", settings.rollover_hour)
        col.db.execute("update col set crt = crt - ?", age_days * _DAY_S)
    with anki(folder) as col:
        col.sched.deck_due_tree()  # today has begun there


def recompute(col: Any, name: str = "cards") -> None:
    """Let Anki work every memory out from its log: it does so when weights change."""
    from anki.deck_config_pb2 import UpdateDeckConfigsRequest

    deck = col.decks.id_for_name(name)
    presets = [one.config for one in col.decks.get_deck_configs_for_update(deck).all_config]
    own = next(preset for preset in presets if preset.name.startswith("driftdeck"))
    decay = own.config.fsrs_params_6[20]
    for there in (_OTHER_DECAY, decay):
        own.config.fsrs_params_6[20] = there
        request = UpdateDeckConfigsRequest(
            target_deck_id=deck, configs=[own], fsrs=True, fsrs_reschedule=False
        )
        col.decks.update_deck_configs(request)


def assert_same_log(col: Any, life: Lived) -> None:
    ids = life.ids(col)
    answers, _ = replayed(life.collection._connection)
    there = col.db.all("select id, cid, ease, time, type from revlog where ease > 0")
    # Where two answers were given within a millisecond the later one has moved on.
    expected = sorted(expected_log(answers, ids))
    moved = zip(sorted(map(tuple, there)), expected, strict=True)
    assert all(0 <= a[0] - b[0] < 5 and a[1:] == b[1:] for a, b in moved)
    cards = {number: card for card, number in ids.items()}
    reset = col.db.scalar("select count() from revlog where type = 4 and ease = 0 and factor = 0")
    assert reset == sum(row.rating == 0 for row in life.bundle.history.answers)  # type: ignore[union-attr]
    assert set(col.db.list("select distinct cid from revlog")) <= set(cards)


def assert_equal(found: Told, wanted: Told, relative: float = 1e-7) -> None:
    """Memory to the places that Anki keeps, in numbers of 32 bits."""
    assert found._replace(stability=0, difficulty=0) == wanted._replace(stability=0, difficulty=0)
    assert abs(found.stability - wanted.stability) <= 1.01e-4 + relative * wanted.stability
    assert abs(found.difficulty - wanted.difficulty) <= 1.01e-3


@pytest.mark.parametrize(
    "notes, age_days", [(240, 0), (90, 1000), pytest.param(6000, 300, marks=pytest.mark.long)]
)
def test_anki_holds_what_we_hold(tmp_path: Path, notes: int, age_days: int) -> None:
    settings = fixed()
    life = lived(tmp_path / "ours", notes, notes, settings)
    today = life.collection.calendar.day_of(now_ms())
    expected = life.expected()
    kinds = {(one.type, one.queue) for one in expected.values()}
    assert kinds >= {(0, 0), (1, 1), (2, 2), (3, 1), (2, -1)}  # the sample shows all
    prepare(tmp_path / "anki", settings, age_days)
    with anki(tmp_path / "anki") as col:
        assert import_package(col, life.path).new == len(life.bundle.notes)
        found = told(col, today)
        placed = {key: one._replace(due=0) for key, one in found.items() if one.type == 0}
        assert placed == {k: o._replace(due=0) for k, o in expected.items() if o.type == 0}
        for key in found.keys() - placed.keys():
            assert_equal(found[key], expected[key])
        assert_same_log(col, life)
        recompute(col)
        for key, one in told(col, today).items():
            if one.type:
                assert_equal(one, expected[key], 1e-5)
        assert "fixed" not in col.fix_integrity()[0].lower()
        assert import_package(col, life.path).new == 0  # again: nothing moves
        assert {k: o for k, o in told(col, today).items() if o.type}.keys() == (
            expected.keys() - placed.keys()
        )


@pytest.mark.parametrize("zone", ["Etc/GMT+5", "America/New_York"])
def test_where_summer_time_is_unknown_nothing_drifts(zone: str) -> None:
    """All is equal at import in any zone; what drifts afterwards is Anki's own, and little."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.history_in_zone", "150"], env={**os.environ, "TZ": zone},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    measured = json.loads(ran.stdout)
    most = 0 if zone.startswith("Etc") else measured["cards"] / 8
    assert measured["cards"] > 100
    assert measured["drifted"] <= most


@pytest.mark.skipif(not stats_in_anki.REAL, reason="SRS_REAL_REVIEWS names no log")
def test_a_real_log_arrives(tmp_path: Path) -> None:
    settings = fixed()
    calendar = Calendar(settings.zone, settings.rollover_hour)
    source = tmp_path / "cards.md"
    source.write_text("".join(f"Q: q{number}?\nA: a{number}\n\n" for number in range(1300)))
    collection = open_collection(tmp_path / "home")
    collection.settings, collection.calendar = settings, calendar
    collection.import_files(decks.read([source]), now_ms())
    cards = [card.uid for card in collection.cards(collection.span(now_ms()))]
    rows = stats_in_anki.real_rows(now_ms(), calendar, cards)
    stats_in_anki.fill_ours(collection, rows, cards, now_ms())
    life = exported(collection, tmp_path / "out.apkg")
    today, expected = calendar.day_of(now_ms()), life.expected()
    prepare(tmp_path / "anki", settings, 300)
    with anki(tmp_path / "anki") as col:
        import_package(col, life.path)
        assert_same_log(col, life)
        for turn in range(2):
            if turn:
                recompute(col)
            for key, one in told(col, today).items():
                if one.type:
                    assert_equal(one, expected[key], 1e-5 * turn or 1e-7)


def test_a_collection_package_fills_a_fresh_profile(tmp_path: Path) -> None:
    settings = fixed()
    life = lived(tmp_path / "ours", 60, 3, settings)
    whole = exported(life.collection, tmp_path / "out.colpkg", "colpkg")
    today, expected = life.collection.calendar.day_of(now_ms()), life.expected()
    with anki(tmp_path / "anki") as col:
        import_package(col, life.path)  # it will be replaced
    import_collection(tmp_path / "anki", whole.path)
    with anki(tmp_path / "anki") as col:
        assert col.get_config("fsrs")
        assert col.get_config("rollover") == settings.rollover_hour
        assert told(col, today) == expected
        assert_same_log(col, whole)
        sums = "select id, csum, sfld from notes"
        before = col.db.all(sums)
        assert col.fix_integrity()[0] == "Database rebuilt and optimized."
        assert col.db.all(sums) == before
        assert col.sched.deck_due_tree().review_count


def test_where_cards_stood_in_another_program_outlives_anki(tmp_path: Path) -> None:
    """Of such a card there is no answer: Anki works its memory out from interval and ease."""
    settings, folder = fixed(), tmp_path / "vault"
    folder.mkdir()
    calendar = Calendar(settings.zone, settings.rollover_hour)
    today = calendar.day_of(now_ms())
    lines = [
        f"question {days} of {ease}::answer <!--SR:!{iso_day(today + days % 7)},{days},{ease}-->"
        for days in (1, 4, 17, 90, 400)
        for ease in (150, 230, 270)
    ]
    (folder / "cards.md").write_text("#flashcards\n\n" + "\n".join(lines) + "\n")
    collection = open_collection(tmp_path / "home")
    collection.settings, collection.calendar = settings, calendar
    wish = Wish(None, None, False, False, True, time.time_ns(), "obsidian")
    collection.import_paths([str(folder)], wish, now_ms())
    life = exported(collection, tmp_path / "out.apkg")
    prepare(tmp_path / "anki", settings)
    with anki(tmp_path / "anki") as col:
        import_package(col, life.path)
        before = {key: one for key, one in told(col, today).items() if one.type}
        assert len(before) == len(lines)
        recompute(col)
        for key, one in told(col, today).items():
            if one.type:
                assert one.due == before[key].due
                assert one.stability == pytest.approx(before[key].stability, rel=1e-3)
                assert one.difficulty == pytest.approx(before[key].difficulty, abs=0.02)


def test_a_deck_says_where_it_comes_from(tmp_path: Path) -> None:
    life = lived(tmp_path / "ours", 3, 8, fixed())
    with anki(tmp_path / "anki") as col:
        import_package(col, life.path)
        own = col.decks.by_name("cards")["desc"]
        builtin = col.decks.by_name("Release and MLOps")["desc"]
        assert own == "<p>Written with driftdeck.</p>"
        assert builtin.startswith("<p>A deck of driftdeck. Licence: MIT.</p>")
        assert "<li>Machine Learning System Design In" in builtin


def test_without_history_every_card_is_new(tmp_path: Path) -> None:
    life = lived(tmp_path / "ours", 30, 5, fixed())
    chosen = exporters.get_format("anki")
    bundle = life.collection.bundle("test", now_ms(), None, chosen.wants - {exporters.Want.HISTORY})
    exporters.write(chosen, bundle, tmp_path / "new.apkg")
    with anki(tmp_path / "anki") as col:
        import_package(col, tmp_path / "new.apkg")
        assert not col.db.list("select data from cards where type or queue or data like '%s%'")
        assert not col.db.scalar("select count() from revlog")
        assert [preset["name"] for preset in col.decks.all_config()] == ["Default"]


def test_the_preset_holds_our_settings(tmp_path: Path) -> None:
    settings = Settings(
        desired_retention=0.85, learning_steps_s=(30, 300, 90_000), relearning_steps_s=(),
        maximum_interval_days=500, new_per_day=7, reviews_per_day=99, leech_lapses=0, zone="UTC",
    )  # fmt: skip
    life = lived(tmp_path / "ours", 30, 6, settings)
    with anki(tmp_path / "anki") as col:
        import_package(col, life.path)
        deck = col.decks.get(col.decks.id_for_name("cards"))
        preset = col.decks.get_config(deck["conf"])
        assert life.bundle.history is not None
        assert preset["desiredRetention"] == pytest.approx(0.85)
        assert preset["fsrsParams6"] == pytest.approx(life.bundle.history.scheduling.weights)
        assert preset["new"]["delays"] == [0.5, 5.0, 1500.0]
        assert preset["lapse"]["delays"] == []
        assert (preset["new"]["perDay"], preset["rev"]["perDay"]) == (7, 99)
        assert preset["rev"]["maxIvl"] == 500
        assert preset["lapse"]["leechFails"] == 9999


def test_retracing_a_plain_card_tells_what_the_long_way_tells(tmp_path: Path) -> None:
    life = lived(tmp_path / "ours", 60, 7, Settings(zone="UTC"))
    history = life.bundle.history
    assert history is not None
    plainly = {row.card: [] for row in history.answers}  # type: ignore[var-annotated]
    for row in history.answers:
        plainly[row.card].append(row)
    from srs.store import histories

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(histories, "plain_answers", lambda *_: ())
        slowly = list(Retraced(life.collection._connection, history.states))
    for card, rows in plainly.items():
        assert [row for row in slowly if row.card == card] == rows
    assert sum(row.rating > 0 for row in slowly) == history.reviews

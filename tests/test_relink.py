"""Relinking: a history changes hands whole, and nothing of it is lost or counted twice."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import settings as profile
from hypothesis import strategies as st

import decks
from decks.errors import UsageError
from srs import Card, Collection, Flag, Rating, Settings, StaleCard, open_collection
from srs.lineage import Lineage, RelinkRow
from srs.model import NEW_CARD
from srs.store.connection import FILE_NAME, connect
from srs.store.create import create
from tests.program import CARDS, Program
from tests.slow_log import Line, belongings, owners
from tests.stats_lives import ACTS, Act, live
from tests.test_stats_laws import RELINKED

MONDAY_MS = 1_772_438_400_000  # 2026-03-02T08:00:00Z
DAY_MS = 86_400_000
AGAIN, HARD, GOOD, EASY = Rating

# Whose a row is

_CARDS = [bytes([number] * 16) for number in range(1, 6)]
_MALFORMED = [None, "", "[", "7", "{}", "[]", '"from"', '{"from": 7, "until": 1}',
              '{"from": "zz", "until": 1}', '{"to": "ab", "until": 1}']  # fmt: skip


@st.composite
def logs(draw: st.DrawFn) -> list[Line]:
    """Rows of two devices that know nothing of one another: ties, halves, undone and odd rows."""
    lines: list[Line] = []
    order_ms = 10

    def add(device: int, kind: str, card: bytes, data: str | None, undoes: bytes | None) -> Line:
        uid = draw(st.integers(0, 255)).to_bytes() + len(lines).to_bytes(15, "big")
        lines.append(Line(order_ms, uid, bytes([device]), kind, card, data, undoes))
        return lines[-1]

    for _ in range(draw(st.integers(0, 30))):
        order_ms += draw(st.sampled_from([0, 1, 1, 3]))
        device, (one, other) = draw(st.integers(0, 1)), draw(st.permutations(_CARDS))[:2]
        word = draw(st.sampled_from(["review"] * 3 + ["relink"] * 4 + ["half", "undo", "odd"]))
        if word in ("relink", "half"):
            until_ms = order_ms - draw(st.sampled_from([0, 0, 0, 1, 4, -1]))
            act = None
            for card, said in ((one, {"from": other.hex()}), (other, {"to": one.hex()})):
                data = said | {"until": until_ms} | ({"act": act} if act else {})
                act = add(device, "relink", card, json.dumps(data), None).uid.hex()
                order_ms += draw(st.sampled_from([0, 1, 2]))
                if word == "half":
                    break
        elif word == "undo" and lines:
            target = draw(st.sampled_from(lines))
            add(device, "undo", target.card, None, target.uid)
        elif word == "odd":
            add(device, "relink", one, draw(st.sampled_from(_MALFORMED)), None)
        else:
            add(device, "review", one, None, None)
    return lines


START_MS = 1_772_438_400_000


def relink_rows(lines: list[Line]) -> list[RelinkRow]:
    undone = {line.undoes for line in lines}
    return [
        RelinkRow(*line[:3], line.card, line.data or "", line.uid not in undone)
        for line in lines
        if line.kind == "relink"
    ]


@profile(max_examples=60)
@given(logs(), st.randoms(use_true_random=False))
def test_every_row_belongs_to_the_card_that_the_log_gives_it_to(lines, rng) -> None:  # type: ignore[no-untyped-def]
    undone = {line.undoes for line in lines}
    rows = relink_rows(lines)
    rng.shuffle(rows)  # in whatever order they came together
    lineage = Lineage(rows)
    found: dict[bytes, list[Line]] = {}
    for line in sorted(lines):
        if line.kind == "review" and line.uid not in undone:
            owner = lineage.owner(line.card, line.order_ms)
            assert owner in lineage.family(line.card)
            found.setdefault(owner, []).append(line)
    assert found == belongings(lines)


@profile(max_examples=6)
@example(RELINKED)
@given(ACTS)
def test_two_devices_agree_whose_each_answer_is(acts: list[Act]) -> None:
    with TemporaryDirectory() as name:
        devices = live(Path(name), acts, lambda device: None)
        for number in (0, 1, 0):
            other = devices[1 - number]
            devices[number].collection.merge(other.home / FILE_NAME, devices[0].at_ms)
        told = []
        for device in devices:
            with closing(device.collection) as collection:
                span = collection.span(device.at_ms)
                cards = [*collection.cards(span), *collection.cards(span, orphans=True)]
                histories = {card.uid: collection.history(card) for card in cards}
                found = {
                    row.uid: card for card, rows in histories.items() for row in rows
                    if row.kind != "relink"
                }  # fmt: skip
                assert found == owners(device.connection)  # each once, and none is missing
                assert [f for f in collection.check(device.at_ms) if f.severity == "error"] == []
                told.append((found, {card.uid: card.state for card in cards}))
        assert told[0] == told[1]


# What moves


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Collection]:
    """A collection of a few cards; the fronts are their names."""
    create(tmp_path / FILE_NAME, lambda _: None).close()
    text = "\n\n".join(f"Q: {name}\nA: 1\nVariant: {name}, too (2)" for name in "ABCD")
    (tmp_path / "deck.md").write_text(text)
    connection = connect(str(tmp_path / FILE_NAME))
    with Collection(connection, str(tmp_path), Settings(zone="UTC", leech_lapses=0)) as collection:
        collection.import_files(decks.read([tmp_path / "deck.md"]), MONDAY_MS)
        yield collection


def card(collection: Collection, front: str) -> Card:
    span = collection.span(MONDAY_MS)
    found = [*collection.cards(span), *collection.cards(span, orphans=True)]
    return next(one for one in found if one.front == front)


def answer(collection: Collection, front: str, *ratings: Rating, day: int = 0) -> list[bytes]:
    """One answer on each of some days."""
    return [
        collection.answer(card(collection, front), rating, MONDAY_MS + (day + number) * DAY_MS)
        .review
        for number, rating in enumerate(ratings)
    ]  # fmt: skip


def relink(collection: Collection, old: str, new: str, day: int = 9) -> None:
    plan = collection.plan_relink([card(collection, old)], [card(collection, new)])
    collection.relink(plan, MONDAY_MS + day * DAY_MS)
    assert_sound(collection)


def assert_sound(collection: Collection) -> None:
    findings = collection.check(MONDAY_MS + 99 * DAY_MS)
    assert [one for one in findings if one.check not in ("clock", "backups")] == []


def lived(collection: Collection, front: str) -> list[bytes]:
    return [row.uid for row in collection.reviews(card(collection, front))]


def holdings(collection: Collection) -> dict[str, object]:
    return {front: (lived(collection, front), card(collection, front).state) for front in "ABCD"}


def test_a_chain_and_a_circle_there_and_back(learner: Collection) -> None:
    answers = [*answer(learner, "A", GOOD, GOOD), *answer(learner, "B", HARD, day=2)]
    pasts = []
    for day, (old, new) in enumerate(("AB", "BC", "CA", "AB"), 10):
        pasts.append(holdings(learner))
        relink(learner, old, new, day)
        assert lived(learner, new) == answers
        assert card(learner, old).state == NEW_CARD
        answers += answer(learner, new, AGAIN, day=day)
    for past in reversed(pasts):
        assert learner.undo(MONDAY_MS + 20 * DAY_MS) is not None  # the answer since
        undone = learner.undo_act(MONDAY_MS + 20 * DAY_MS)
        assert [row.kind for row in undone] == ["relink", "relink"]
        assert holdings(learner) == past
        assert_sound(learner)


def test_the_heir_follows_an_old_answer_that_is_taken_back(learner: Collection) -> None:
    first, second, third = answer(learner, "A", GOOD, AGAIN, GOOD)
    relink(learner, "A", "B")
    relink(learner, "B", "C")
    undone = learner.undo(MONDAY_MS + 10 * DAY_MS, second)
    assert undone is not None
    assert undone.card == card(learner, "C").uid
    answer(learner, "D", GOOD)
    answer(learner, "D", GOOD, day=2)
    assert lived(learner, "C") == [first, third]
    assert card(learner, "C").state.lapses == 0
    assert card(learner, "C").state.stability_days == card(learner, "D").state.stability_days
    assert_sound(learner)


def test_marks_move_with_the_answers(learner: Collection) -> None:
    answer(learner, "A", GOOD, GOOD)
    learner.flag(card(learner, "A"), Flag.BLUE, MONDAY_MS + 2 * DAY_MS, "ask Ada")
    learner.suspend(card(learner, "A"), MONDAY_MS + 2 * DAY_MS)
    answer(learner, "B", EASY)
    relink(learner, "A", "B")
    state = card(learner, "B").state
    assert (state.reps, state.suspended, state.flag_note) == (3, True, "ask Ada")
    learner.reset(card(learner, "B"), MONDAY_MS + 10 * DAY_MS)
    relink(learner, "B", "C", day=11)
    assert (card(learner, "C").state.reps, card(learner, "C").state.flag) == (0, Flag.BLUE)
    assert [row.kind for row in learner.history(card(learner, "C"))][-2:] == ["reset", "relink"]


def test_the_form_that_was_asked_last_is_remembered(learner: Collection) -> None:
    uids = {front: card(learner, front).uid for front in "AB"}
    learner.answer(learner.ask(uids["A"]), GOOD, MONDAY_MS)
    relink(learner, "A", "B")
    assert (learner.ask(uids["A"]).variant, learner.ask(uids["B"]).variant) == (0, 1)
    learner.undo(MONDAY_MS + 9 * DAY_MS)
    assert (learner.ask(uids["A"]).variant, learner.ask(uids["B"]).variant) == (1, 0)


def test_a_new_card_answered_today_counts_for_today_after_a_relink(learner: Collection) -> None:
    answer(learner, "A", GOOD)
    before = learner.today(MONDAY_MS).new
    relink(learner, "A", "B", day=0)
    learner.daily.forget()
    assert learner.daily._facts(learner.span(MONDAY_MS).today).answered == (1, 0)
    assert learner.today(MONDAY_MS).new == before


def test_a_card_on_the_screen_is_stale_after_a_relink_elsewhere(learner: Collection) -> None:
    answer(learner, "A", GOOD)
    seen = [card(learner, front) for front in "AB"]
    with Collection(connect(learner.path), learner.home, learner.settings) as elsewhere:
        relink(elsewhere, "A", "B")
    for one in seen:
        with pytest.raises(StaleCard):
            learner.answer(one, GOOD, MONDAY_MS + 10 * DAY_MS)


def wordings(collection: Collection) -> list[tuple[str, str]]:
    sql = "SELECT n.front, w.front FROM wording w JOIN note n ON n.id = w.note_id ORDER BY 1, 2"
    return collection._connection.execute(sql).fetchall()


def test_the_old_words_are_remembered_with_the_new_note(learner: Collection) -> None:
    answer(learner, "A", GOOD)
    for pair in ("AB", "BC"):
        relink(learner, *pair)
    assert wordings(learner) == [("B", "A"), ("C", "A"), ("C", "B")]
    relink(learner, "C", "A")
    assert wordings(learner)[:2] == [("A", "B"), ("A", "C")]  # not its own
    same = "UPDATE note SET text_hash = (SELECT text_hash FROM note WHERE front = 'A')"
    learner._connection.execute(f"{same} WHERE front = 'D'")
    relink(learner, "A", "D")
    assert ("D", "A") not in wordings(learner)


# What is no relink

_OTHER = b"o" * 16


def plant(collection: Collection, front: str, data: str | None) -> None:
    """A row as no version of ours writes it."""
    collection._connection.execute(
        "INSERT INTO review_log (uid, device, kind, card, at_ms, order_ms, day, offset_min, data)"
        " SELECT randomblob(16), x'00', 'relink', ?, ?, max(order_ms) + 1, 0, 0, ? FROM review_log",
        (card(collection, front).uid, MONDAY_MS, data),
    )


@pytest.mark.parametrize(
    "data",
    [*_MALFORMED, "[" * 5_000, json.dumps({"from": _OTHER.hex(), "until": 5e9}),
     json.dumps({"from": _OTHER.hex(), "until": 1}), json.dumps({"to": _OTHER.hex(), "until": 1}),
     json.dumps({"to": _OTHER.hex(), "until": 1 << 70, "act": 7})],
)  # fmt: skip
def test_an_odd_row_is_passed_over_and_named(learner: Collection, data: str | None) -> None:
    answer(learner, "A", GOOD)
    before = holdings(learner)
    plant(learner, "A", data)
    found = learner.check(MONDAY_MS + DAY_MS)
    assert [(one.check, one.severity) for one in found] == [("relinks", "warning")]
    assert card(learner, "A").uid.hex() in found[0].message
    assert holdings(learner) == before
    assert len(learner.history(card(learner, "A"))) == 1
    assert learner.stats(MONDAY_MS).answers == 1
    plan = learner.plan_relink([card(learner, "A")], [card(learner, "B")])
    learner.relink(plan, MONDAY_MS + DAY_MS)
    assert len(lived(learner, "B")) == 1
    learner.undo(MONDAY_MS + DAY_MS)
    assert holdings(learner) == before


@pytest.mark.parametrize("half", ["from", "to"])
def test_half_a_relink_moves_nothing(learner: Collection, half: str) -> None:
    """A repair that could not read a page may have lost the other half."""
    answers = answer(learner, "A", GOOD, GOOD)
    relink(learner, "A", "B")
    learner.stats(MONDAY_MS)
    connection = learner._connection
    connection.execute("DROP TRIGGER review_log_no_delete")
    connection.execute("DELETE FROM review_log WHERE data LIKE ?", (f'{{"{half}"%',))
    assert lived(learner, "A") == answers
    for front in "AB":
        answer(learner, front, GOOD, day=20)
    assert learner.stats(MONDAY_MS).answers == 4
    found = {one.check for one in learner.check(MONDAY_MS + 21 * DAY_MS)}
    assert "relinks" in found
    assert "statistics" not in found


def test_no_file_is_asked_for_whose_card_has_given_its_history_away(learner: Collection) -> None:
    answer(learner, "A", GOOD)
    relink(learner, "A", "B")
    connection, lost = learner._connection, card(learner, "A")
    note = connection.execute("SELECT note_id FROM card WHERE uid = ?", (lost.uid,)).fetchone()
    for table in ("wording", "card_state", "card", "note"):
        name = "id" if table == "note" else "note_id"
        connection.execute(f"DELETE FROM {table} WHERE {name} = ?", note)
    assert "orphan-rows" not in [one.check for one in learner.check(MONDAY_MS)]
    assert len(lived(learner, "B")) == 1


# On the command line


class Edited(NamedTuple):
    """One who answered the cards of CARDS, and then rewrote all but one beyond recognition."""

    srs: Program
    old: str  # ids of cards: the first, an orphan by now
    new: str  # that took its place
    there: str  # as it was
    old_note: str  # of two gaps, of which one was answered
    new_note: str

    def reps(self, card: str) -> int:
        return int(self.srs("card", "show", card, "--json").json["reps"])


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Edited:
    folder = tmp_path_factory.mktemp("past")
    srs = Program(folder / "home")
    (folder / "own.md").write_text(CARDS)
    srs("import", str(folder / "own.md"))
    for day in (2, 4):
        srs.jsonl(*[GOOD_RATING] * 3, words=("Own",), now=f"2026-03-0{day}T08:00:00Z")
    rewritten = CARDS.partition("Q:")[0] + (
        "Q: Which small first share of traffic protects everybody else?\nA: The early bird.\n\n"
        "Q: What does an **A/B test** ask?\nA: Is it better?\n\n"
        "C: Before anybody sees a reply, the [dark] copy runs, and then a [sliver].\n"
    )
    (folder / "own.md").write_text(rewritten)
    srs = Program(folder / "home", now=LATER)
    srs("import", str(folder / "own.md"))
    there, new, first, _ = srs("card", "list", "Own", "--json").json["cards"]
    old, gap, _ = srs("card", "list", "--orphans", "--json").json["cards"]
    return Edited(srs, old["card"], new["card"], there["card"], gap["note"], first["note"])


@pytest.fixture
def edited(past: Edited, tmp_path: Path) -> Edited:
    shutil.copytree(past.srs.home, tmp_path / "home")
    return past._replace(srs=Program(tmp_path / "home", now=LATER))


LATER = "2026-03-05T08:00:00Z"
GOOD_RATING = {"do": "rate", "rating": "good"}


def test_an_orphans_history_goes_to_the_card_that_took_its_place(edited: Edited) -> None:
    srs, old, new, *_ = edited
    table = srs("card", "list", "--orphans").out
    assert re.search(rf"{old[:8]}  What does a canary ask\? +2 .* own\.md:6\n", table)
    assert "srs card relink OLD NEW" in table
    tried = srs("card", "relink", old, new, "--dry-run")
    assert f"2 reviews of {old[:8]} would belong to {new[:8]}:" in tried.out
    ran = srs("card", "relink", old, new)
    assert (ran.code, ran.err) == (0, "")
    assert f"2 reviews of {old[:8]} now belong to {new[:8]}:" in ran.out
    assert "+ Which small first share of traffic" in ran.out
    assert f"relinked from {old[:8]}" in srs("card", "show", new).out
    assert f"relinked to {new[:8]}" in srs("card", "show", old).out
    assert new in srs("card", "list", "rated:30:good", "--ids").out
    assert srs("doctor").code == 0
    undone = srs("undo", "--json").json["undone"]
    assert (undone["kind"], undone["card"]) == ("relink", new)
    assert (edited.reps(old), edited.reps(new)) == (2, 0)


def test_the_cards_of_notes_are_paired(edited: Edited) -> None:
    ran = edited.srs("card", "relink", edited.old_note, edited.new_note, "--json")
    (moved,) = ran.json["relinked"]  # the other gap was never answered
    assert moved["reviews"] == edited.reps(moved["to"]) > 0
    assert edited.srs("undo", "--json").json["undone"]["cards"] == 2


def test_what_cannot_be_relinked_is_refused_and_nothing_written(edited: Edited) -> None:
    srs, old, new, there, *_ = edited
    before = srs.database.read_bytes()
    for words, said in (
        ((old, old), "both sides"),
        ((old, "zzzz"), "no card zzzz"),
        ((new, old), "no history"),
        ((there, new), "still has its text"),
        ((there, old), "is an orphan"),
        ((old, edited.old_note), "which card is which"),
    ):
        ran = srs("card", "relink", *words)
        assert (ran.code, ran.out) == (2, ""), words
        assert said in ran.err
        assert srs.database.read_bytes() == before
    assert srs("card", "relink", there, new, "--yes", "--json").code == 0
    assert (edited.reps(there), edited.reps(new)) == (0, 2)


def test_a_card_that_stands_in_its_file_is_asked_about(edited: Edited) -> None:
    for key, said in (("n", "Nothing was changed."), ("y", "srs undo takes it back")):
        screen = edited.srs.screen("card", "relink", edited.there, edited.new)
        assert "still has its text" in screen.wait_for("Go on?")
        screen.press(f"{key}\r")
        screen.wait_for(said)
        assert screen.end() == 0


def test_of_two_notes_of_one_written_id_the_orphan_gives(learner: Collection) -> None:
    """The id was given to another card: the learner means that one to go on."""
    answer(learner, "A", GOOD)
    connection = learner._connection
    connection.execute("UPDATE note SET explicit_id = 'written' WHERE front IN ('A', 'B')")
    connection.execute("UPDATE note SET orphan = 1 WHERE front = 'A'")
    for orphans, front in ((True, "A"), (False, "B")):
        assert [c.front for c in learner.find_cards("written", orphans=orphans)] == [front]
    assert len(learner.find_cards("written")) == 2


def test_pairs_by_key_then_in_order(learner: Collection, tmp_path: Path) -> None:
    (tmp_path / "more.md").write_text("hot ::: cold\n\nwarm ::: cool\n\nC: [x] and [y] and [z].\n")
    learner.import_files(decks.read([tmp_path / "more.md"]), MONDAY_MS)
    more = [c for c in learner.cards(learner.span(MONDAY_MS)) if c.path.endswith("more.md")]
    hot, cold, warm, cool, *gaps = more
    for one in (hot, cold):
        learner.answer(one, GOOD, MONDAY_MS)
    ways = learner.plan_relink([cold, hot], [warm, cool])
    assert [(one.giver.uid, one.taker.uid) for one in ways] == [
        (cold.uid, cool.uid), (hot.uid, warm.uid)
    ]  # fmt: skip
    in_order = learner.plan_relink([hot, cold], gaps[:2])
    assert [one.taker.uid for one in in_order] == [gap.uid for gap in gaps[:2]]
    assert [one.taker.uid for one in learner.plan_relink([hot], [warm, cool])] == [warm.uid]
    with pytest.raises(UsageError, match="which card is which"):
        learner.plan_relink([hot, cold], gaps)
    learner.undo(MONDAY_MS)
    (only,) = learner.plan_relink([cold, hot], [card(learner, "A")])  # the other has no history
    assert only.giver.uid == hot.uid


def test_words_of_a_card_that_gave_its_history_belong_to_the_one_that_took_it(
    tmp_path: Path,
) -> None:
    notes = tmp_path / "notes.md"
    with open_collection(tmp_path / "home") as collection:

        def bring_in(text: str) -> dict[str, Card]:
            notes.write_text(text)
            collection.import_files(decks.read([notes]), START_MS)
            own = (c for c in collection.cards(collection.span(START_MS)) if c.deck == "notes")
            return {card.front: card for card in own}

        old = bring_in("Q: What does a watermark bound?\nA: Lateness.\n\nx :: y\n")
        given = old["What does a watermark bound?"]
        collection.answer(given, Rating.GOOD, START_MS)
        new = bring_in("Q: Until when are late events waited for?\nA: The watermark.\n\nx :: y\n")
        taken = new["Until when are late events waited for?"]
        assert taken.uid != given.uid
        (orphan,) = collection.cards(collection.span(START_MS), orphans=True)
        collection.relink(collection.plan_relink([orphan], [taken]), START_MS)
        back = bring_in("Q: What does a watermark bound?\nA: Lateness.\n\nx :: y\n")
        again = back["What does a watermark bound?"]
        assert (again.uid, again.state.reps) == (taken.uid, 1)

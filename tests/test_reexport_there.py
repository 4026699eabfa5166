"""What the learner does in Anki between two packages, and what becomes of it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from exporters.anki import objects, templates
from tests.learner import AGAIN, DECK, EDITED, FIRST, LATER, Boxes, Learner

BETTER = DECK.replace("Is it better?", "Is it any better?")
BASIC = "driftdeck Basic"


def test_own_words_stay_where_nothing_changed_here(ann: Learner) -> None:
    ann.edit("Is it safe", "Back", "my words")
    assert ann.carry(BETTER, now=LATER).updated == 1
    assert ann.note("a canary ask?")["Back"] == "my words"
    assert ann.standing() == (4, 6, 6, 0)


@pytest.mark.parametrize(
    ("now", "boxes", "left"),
    [
        (EDITED, Boxes(), "my words"),
        (LATER, Boxes(), "Is it any better?"),
        (EDITED, Boxes(always=True), "Is it any better?"),
    ],
    ids=["there last", "here last", "always"],
)
def test_of_two_edits_the_later_one_stands(ann: Learner, now: str, boxes: Boxes, left: str) -> None:
    ann.edit("Is it better?", "Back", "my words")
    ann.carry(BETTER, now=now, boxes=boxes)
    assert ann.note("A/B test")["Back"] == left
    assert ann.standing() == (4, 6, 6, 0)


def test_always_takes_every_note_as_it_is_here(ann: Learner) -> None:
    ann.edit("Is it safe", "Back", "my words")
    ann.carry(BETTER, boxes=Boxes(always=True))
    assert ann.note("a canary ask?")["Back"] == "Is it safe to go on?"


def test_own_tags_stay_until_the_note_is_edited_here(ann: Learner) -> None:
    for said in ("Is it safe", "A/B test"):
        note = ann.note(said)
        note.add_tag("hard")
        ann.there.update_note(note)
    ann.carry(BETTER, tags="", now=LATER)
    assert ann.note("Is it safe").tags == ["hard"]
    assert ann.note("A/B test").tags == []


def test_answers_in_one_moment_leave_nothing_to_mend(
    newcomer: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a fast machine six answers fall into the last millisecond of a second."""
    monkeypatch.setattr(
        "anki.scheduler.v3.int_time", lambda scale=1: 1_600_000_000_999 * scale // 1000
    )
    newcomer.carry(DECK, now=FIRST)
    newcomer.answer()
    assert newcomer.standing() == (4, 6, 6, 0)


def style(ann: Learner, said: str) -> str:
    """The style in which Anki shows that note."""
    return re.sub("</?style>", "", ann.note(said).cards()[0].css())


def own_style(ann: Learner, css: str) -> None:
    kind = ann.there.models.by_name(BASIC)
    kind["css"] = css
    ann.there.models.update_dict(kind)


@pytest.mark.parametrize(
    ("boxes", "left"), [(Boxes(), "own"), (Boxes(types_always=True), "ours")], ids=["", "always"]
)
def test_an_own_style_stays_even_when_ours_is_new(
    ann: Learner, monkeypatch: pytest.MonkeyPatch, boxes: Boxes, left: str
) -> None:
    own_style(ann, "own")
    ann.carry(BETTER)
    assert style(ann, "A/B test") == "own"
    monkeypatch.setattr(objects, "TEMPLATES_S", objects.TEMPLATES_S + 1)
    monkeypatch.setattr(templates, "CSS", "ours")
    assert ann.take(ann.export(), boxes) == (0, 0, 4, 0)
    assert style(ann, "A/B test") == left
    assert style(ann, "{{") == "ours"  # had not been touched
    assert ann.standing() == (4, 6, 6, 0)


def own_field(ann: Learner) -> None:
    kind = ann.there.models.by_name(BASIC)
    ann.there.models.add_field(kind, ann.there.models.new_field("Mine"))
    ann.there.models.update_dict(kind)
    ann.edit("Is it better?", "Mine", "my words")


def test_a_field_of_ones_own_holds_up_edits_until_it_is_gone(ann: Learner) -> None:
    own_field(ann)
    imported = ann.carry(f"{BETTER}\nwarm-up :: requests before the first user\n", now=LATER)
    assert imported.new == 1
    assert imported.conflicting > 0  # and are told in the import log
    assert ann.note("A/B test")["Back"] == "Is it better?"
    assert ann.note("A/B test")["Mine"] == "my words"
    stray = ann.note("warm-up")
    assert stray.note_type()["name"] == f"{BASIC}+"
    ann.answer()
    kind = ann.there.models.by_name(BASIC)
    ann.there.models.remove_field(kind, kind["flds"][-1])
    ann.there.models.update_dict(kind)
    change_type(ann, stray, BASIC)
    assert ann.take(boxes=Boxes(always=True)).conflicting == 0
    assert ann.note("A/B test")["Back"] == "Is it any better?"
    assert ann.standing() == (5, 7, 7, 0)


def change_type(ann: Learner, note: Any, name: str) -> None:
    """As Browse > Change Note Type does, each field to the one at its place."""
    models = ann.there.models
    wanted = models.by_name(name)["id"]
    info = models.change_notetype_info(old_notetype_id=note.mid, new_notetype_id=wanted)
    request = info.input
    request.note_ids.append(note.id)
    models.change_notetype_of_notes(request)


def test_merging_note_types_empties_a_field_of_ones_own(ann: Learner) -> None:
    own_field(ann)
    boxes = Boxes(merge=True, always=True)
    assert ann.carry(BETTER, boxes=boxes).conflicting == 0
    assert ann.note("A/B test")["Back"] == "Is it any better?"
    assert ann.note("A/B test")["Mine"] == ""
    assert ann.standing() == (4, 6, 6, 0)


def test_names_may_be_changed_there(ann: Learner) -> None:
    kind = ann.there.models.by_name(BASIC)
    kind["name"] = "Interview"
    ann.there.models.rename_field(kind, kind["flds"][1], "Answer")
    ann.there.models.update_dict(kind)
    ann.there.decks.rename(ann.there.decks.by_name("Own"), "Interviews::Own")
    imported = ann.carry(f"{BETTER}\nwarm-up :: requests before the first user\n")
    assert (imported.new, imported.conflicting) == (1, 0)
    assert ann.note("A/B test")["Answer"] == "Is it any better?"
    assert ann.note("warm-up").note_type()["name"] == "Interview"
    assert ann.decks() == {"Interviews::Own", "Own"}  # new cards look for the name of here
    assert ann.standing() == (5, 7, 6, 0)


def test_a_card_stays_where_and_as_the_learner_put_it(ann: Learner) -> None:
    there = ann.there
    [card] = ann.note("A/B test").cards()
    there.set_deck([card.id], there.decks.id("Mine"))
    there.set_user_flag_for_cards(3, [card.id])
    there.sched.suspend_cards([card.id])
    assert ann.carry(BETTER).updated == 1
    [card] = ann.note("any better").cards()
    assert (there.decks.name(card.did), card.user_flag(), card.queue) == ("Mine", 3, -1)


def test_a_filtered_deck_does_not_mind(ann: Learner) -> None:
    there = ann.there
    cram = there.decks.get(there.decks.new_filtered("Cram"))
    cram["terms"] = [["", 100, 0]]
    there.decks.save(cram)
    there.sched.rebuild_filtered_deck(cram["id"])
    assert ann.decks() == {"Cram"}
    assert ann.carry(BETTER) == (0, 1, 3, 0)
    there.sched.empty_filtered_deck(cram["id"])
    assert ann.decks() == {"Own"}
    assert ann.standing() == (4, 6, 6, 0)


def test_a_note_that_was_deleted_there_comes_back_as_new(ann: Learner) -> None:
    ann.there.remove_notes([ann.note("A/B test").id])
    assert ann.carry(DECK) == (1, 0, 3, 0)
    assert ann.standing() == (4, 6, 5, 0)


def test_a_note_of_another_type_is_let_be(ann: Learner) -> None:
    change_type(ann, ann.note("A/B test"), "Basic")
    assert ann.carry(BETTER, now=LATER) == (0, 0, 3, 1)
    assert ann.note("A/B test")["Back"] == "Is it better?"
    assert ann.standing() == (4, 6, 6, 0)


def test_a_deck_of_that_name_is_used(newcomer: Learner) -> None:
    mine = newcomer.there.decks.id("own")
    newcomer.carry(DECK, now=FIRST)
    assert newcomer.there.db.list("select distinct did from cards") == [mine]


def review(learner: Learner) -> None:
    """Answer a card here."""
    asked = learner.srs("review Own --jsonl", now=EDITED).out.splitlines()[0]
    rated = {"do": "rate", "card": json.loads(asked)["card"], "rating": "easy"}
    learner.srs("review Own --jsonl", now=EDITED, stdin=json.dumps(rated) + "\n")


def test_progress_goes_across_only_once(ann: Learner) -> None:
    """What is answered here later is not told to Anki, which goes on with its own."""
    rows = "select id, due, ivl, reps, queue, data from cards order by id"
    before = ann.there.db.all(rows)
    log = ann.there.db.all("select * from revlog")
    review(ann)
    assert ann.take(ann.export(now=AGAIN)) == (0, 0, 4, 0)
    assert ann.there.db.all(rows) == before
    assert ann.there.db.all("select * from revlog") == log


def test_progress_that_was_left_behind_needs_the_cards_gone(newcomer: Learner) -> None:
    newcomer.write(DECK)
    review(newcomer)
    newcomer.export(now=AGAIN)
    newcomer.take(boxes=Boxes(progress=False))
    newcomer.take()
    assert newcomer.standing() == (4, 6, 0, 0)
    newcomer.there.remove_notes(newcomer.there.find_notes(""))
    assert newcomer.take().new == 4
    assert newcomer.standing() == (4, 6, 1, 0)


@pytest.mark.parametrize(
    ("boxes", "left"),
    [(Boxes(presets=False), "Mine"), (Boxes(), "driftdeck")],
    ids=["", "ticked"],
)
def test_own_deck_options_stay_unless_presets_are_imported(
    newcomer: Learner, boxes: Boxes, left: str
) -> None:
    newcomer.write(DECK)
    review(newcomer)
    newcomer.take(newcomer.export(now=AGAIN))
    decks = newcomer.there.decks
    deck = decks.by_name("Own")
    deck["conf"] = decks.add_config("Mine")["id"]
    decks.save(deck)
    newcomer.take(boxes=boxes)
    assert decks.config_dict_for_deck_id(deck["id"])["name"] == left


def test_progress_made_there_outlives_every_box(ann: Learner) -> None:
    before = ann.there.db.all("select id, due, ivl, reps from cards order by id")
    ann.write(BETTER, now=EDITED)
    for now, boxes in ((EDITED, Boxes()), (AGAIN, Boxes(progress=False, presets=False))):
        ann.take(ann.export(now=now), boxes)
    ann.take(boxes=Boxes(merge=True, always=True, types_always=True))
    assert ann.there.db.all("select id, due, ivl, reps from cards order by id") == before
    assert ann.standing() == (4, 6, 6, 0)

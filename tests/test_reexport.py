"""What is changed here, and what Anki makes of the next package. Each claim of `srs help anki`."""

from __future__ import annotations

import shutil
from html import unescape

import pytest

from tests.learner import AGAIN, DECK, EDITED, FIRST, LATER, Boxes, Learner

BOXES = pytest.mark.parametrize("boxes", [Boxes(), Boxes(merge=True)], ids=["", "merged"])


def test_an_edited_answer_is_updated_in_place(ann: Learner) -> None:
    assert ann.carry(DECK.replace("Is it better?", "Is it any better?")) == (0, 1, 3, 0)
    assert ann.note("A/B test")["Back"] == "Is it any better?"
    assert ann.standing() == (4, 6, 6, 0)


def test_an_edited_question_is_updated_in_place(ann: Learner) -> None:
    assert ann.carry(DECK.replace("a canary ask?", "a canary release ask?")) == (0, 1, 3, 0)
    assert ann.note("Is it safe")["Front"] == "What does a canary release ask?"
    assert ann.standing() == (4, 6, 6, 0)


def test_extras_and_concepts_follow(ann: Learner) -> None:
    more = DECK.replace("safe to go on?", "safe to go on?\nWhy: It sees few.\nFlip: It sees all.")
    assert ann.carry(f"## canary-deployment\n\n{more}").updated == 4
    canary = ann.note("Is it safe")
    assert (canary["Why"], canary["Flip"]) == ("It sees few.", "It sees all.")
    assert canary.tags == ["concept::canary-deployment"]
    assert ann.standing() == (4, 6, 6, 0)


def test_tags_are_those_of_here(ann: Learner) -> None:
    ann.carry(DECK, tags="release")
    assert ann.carry(DECK, tags="release, mlops", now=AGAIN) == (0, 4, 0, 0)
    assert ann.note("Is it safe").tags == ["mlops", "release"]
    assert ann.carry(DECK, now=LATER).updated == 4
    assert ann.note("Is it safe").tags == []
    assert ann.standing() == (4, 6, 6, 0)


def test_a_note_that_moves_here_stays_in_its_deck_there(ann: Learner) -> None:
    moved, rest = DECK.split("\n\n", 1)
    ann.write(rest, now=EDITED)
    ann.carry(moved, deck="Other", file="other.md")
    assert ann.decks() == {"Own"}
    assert ann.deck_names() == {"Own", "Other"}
    assert ann.standing() == (4, 6, 6, 0)


def test_a_deck_renamed_here_only_keeps_its_name_there(ann: Learner) -> None:
    ann.carry(f"{DECK}\nwarm-up :: requests before the first user\n", deck="Release")
    assert ann.decks() == {"Own", "Release"}  # what was there, and what is new
    assert ann.standing() == (5, 7, 6, 0)


def test_a_deck_renamed_on_both_sides_stays_one(ann: Learner) -> None:
    deck = ann.there.decks.by_name("Own")
    ann.there.decks.rename(deck, "Release")
    ann.carry(f"{DECK}\nwarm-up :: requests before the first user\n", deck="Release")
    assert ann.deck_names() == {"Release"}
    assert ann.standing() == (5, 7, 6, 0)


def test_a_move_here_leaves_the_learners_words_there(ann: Learner) -> None:
    ann.edit("Is it safe", "Back", "my words")
    ann.carry(DECK, deck="Release", now=LATER)
    assert ann.note("a canary ask?")["Back"] == "my words"


def test_a_file_that_was_away_for_a_while_leaves_the_learners_words_there(ann: Learner) -> None:
    ann.edit("Is it safe", "Back", "my words")
    ann.write(DECK.partition("\n\n")[2], now=EDITED)
    ann.carry(DECK, now=LATER)
    assert ann.note("a canary ask?")["Back"] == "my words"


def test_a_new_note_arrives_as_new(ann: Learner) -> None:
    assert ann.carry(f"{DECK}\nwarm-up :: requests before the first user\n") == (1, 0, 4, 0)
    assert ann.standing() == (5, 7, 6, 0)


def test_a_note_that_is_removed_here_stays_there(ann: Learner) -> None:
    assert ann.carry(DECK.partition("\n\n")[2]) == (0, 0, 3, 0)
    assert ann.standing() == (4, 6, 6, 0)
    assert ann.carry(DECK, now=AGAIN).new == 0
    assert ann.standing() == (4, 6, 6, 0)


def test_a_note_in_wholly_other_words_is_another_note(ann: Learner) -> None:
    other = DECK.replace("What does a canary ask?\nA: Is it safe to go on?", "Why pin?\nA: Drift.")
    assert ann.carry(other).new == 1
    assert ann.standing() == (5, 7, 6, 0)


def test_a_gap_that_is_added_is_one_new_card(ann: Learner) -> None:
    assert ann.carry(DECK.replace("rollout", "[rollout]")) == (0, 1, 3, 0)
    assert ann.note("{{")["Text"].startswith("A {{c3::rollout}} runs {{c1::shadow}}")
    assert ann.standing() == (4, 7, 6, 0)


def test_a_gap_that_comes_back_finds_its_card(ann: Learner) -> None:
    ann.carry(DECK.replace("[shadow]", "shadow"))
    assert ann.note("{{")["Text"] == "A rollout runs shadow first, then {{c2::canary}}."
    assert ann.standing() == (4, 6, 6, 1)  # Tools > Empty Cards would remove it
    ann.carry(DECK.replace("rollout", "[rollout]"), now=AGAIN)
    assert ann.standing() == (4, 7, 6, 0)
    assert ann.asked()["A rollout runs [...] first, then canary."] == 1


def test_a_card_that_was_cleared_away_there_comes_back_as_new(ann: Learner) -> None:
    ann.carry(DECK.replace("[shadow]", "shadow"))
    [empty] = ann.there.get_empty_cards().notes
    ann.there.remove_cards_and_orphaned_notes(list(empty.card_ids))
    assert ann.standing() == (4, 5, 5, 0)
    ann.carry(DECK, now=AGAIN)
    assert ann.asked()["A rollout runs [...] first, then canary."] == 0
    assert ann.standing() == (4, 6, 5, 0)


@BOXES
def test_a_second_direction_makes_another_note_there(ann: Learner, boxes: Boxes) -> None:
    """Of a note of another type Anki would take nothing, or spoil it."""
    ann.carry(f"{DECK}\np99 :: one in a hundred is slower\n", now=FIRST)
    ann.answer()
    imported = ann.carry(f"{DECK}\np99 ::: one in a hundred is slower\n", boxes=boxes)
    assert imported == (1, 0, 4, 0)
    assert ann.asked()["one in a hundred is slower"] == 0
    assert ann.standing() == (6, 9, 7, 0)
    again = f"{DECK}\np99 ::: one in a hundred is much slower\n"
    assert ann.carry(again, now=AGAIN, boxes=boxes) == (0, 1, 4, 0)


@BOXES
def test_a_direction_that_is_dropped_makes_another_note_there(ann: Learner, boxes: Boxes) -> None:
    one_way = DECK.replace("traffic ::: copies", "traffic :: some copies")
    assert ann.carry(one_way, boxes=boxes) == (1, 0, 3, 0)
    assert ann.standing() == (5, 7, 6, 0)
    assert ann.carry(DECK, now=AGAIN, boxes=boxes).conflicting == 0
    assert ann.standing() == (5, 7, 6, 0)


GAPS = "### what-a-canary-asks\nC: A canary asks: [is it safe]? Of [few].\n"
QUESTION = "### what-a-canary-asks\nQ: What does a canary ask?\nA: Is it safe?\n"
CARDS = {GAPS: 2, QUESTION: 1}
KINDS = pytest.mark.parametrize(
    ("before", "after"), [(GAPS, QUESTION), (QUESTION, GAPS)], ids=["to a question", "to gaps"]
)


@BOXES
@KINDS
def test_gaps_that_become_a_question_lose_no_card(
    newcomer: Learner, before: str, after: str, boxes: Boxes
) -> None:
    """Anki cannot turn one kind into the other: the new one is a note of its own."""
    newcomer.carry(before, now=FIRST, boxes=boxes)
    newcomer.answer()
    assert newcomer.carry(after, boxes=boxes) == (1, 0, 0, 0)
    assert newcomer.standing() == (2, 3, CARDS[before], 0)
    assert newcomer.carry(before, now=AGAIN, boxes=boxes).conflicting == 0
    assert newcomer.standing()[:3] == (2, 3, CARDS[before])


@KINDS
def test_a_note_that_was_of_another_kind_arrives_whole(
    newcomer: Learner, before: str, after: str
) -> None:
    newcomer.write(before)
    assert newcomer.carry(after) == (1, 0, 0, 0)
    assert newcomer.standing() == (1, CARDS[after], 0, 0)


def test_a_package_twice_is_a_package_once(ann: Learner) -> None:
    assert ann.take() == (0, 0, 4, 0)
    assert ann.standing() == (4, 6, 6, 0)


def test_an_old_package_takes_nothing_back(ann: Learner) -> None:
    old = shutil.copy(ann.package, ann.folder / "old.apkg")
    ann.carry(f"{DECK.replace('better', 'any better')}\nwarm-up :: requests before the first\n")
    assert ann.take(old) == (0, 0, 4, 0)
    assert ann.note("A/B test")["Back"] == "Is it any better?"
    assert ann.standing() == (5, 7, 6, 0)


def test_two_computers_share_their_notes(newcomer: Learner) -> None:
    """The decks that come with the program, and files that both have imported."""
    newcomer.write(DECK)
    first = newcomer.take(newcomer.export("Own", "Release and MLOps"))
    newcomer.answer()
    before = newcomer.standing()
    newcomer.here.home = newcomer.folder / "second"
    newcomer.write(DECK, now=EDITED)
    again = newcomer.take(newcomer.export("Own", "Release and MLOps", now=AGAIN))
    assert (again.new, again.conflicting) == (0, 0)
    assert first.new == before.notes > 4
    assert newcomer.standing() == before


def test_a_part_leaves_the_rest_alone(ann: Learner) -> None:
    ann.write("quantile :: a cut of the distribution\n", deck="Two", file="two.md")
    assert ann.take(ann.export("Own", "Two")) == (1, 0, 4, 0)
    ann.write("quantile :: a cut through it\n", deck="Two", file="two.md", now=EDITED)
    assert ann.take(ann.export(now=EDITED)) == (0, 0, 4, 0)  # of the other deck only
    assert ann.take(ann.export("Two", now=EDITED)) == (0, 1, 0, 0)
    assert ann.standing() == (5, 7, 6, 0)


def test_a_deck_that_is_disabled_here_stays_there(ann: Learner) -> None:
    everything = f"export anki -o {ann.package} --force"
    ann.srs(everything)
    ann.take()
    before = ann.standing()
    ann.srs("deck disable Own", now=EDITED)
    ann.srs(everything, now=EDITED)
    assert ann.take() == (0, 0, before.notes - 4, 0)
    ann.srs("deck enable Own", now=AGAIN)
    ann.srs(everything, now=AGAIN)
    assert ann.take() == (0, 0, before.notes, 0)
    assert ann.standing() == before


def test_a_built_in_note_in_words_of_ones_own_is_updated(newcomer: Learner) -> None:
    newcomer.take(newcomer.export("Release and MLOps"))
    newcomer.answer()
    before = newcomer.standing()
    sql = "select id from notes where not instr(flds, '{{c') order by id limit 1"
    number = newcomer.there.db.scalar(sql)
    note = newcomer.there.get_note(number)
    folder = newcomer.here.home / "overrides"
    folder.mkdir(parents=True)
    text = f"### {note['Id']}\nQ: {unescape(note['Front'])}\nA: In my words.\n"
    newcomer.write(text, deck="Release and MLOps", file="home/overrides/mine.md", now=LATER)
    imported = newcomer.take(newcomer.export("Release and MLOps", now=LATER))
    assert imported == (0, 1, before.notes - 1, 0)
    note.load()
    assert note["Back"] == "In my words."
    assert newcomer.standing() == before

"""The built-in decks: complete in form, and placed where the curriculum says."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

import pytest

import decks
from decks import Note, NoteKind

FILES = {file.path.rsplit("/", 1)[-1].removesuffix(".md"): file for file in decks.builtin()}
NOTES = [note for file in FILES.values() for note in file.parsed.notes]
CONCEPTS = decks.load_concepts()
TOPICS = {
    "feature stores": {"feature-store", "offline-online-store", "point-in-time-join"},
    "training/serving skew": {"training-serving-skew"},
    "drift": {"covariate-shift", "label-shift", "concept-drift", "drift-tests"},
    "canary deploys": {"canary-deployment"},
    "two-stage retrieval": {"two-stage-retrieval"},
}
TYPES = {
    "definition": 40, "cloze": 40, "contrast": 40, "misconception": 40, "what-breaks": 40,
    "diagnose": 60, "choose": 60, "tradeoff": 60, "curveball": 60, "estimate-fixed": 40,
}  # fmt: skip


def words(text: str) -> list[str]:
    return re.findall(r"[\w'/.%-]*\w[\w'/.%-]*", text)


def test_every_file_reads_without_a_remark() -> None:
    assert [problem for file in FILES.values() for problem in file.parsed.problems] == []
    assert {"03-features", "07-retrieval-ranking", "09-release-mlops", "10-monitoring-drift"} <= {
        *FILES
    }


@pytest.mark.parametrize("topic", TOPICS)
def test_each_topic_of_the_client_has_its_cards(topic: str) -> None:
    assert sum(note.concept in TOPICS[topic] for note in NOTES) >= 8


def test_there_is_enough_for_a_start_and_it_asks_for_use() -> None:
    types = Counter(note.type for note in NOTES)
    assert len(NOTES) >= 40
    assert types["definition"] + types["cloze"] <= 0.32 * len(NOTES)


@pytest.mark.parametrize("name", FILES)
def test_notes_are_placed_by_the_curriculum(name: str) -> None:
    for note in FILES[name].parsed.notes:
        concept = CONCEPTS[note.concept]
        assert concept.deck == name, note.id
        assert note.sources, note.id
        assert set(note.sources) <= set(concept.sources), note.id


def test_ids_are_unique_over_all_decks() -> None:
    ids = Counter(note.id for note in NOTES)
    assert [name for name, count in ids.items() if count > 1 or not name] == []


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.id)
def test_a_note_is_short_and_complete(note: Note) -> None:
    assert note.type in TYPES
    assert len(words(note.front)) <= 60
    if note.kind is NoteKind.CLOZE:
        gaps = decks.find_gaps(note.front)
        assert 1 <= len(gaps) <= 3
        assert all(len(words(gap.text)) <= 6 for gap in gaps)
        assert len(words(note.front)) - sum(len(words(gap.text)) for gap in gaps) >= 8
    else:
        assert len(words(note.back)) <= TYPES[note.type]
        assert not re.match(r"(Explain|Describe|Discuss|List|Name|Tell|What are)\b", note.front)
        assert not re.match(r"(It|This|That|They)\b", note.front)
    assert note.flip or note.type != "choose"


def test_no_two_fronts_are_nearly_the_same() -> None:
    bags = {note.id: {word.lower() for word in words(note.front)} for note in NOTES}
    for one, other in combinations(bags, 2):
        common, whole = bags[one] & bags[other], bags[one] | bags[other]
        assert len(common) < 0.7 * len(whole), (one, other)

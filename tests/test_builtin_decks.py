"""The built-in decks: placed where the curriculum says. The rest is in test_lint.py."""

from __future__ import annotations

from collections import Counter

import pytest

import decks

FILES = {file.path.rsplit("/", 1)[-1].removesuffix(".md"): file for file in decks.builtin()}
NOTES = [note for file in FILES.values() for note in file.parsed.notes]
CONCEPTS, SOURCES = decks.load_concepts(), decks.load_sources()
ESTIMATES = "16-estimates"
TOPICS = {
    "feature stores": {"feature-store", "offline-online-store", "point-in-time-join"},
    "training/serving skew": {"training-serving-skew"},
    "drift": {"covariate-shift", "label-shift", "concept-drift", "drift-tests"},
    "canary deploys": {"canary-deployment"},
    "two-stage retrieval": {"two-stage-retrieval"},
}


def test_every_file_reads_without_a_remark() -> None:
    assert [problem for file in FILES.values() for problem in file.parsed.problems] == []
    assert {"03-features", "07-retrieval-ranking", "09-release-mlops", "10-monitoring-drift"} <= {
        *FILES
    }


@pytest.mark.parametrize("topic", TOPICS)
def test_each_topic_of_the_client_has_its_cards(topic: str) -> None:
    assert sum(note.concept in TOPICS[topic] for note in NOTES) >= 8


COMPLETE = {
    name: file for name, file in FILES.items() if any(one.complete for one in file.parsed.heads)
}
CORE = (
    "offline-online-store", "training-serving-skew", "point-in-time-join", "canary-deployment",
    "covariate-shift", "label-shift", "concept-drift", "two-stage-retrieval",
)  # fmt: skip


def test_complete_decks_hold_enough() -> None:
    assert sum(len(file.parsed.notes) for file in COMPLETE.values()) >= 210


@pytest.mark.parametrize("name", COMPLETE)
def test_every_concept_of_a_complete_deck_is_met_from_two_sides(name: str) -> None:
    notes = COMPLETE[name].parsed.notes
    wanted = [slug for slug, concept in CONCEPTS.items() if concept.deck == name]
    assert wanted
    for slug in wanted:
        types = [note.type for note in notes if note.concept == slug]
        assert len(types) >= 3, slug
        assert len({*types}) >= 2, slug


@pytest.mark.parametrize("slug", CORE)
def test_what_interviews_turn_on_has_six_notes_at_least(slug: str) -> None:
    assert sum(note.concept == slug for note in NOTES) >= 6


@pytest.mark.parametrize("name", COMPLETE)
def test_a_complete_deck_asks_for_use(name: str) -> None:
    notes = COMPLETE[name].parsed.notes
    types = Counter(note.type for note in notes)
    assert types["definition"] + types["cloze"] <= 0.32 * len(notes)


@pytest.mark.parametrize("name", FILES)
def test_notes_are_placed_by_the_curriculum(name: str) -> None:
    for note in FILES[name].parsed.notes:
        concept = CONCEPTS[note.concept]
        assert {*note.sources} <= SOURCES.keys(), note.id
        if name == ESTIMATES:  # until the decks of their concepts are written
            assert concept.deck not in FILES, note.id
        else:
            assert concept.deck == name, note.id
            assert {*concept.sources} <= {*note.sources}, note.id

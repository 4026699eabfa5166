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


def test_there_is_enough_for_a_start_and_it_asks_for_use() -> None:
    types = Counter(note.type for note in NOTES)
    assert len(NOTES) >= 40
    assert types["definition"] + types["cloze"] <= 0.32 * len(NOTES)


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

"""New cards follow the graph of concepts: what a concept builds on comes before it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

import decks
from decks.concepts import Concept, Concepts, deck_files, load_concepts
from decks.prerequisites import followers, leading_to, ordered, preceded, tree
from srs import Collection, Rating, Settings
from srs.importing import install_builtin, note_curriculum
from srs.store import agenda
from srs.store.create import in_memory

MONDAY_MS = 1_772_438_400_000  # 2026-03-02T08:00:00Z
DAY_MS = 86_400_000
Graph = dict[str, tuple[str, ...]]


@st.composite
def graphs(draw: st.DrawFn, most: int = 12) -> Graph:
    """Any graph without circles, its topics in any order."""
    topics = [f"topic-{number}" for number in range(draw(st.integers(1, most)))]
    needs: Graph = {}
    for number, topic in enumerate(topics):
        below = st.lists(st.sampled_from(topics[:number]), max_size=3, unique=True)
        needs[topic] = tuple(draw(below)) if number else ()
    return {topic: needs[topic] for topic in draw(st.permutations(topics))}


@given(graphs())
def test_all_topics_are_ordered_each_after_what_it_builds_on(needs: Graph) -> None:
    order = ordered(needs)
    assert sorted(order) == sorted(needs)
    places = {topic: place for place, topic in enumerate(order)}
    assert all(places[need] < places[topic] for topic in needs for need in needs[topic])


@given(graphs(), st.randoms(use_true_random=False))
def test_topics_may_be_asked_for_first_each_after_what_it_builds_on(
    needs: Graph, chance: random.Random
) -> None:
    first = chance.sample(list(needs), chance.randint(0, len(needs)))
    order = preceded(first, needs)
    places = {topic: place for place, topic in enumerate(order)}
    assert {*order} == {one for topic in first for one in leading_to(topic, needs)}
    assert all(places[need] < places[topic] for topic in order for need in needs[topic])
    for place, topic in enumerate(order):  # nothing stands before a topic but what had to
        wanted = [one for one in first if places[one] >= place]
        assert topic in leading_to(wanted[0], needs)


@given(graphs())
def test_an_order_that_fits_already_is_kept(needs: Graph) -> None:
    fitting = ordered(needs)
    assert ordered({topic: needs[topic] for topic in fitting}) == fitting


@given(graphs())
def test_a_topic_comes_as_soon_as_what_it_builds_on_lets_it(needs: Graph) -> None:
    order = ordered(needs)
    for place, topic in enumerate(order):
        free = [
            one for one in needs if one not in order[:place] and {*needs[one]} <= {*order[:place]}
        ]
        assert topic == free[0]


@given(graphs(), st.data())
def test_a_path_holds_every_prerequisite_once_and_nothing_else(
    needs: Graph, data: st.DataObject
) -> None:
    target = data.draw(st.sampled_from(sorted(needs)))
    path = leading_to(target, needs)
    reached = {target}
    while more := {need for topic in reached for need in needs[topic]} - reached:
        reached |= more
    assert sorted(path) == sorted(reached)
    assert path[-1] == target
    assert all(need in path[:place] for place, topic in enumerate(path) for need in needs[topic])


@given(graphs(), st.data())
def test_a_tree_draws_every_topic_once_with_all_that_it_builds_on(
    needs: Graph, data: st.DataObject
) -> None:
    target = data.draw(st.sampled_from(sorted(needs)))
    branches = list(tree(target, needs))
    drawn = [branch.topic for branch in branches if not branch.again]
    assert sorted(drawn) == sorted(leading_to(target, needs))
    edges = sum(len(needs[topic]) for topic in drawn)
    assert len(branches) == 1 + edges
    met: set[str] = set()
    for branch in branches:
        assert branch.again == (branch.topic in met)
        met.add(branch.topic)


def test_a_circle_is_told() -> None:
    circle: Graph = {"a": ("c",), "b": ("a",), "c": ("b",), "d": ()}
    for ask in (lambda: ordered(circle), lambda: preceded(["d", "a"], circle)):
        with pytest.raises(AssertionError, match="circle"):
            ask()


def test_a_tree_tells_which_branch_is_the_last() -> None:
    needs: Graph = {"a": (), "b": ("a",), "c": ("a", "b"), "d": ("c", "a")}
    assert [(each.topic, each.last, each.again) for each in tree("d", needs)] == [
        ("d", (), False),
        ("c", (False,), False),
        ("a", (False, False), False),
        ("b", (False, True), False),
        ("a", (False, True, True), True),
        ("a", (True,), True),
    ]
    assert followers(needs) == {"a": ["b", "c", "d"], "b": ["c"], "c": ["d"]}


# Days of learning


def watched(collection: Collection, needs: Graph, days: int, seed: int) -> list[str]:
    """Learn for some days; the concepts in the order in which they were met.

    No card of a concept may come before a card of each that it builds on was passed, of those that
    have cards.
    """
    chance = random.Random(seed)
    held = {card.concept for card in collection.cards(collection.span(MONDAY_MS))}
    passed: set[str] = set()
    met: dict[str, None] = {}
    for day in range(days):
        at_ms = MONDAY_MS + day * DAY_MS
        check_offer(collection, needs, held, passed, at_ms)
        while card := collection.next_card(at_ms):
            if card.state.first_day is None:
                assert {*needs.get(card.concept, ())} & held <= passed, card.concept
                met[card.concept] = None
            rating = Rating.AGAIN if chance.random() < 0.2 else Rating.GOOD
            state = collection.answer(card, rating, at_ms).state
            passed |= {card.concept} if state.passed else set()
            at_ms += 20_000
    return [*met]


def check_offer(
    collection: Collection, needs: Graph, held: set[str], passed: set[str], at_ms: int
) -> None:
    """What a day offers has what it builds on before it in the same offer, or passed."""
    known = set(passed)
    span = collection.span(at_ms)
    for card in collection.daily._offered(span, 20):
        assert {*needs.get(card.concept, ())} & held <= known | {card.concept}
        known.add(card.concept)


def in_line(collection: Collection) -> list[str]:
    """The concepts in the order of their new cards, where nothing else decides."""
    line = agenda.new_cards(collection._connection, collection.span(MONDAY_MS))
    return list(dict.fromkeys(card.concept for card in line))


@contextmanager
def synthetic(needs: Graph, files: Sequence[Sequence[str]]) -> Iterator[Collection]:
    """A collection that knows this curriculum, with two cards for each topic of the files."""
    made = [Concept(topic, topic, below, "M", (), "01-x") for topic, below in needs.items()]
    with (
        patch("srs.importing.load_concepts", lambda: Concepts(made)),
        TemporaryDirectory() as name,
        Collection(in_memory(note_curriculum), name, Settings(zone="UTC", new_per_day=6)) as found,
    ):
        for number, topics in enumerate(files):
            cards = (f"## {t}\n\nQ: {t}?\nA: 1\n\nQ: {t} again?\nA: 2\n" for t in topics)
            Path(name, f"deck-{number}.md").write_text("\n".join(cards))
        found.import_files(decks.read([Path(name)]), MONDAY_MS)
        yield found


@given(graphs(8), st.data())
@profile(max_examples=12)
def test_no_concept_is_met_before_what_it_builds_on(needs: Graph, data: st.DataObject) -> None:
    topics = data.draw(st.permutations([*needs]))
    topics = topics[: data.draw(st.integers(1, len(topics)))]  # others have no cards
    cut = data.draw(st.integers(0, len(topics)))
    with synthetic(needs, [topics[:cut], topics[cut:]]) as collection:
        line = in_line(collection)
        assert line == [topic for topic in ordered(needs) if topic in topics]
        met = watched(collection, needs, 9, data.draw(st.integers(0, 9)))
        assert {*met} == {*topics}


def test_the_built_in_cards_follow_the_curriculum() -> None:
    curriculum = load_concepts()
    needs = {slug: concept.prerequisites for slug, concept in curriculum.items()}
    with TemporaryDirectory() as name:
        settings = Settings(zone="UTC", new_per_day=20)
        with Collection(in_memory(install_builtin), name, settings) as collection:
            line = in_line(collection)
            order = curriculum.in_learning_order(deck_files())
            assert line == [slug for slug in order if slug in line]
            assert watched(collection, needs, 5, 1)


def test_cards_are_refiled_when_the_curriculum_changes() -> None:
    before: Graph = {"one": (), "two": (), "three": ()}
    after: Graph = {"one": ("three",), "two": (), "three": (), "four": ()}
    with synthetic(before, [["one", "two", "three"]]) as collection:
        assert in_line(collection) == ["one", "two", "three"]
        made = [Concept(topic, topic, below, "M", (), "01-x") for topic, below in after.items()]
        with patch("srs.importing.load_concepts", lambda: Concepts(made)):
            install_builtin(collection._connection)
        line = [topic for topic in in_line(collection) if topic in after]
        assert line == ["two", "three", "one"]

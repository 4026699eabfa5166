"""Which card comes next: laws of the order, as pure functions."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from srs import queue
from srs.queue import Gate, Passing, Waiting


@st.composite
def waiting(draw: st.DrawFn) -> list[Waiting]:
    count = draw(st.integers(1, 30))
    decks = draw(st.integers(1, 4))
    return [
        Waiting(
            bytes([number]),
            note_id=number,
            deck_id=draw(st.integers(1, decks)),
            concept=draw(st.sampled_from(["", "a", "b"])),
            contrasts=draw(st.booleans()),
            position=number,
        )
        for number in range(count)
    ]


def dealt(cards: list[Waiting]) -> list[Waiting]:
    """All the cards in the order in which they would be asked."""
    left, order = list(cards), list[Waiting]()
    while left:
        chosen = queue.choose(left, order[::-1][: queue.FARTHEST])
        assert chosen is not None
        order.append(chosen)
        left.remove(order[-1])
    return order


@given(waiting())
def test_every_card_is_asked_once(cards: list[Waiting]) -> None:
    assert sorted(dealt(cards)) == sorted(cards)


@given(waiting())
def test_the_first_is_the_first_in_line(cards: list[Waiting]) -> None:
    assert queue.choose(cards, []) == cards[0]


@given(waiting(), waiting())
def test_neighbours_are_of_different_decks_where_that_is_possible(
    cards: list[Waiting], before: list[Waiting]
) -> None:
    plain = [card._replace(contrasts=False) for card in cards]
    last = before[-1]._replace(contrasts=False)
    chosen = queue.choose(plain, [last])
    assert chosen is not None
    assert chosen.deck_id != last.deck_id or {card.deck_id for card in plain} == {last.deck_id}


def test_two_decks_take_turns() -> None:
    cards = [Waiting(bytes([n]), n, deck_id=n // 6) for n in range(12)]
    assert all(one.deck_id != other.deck_id for one, other in pairwise(dealt(cards)))


def test_a_contrast_pair_is_three_to_eight_cards_apart() -> None:
    cards = [
        Waiting(bytes([n]), n, deck_id=n % 3, concept=f"c{n}") for n in range(20)
    ]  # fmt: skip
    cards[0] = cards[0]._replace(concept="drift", contrasts=True)
    cards[1] = cards[1]._replace(concept="drift")
    order = dealt(cards)
    apart = order.index(cards[1]) - order.index(cards[0])
    assert 3 <= apart <= 8


def test_a_contrast_partner_far_down_the_line_is_fetched() -> None:
    cards = [Waiting(bytes([n]), n, deck_id=n % 3, concept=f"c{n}") for n in range(20)]
    cards[0] = cards[0]._replace(concept="drift")
    cards[16] = cards[16]._replace(concept="drift", contrasts=True)
    order = dealt(cards)
    assert 3 <= order.index(cards[16]) - order.index(cards[0]) <= 8


def test_nothing_to_choose_from() -> None:
    assert queue.choose([], []) is None


NEEDS = {"b": ("a",), "c": ("a", "b"), "d": ("x",)}


def gate(**passing: Passing) -> Gate:
    return Gate(lambda c: NEEDS.get(c, ()), lambda c: passing.get(c, Passing(False, False)))


def test_a_concept_waits_for_its_prerequisites() -> None:
    met, passed = Passing(True, False), Passing(True, True)
    assert gate(a=met).is_open("a")
    assert not gate(a=met).is_open("b")
    assert gate(a=passed).is_open("b")
    assert not gate(a=passed, b=met).is_open("c")
    assert gate(a=passed, b=passed).is_open("c")


def test_a_prerequisite_without_a_card_to_ask_counts_as_passed() -> None:
    assert gate().is_open("d")
    assert gate(x=Passing(available=False, passed=False)).is_open("d")
    assert not gate(x=Passing(available=True, passed=False)).is_open("d")


def test_cards_without_a_concept_are_never_held_back() -> None:
    assert gate(a=Passing(True, False)).is_open("")


def test_a_day_offers_what_opens_in_its_course() -> None:
    cards = [
        Waiting(bytes([n]), note, 1, concept)
        for n, (note, concept) in enumerate([(1, "a"), (1, "a"), (2, "b"), (3, "c"), (4, "")])
    ]
    closed = gate(a=Passing(True, False), b=Passing(True, False))
    assert [card.note_id for card in queue.offer(cards, closed, 3)] == [1, 2, 3]
    assert [card.note_id for card in queue.offer(cards[2:], closed, 9)] == [4]
    assert [card.note_id for card in queue.offer(cards[2:], None, 9)] == [2, 3, 4]
    assert list(queue.offer(cards, None, 0)) == []


@given(
    st.lists(st.binary(min_size=1, max_size=1), unique=True, max_size=20),
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=60),
)
def test_a_cram_asks_until_each_card_was_known(
    order: list[bytes], answers: list[tuple[int, bool]]
) -> None:
    done: list[tuple[bytes, bool]] = []
    for _, known in answers:
        line = queue.cram_line(order, done)
        if not line:
            break
        assert len(set(line)) == len(line)
        done.append((line[0], known))
    known_cards = {card for card, known in done if known}
    assert set(queue.cram_line(order, done)) == set(order) - known_cards
    if done:  # to take an answer back is to have the card at the head again
        assert queue.cram_line(order, done[:-1])[0] == done[-1][0]


def test_a_failed_card_comes_again_a_few_cards_later() -> None:
    order = [bytes([n]) for n in range(10)]
    line = queue.cram_line(order, [(order[0], False)])
    assert line.index(order[0]) == 5
    assert queue.cram_line(order[:2], [(order[0], False)]) == [order[1], order[0]]

"""Which card of an edited note is which."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from decks.cards import card_keys
from srs.card_plan import CardPlan, match_cards
from srs.identity import Words


def cloze(text: str) -> Words:
    return Words("cloze", text, "")


def plan(before: str, after: str, *gone: str) -> CardPlan:
    """What becomes of a cloze's cards, each of which is named by its key."""
    live = [(key.encode(), key, False) for key in card_keys("cloze", before)]
    return match_cards(
        [cloze(before)], [*live, *((key.encode(), key, True) for key in gone)], cloze(after)
    )


def kept(before: str, after: str) -> dict[str, str]:
    """New keys with the old keys of the cards that they keep."""
    return {key: card.decode() for card, key in plan(before, after).kept}


def test_gaps_are_known_by_their_words_wherever_they_stand() -> None:
    before = "A rollout runs [shadow] first, then [canary]."
    assert kept(before, "First [canary], then [shadow], runs a rollout.") == {
        "canary": "canary", "shadow": "shadow",
    }  # fmt: skip
    more = plan(before, "A [rollout] runs [shadow] first, then [canary].")
    assert (more.new, more.gone) == (("rollout",), ())
    assert plan(before, "A rollout runs [shadow] first, then canary.").gone == (b"canary",)


def test_a_reworded_gap_is_known_by_what_surrounds_it() -> None:
    before = "A rollout runs [shadow] first, then [canary]."
    after = "A rollout runs [mirrored traffic] first, then [a small share]."
    assert kept(before, after) == {"mirrored traffic": "shadow", "a small share": "canary"}


def test_a_gap_elsewhere_is_another_one() -> None:
    moved = plan("The [cat] sat on the mat.", "The cat sat on the [mat].")
    assert (moved.new, moved.gone) == (("mat",), (b"cat",))


def test_renumbered_gaps_are_known_by_their_words() -> None:
    before = "{{c1::one}} and {{c2::two}} and {{c3::three}}"
    assert kept(before, "{{c1::two}} and {{c2::three}}") == {"c1": "c2", "c2": "c3"}


def test_equal_gaps_are_known_by_their_place() -> None:
    before = "From [A] to B, then from [A] to C."
    assert kept(before, "From A to B, then from [A] to C.") == {"a": "a#2"}


def test_a_gap_put_back_has_its_card_again_if_it_asks_the_same() -> None:
    first, without = "{{c1::one}} and {{c2::two}}", "{{c1::one}} and two"
    cards = [(b"c1", "c1", False), (b"c2", "c2", True)]
    said = [cloze(without), cloze(first)]
    assert dict(match_cards(said, cards, cloze(first)).kept) == {b"c1": "c1", b"c2": "c2"}
    other = match_cards(said, cards, cloze("{{c1::one}} {{c2::and}} two"))
    assert (other.new, other.gone) == (("c2",), (b"c2",))


def test_the_sides_of_a_note_follow_its_texts() -> None:
    both = [(b"f", "front", False), (b"b", "back", False)]
    before = Words("reversed", "das Haus", "the house")
    turned = match_cards([before], both, Words("reversed", "the house", "das Haus, Häuser"))
    assert dict(turned.kept) == {b"b": "front", b"f": "back"}
    one_way = match_cards([before], both, Words("basic", "das Haus", "house"))
    assert (dict(one_way.kept), one_way.gone) == ({b"f": "front"}, (b"b",))
    again = match_cards(
        [Words("basic", "das Haus", "house"), before],
        [(b"f", "front", False), (b"b", "back", True)],
        before,
    )
    assert dict(again.kept) == {b"f": "front", b"b": "back"}


def test_one_card_a_key_stays_after_a_merge() -> None:
    text = cloze("[shadow] and [canary]")
    cards = [(b"1", "shadow", False), (b"2", "canary", False), (b"3", "canary", True)]
    assert match_cards([text], cards, text).gone == (b"3",)


WORD = st.sampled_from(["cat", "mat", "cats", "dog", "{{c1::cat}}", "[cat]", "[dog]", "==mat==",
                        "{{c2::dog}}", "[the cat]", "and"])  # fmt: skip
TEXT = st.lists(WORD, min_size=1, max_size=8).map(" ".join)


@settings(max_examples=150)
@given(TEXT, TEXT)
def test_every_key_has_one_card_and_every_card_one_fate(before: str, after: str) -> None:
    keys = card_keys("cloze", after)
    old = card_keys("cloze", before)
    found = plan(before, after)
    assert sorted([*(key for _, key in found.kept), *found.new]) == sorted(keys)
    assert sorted([*(card.decode() for card, _ in found.kept), *map(bytes.decode, found.gone)]) == (
        sorted(old)
    )
    assert plan(before, before).kept == tuple((key.encode(), key) for key in old)

"""Which card of an edited note is which: by what it asks, then by what surrounds that. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from decks.cards import BACK, FRONT, card_keys
from decks.cloze import Gap, find_gaps
from srs.identity import Words, normal
from srs.terms import read
from srs.word_forms import is_typo

_TOKEN = re.compile(r"\w+|[^\w\s]")
_MOST_TOKENS = 2_000  # aligning takes time by the square


class CardPlan(NamedTuple):
    """What becomes of a note's cards: keys by card, keys that need a new card, cards now gone."""

    kept: tuple[tuple[bytes, str], ...]
    new: tuple[str, ...]
    gone: tuple[bytes, ...]


class _Asked(NamedTuple):
    """What a card of a cloze asks, and which tokens of the plain sentence that is."""

    key: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def match_cards(
    said: Sequence[Words], old: Sequence[tuple[bytes, str, bool]], now: Words
) -> CardPlan:
    """Keep the card of each side or gap that is still asked.

    `said` is what the note said, the last wording first; `old` are its cards with their keys, and
    whether they are gone already. One card a key stays: after a merge there may be two, then it is
    the one that is not gone, or else the one of the lowest id.
    """
    keys = card_keys(now.kind, now.front)
    chosen: dict[str, bytes] = {}
    for card, key, _ in sorted(old, key=lambda each: (each[2], each[0])):
        chosen.setdefault(key, card)
    live = [key for card, key, gone in old if not gone and chosen[key] == card]
    pairs = _pairs(said, live, now, keys)
    taken = set(pairs.values())
    for key in keys:  # a gap that was taken out, put back
        if key not in pairs and key in chosen and key not in taken and _same_asked(said, now, key):
            pairs[key] = key
    kept = tuple((chosen[pairs[key]], key) for key in keys if key in pairs)
    stay = {card for card, _ in kept}
    new = tuple(key for key in keys if key not in pairs)
    return CardPlan(kept, new, tuple(card for card, _, _ in old if card not in stay))


def _pairs(
    said: Sequence[Words], live: Sequence[str], now: Words, keys: Sequence[str]
) -> dict[str, str]:
    """New keys with the old ones of the cards they keep."""
    before = said[0]
    if before.kind == now.kind == "cloze":
        return _gaps(before.front, live, now.front)
    if "cloze" not in (before.kind, now.kind):
        return _by_side(before, live, now, keys)
    return {keys[0]: live[0]} if len(live) == len(keys) == 1 else {}


def _by_side(before: Words, live: Sequence[str], now: Words, keys: Sequence[str]) -> dict[str, str]:
    """Sides keep their cards; where question and answer changed places the cards follow."""
    straight = _alike(before.front, now.front) + _alike(before.back, now.back)
    crossed = _alike(before.front, now.back) + _alike(before.back, now.front)
    turned = {FRONT: BACK, BACK: FRONT} if crossed > straight else {FRONT: FRONT, BACK: BACK}
    return {key: turned[key] for key in keys if turned[key] in live}


def _alike(one: str, two: str) -> float:
    ours, theirs = read(one).terms, read(two).terms
    return len(ours & theirs) / (len(ours | theirs) or 1)


def _same_asked(said: Sequence[Words], now: Words, key: str) -> bool:
    """Whether the gap of that key asks what it asked when it was last there."""
    if now.kind != "cloze":
        return True
    last = next((w for w in said if key in card_keys(w.kind, w.front)), None)
    if last is None or last.kind != "cloze":
        return False
    return _words_of(last.front, key) == _words_of(now.front, key)


def _words_of(text: str, key: str) -> list[str]:
    return [normal(gap.text).casefold() for gap in find_gaps(text) if gap.key == key]


def _gaps(before: str, live: Sequence[str], now: str) -> dict[str, str]:
    old_tokens, old = _asked(before)
    new_tokens, new = _asked(now)
    aligned = _align(old_tokens, new_tokens)
    found = sorted(
        (
            (-_same(one, two, aligned), at, one.key, two.key)
            for one in old
            if one.key in live
            for at, two in enumerate(new)
        )
    )
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for score, _, old_key, new_key in found:
        if score <= -1 and old_key not in taken and new_key not in pairs:
            pairs[new_key] = old_key
            taken.add(old_key)
    return pairs


def _same(old: _Asked, new: _Asked, aligned: Sequence[range]) -> float:
    """1 or more if the two gaps are the same: equal words count most, then the place."""
    place = _overlap(old.spans, new.spans, aligned)
    if old.words == new.words:
        return 3 + place
    if any(_nearly(a, b) for a in old.words for b in new.words):
        return 1.5 + place if place else 0.0
    return 1 + place if place > 0.5 else 0.0


def _nearly(one: str, two: str) -> bool:
    """Whether one text of a gap is the other with a word more, or with a typo."""
    ours, theirs = one.split(), two.split()
    if set(ours) & set(theirs):
        return True
    return len(ours) == len(theirs) == 1 and is_typo(one, two)


def _overlap(
    old: Sequence[tuple[int, int]], new: Sequence[tuple[int, int]], aligned: Sequence[range]
) -> float:
    """The share of what one gap hides, in the new text, that the other hides too."""
    here = {at for start, end in old for place in range(start, end) for at in aligned[place]}
    there = {place for start, end in new for place in range(start, end)}
    return len(here & there) / (len(here | there) or 1)


def _asked(text: str) -> tuple[list[str], list[_Asked]]:
    """The tokens of the plain sentence, and what each key asks."""
    tokens: list[str] = []
    spans: dict[str, list[tuple[int, int]]] = {}
    words: dict[str, list[str]] = {}
    at = 0
    for gap in find_gaps(text):
        tokens += _tokens(text[at : gap.start])
        start = len(tokens)
        tokens += _tokens(gap.text)
        _note(gap, (start, len(tokens)), spans, words)
        at = gap.end
    tokens += _tokens(text[at:])
    return tokens, [_Asked(key, tuple(words[key]), tuple(spans[key])) for key in spans]


def _note(
    gap: Gap,
    span: tuple[int, int],
    spans: dict[str, list[tuple[int, int]]],
    words: dict[str, list[str]],
) -> None:
    spans.setdefault(gap.key, []).append(span)
    words.setdefault(gap.key, []).append(normal(gap.text).casefold())


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())


def _align(old: Sequence[str], new: Sequence[str]) -> list[range]:
    """For each old token its place in the new text; what was replaced lies in what replaced it."""
    places = [range(0)] * len(old)
    if max(len(old), len(new)) > _MOST_TOKENS:
        return places
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_first, old_end, new_first, new_end in matcher.get_opcodes():
        if tag in ("equal", "replace"):
            length, wide = old_end - old_first, new_end - new_first
            for at in range(length):
                first = new_first + at * wide // length
                places[old_first + at] = range(first, new_first - (-(at + 1) * wide // length))
    return places

"""Sets of words that share most of them: every one found, without comparing each with each.

Two sets that share so much share two of the rarest words of each: were these apart, too few would
be left. What is rare is counted over all sets. So only few are compared, and yet none is missed,
wherever it stands and however common its other words are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import chain, combinations

Words = frozenset[str]
_TWO = 2
_FEW = 12  # sets that are sooner compared each with each


def mostly(one: int, other: int) -> int:
    """Return how many words sets of two sizes share if 70% of all words are in both."""
    return -(-7 * (one + other) // 17)


def are_alike(one: Words, other: Words) -> bool:
    """Whether 70% of all words of two sets are in both."""
    return 17 * len(one & other) >= 7 * (len(one) + len(other))


def pair_off(
    sets: Mapping[int, Words], are_same: Callable[[int, int], bool], found: dict[int, int]
) -> None:
    """Add to `found` the number of each set that an earlier one is like, with that of this one.

    Equal sets are left to the caller. `are_same` has the last word on two numbers, the earlier
    first. What was found before is not looked for again.
    """
    if len(sets) <= _FEW:
        _compare_all(sets, are_same, found)
        return
    rarity = ranks(sets.values())
    index: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number in sorted(sets, key=lambda one: (len(sets[one]), one)):  # the smaller ones first
        words, size = sets[number], len(sets[number])
        rarest = sorted(words, key=rarity.__getitem__)
        pairs = set(combinations(rarest[: size - _least(size) + _TWO], _TWO))
        candidates = chain.from_iterable(index[pair] for pair in index.keys() & pairs)
        for other in sorted(set(candidates)):
            first, later = (other, number) if other < number else (number, other)
            if later not in found and are_alike(sets[other], words) and are_same(first, later):
                found[later] = first
        for pair in combinations(rarest[: size - mostly(size, size) + _TWO], _TWO):
            index[pair].append(number)


def _compare_all(
    sets: Mapping[int, Words], are_same: Callable[[int, int], bool], found: dict[int, int]
) -> None:
    for first, later in combinations(sorted(sets), _TWO):
        if later not in found and are_alike(sets[first], sets[later]) and are_same(first, later):
            found[later] = first


def ranks(sets: Iterable[Words]) -> dict[str, int]:
    """Return the rank of each word in some sets: the rarest first."""
    often = Counter(chain.from_iterable(sets))
    by_rarity = sorted(often.items(), key=lambda item: (item[1], item[0]))
    return {word: rank for rank, (word, _) in enumerate(by_rarity)}


def _least(size: int) -> int:
    """How many words a set shares at least with one that is no larger and like it: 70%."""
    return -(-7 * size // 10)

"""Sections of `srs stats` on cards: where they stand, which are hard, what is mastered."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from rich.text import Text

from srs.cli.charts import (
    Block,
    Column,
    Part,
    bar,
    beside,
    grid,
    legend,
    line,
    meter,
    quiet,
    said,
    stacked,
)  # fmt: skip
from srs.cli.words import plural, share, span
from srs.stats import HardCard, Mastery, Memory, Stats

_MOST_BAR = 57
_HISTOGRAM_BAR, _NARROW_BAR = 12, 5
_ROOM_FOR_THREE = 74
_ROOM_FOR_NAMES = 30
_MASTERY_BAR = 24
_SHORT_ID = 8
_MOST_HARD, _MOST_CONCEPTS = 5, 8  # rows, unless asked for


# Memory


def memory(stats: Stats, width: int, *, full: bool) -> Block:
    """How firmly the cards are held."""
    found = stats.memory
    answered = found.cards - found.new
    if not answered or found.stability_days is None:
        return []
    bars = beside(
        [
            _histogram("stability", _bounds(found), width),
            _histogram("recall now", _tenths(found.retrievabilities), width),
            _histogram("difficulty", _grades(found.difficulties), width),
        ],
        width,
    )
    return [*said(_held(found, answered), width), *bars]


def missing_memory(stats: Stats) -> str:
    """What is not there yet."""
    cards = plural(stats.memory.cards, "card")
    return f"Nothing is known of your memory yet: of {cards} none is answered."


def standing(found: Memory, width: int) -> Block:
    """All cards on one line, the best known first, and what its parts mean."""
    parts = [
        Part("mature", found.mature, "█", "srs.mature"),
        Part("young", found.young, "▓", "srs.young"),
        Part("learning", found.learning, "▒", "srs.hard"),
        Part("new", found.new, "·", "srs.quiet"),
    ]
    return [stacked(parts, min(width, _MOST_BAR)), *legend(parts, width)]


def _held(found: Memory, answered: int) -> str:
    text = f"Of {plural(answered, 'card')} ever answered: median stability"
    text += f" {span(found.stability_days or 0.0)}, mean recall now {share(found.retrievability)}."
    return text + f" Suspended: {found.suspended:,}; leeches: {found.leeches:,}."


def _bounds(found: Memory) -> list[tuple[str, int]]:
    names = [_bound(bound) for bound, _ in found.stabilities]
    last = f"> {names[-2]}" if len(names) > 1 else "any"
    return [
        (f"≤ {name}" if name else last, count)
        for name, (_, count) in zip(names, found.stabilities, strict=True)
    ]


def _bound(stability_days: float) -> str:
    """A round name for a round number of days; nothing for one without end."""
    if stability_days == inf:
        return ""
    if stability_days < 60:
        return f"{stability_days:.0f}d"
    if stability_days < 365:
        return f"{stability_days / 30:.0f}mo"
    return f"{stability_days / 365:.0f}y"


def _tenths(counts: Sequence[int]) -> list[tuple[str, int]]:
    return [(f"{10 * n}–{10 * n + 10}%", count) for n, count in enumerate(counts)]


def _grades(counts: Sequence[int]) -> list[tuple[str, int]]:
    return [(f"{n}–{n + 1}" if n < 10 else "10", count) for n, count in enumerate(counts, 1)]


def _histogram(title: str, bars: Sequence[tuple[str, int]], width: int) -> Block:
    """The cards in each class, from the first that holds any to the last."""
    held = [number for number, (_, count) in enumerate(bars) if count]
    if not held:
        return []
    shown = bars[held[0] : held[-1] + 1]
    most = max(count for _, count in shown)
    cells = _HISTOGRAM_BAR if width >= _ROOM_FOR_THREE else _NARROW_BAR
    rows = grid(
        [
            Column("", [name for name, _ in shown], right=True),
            Column("", [f"{count:,}" for _, count in shown], right=True),
            Column(
                "", [line((bar(count / most, cells), "srs.young")) for _, count in shown], rank=1
            ),
        ],
        width,
    )
    return [line((title, "srs.label")), *rows]


# Hardest


def hardest(stats: Stats, width: int, *, full: bool) -> Block:
    """The cards and concepts forgotten most."""
    most = None if full else _MOST_HARD
    slipping = [each for each in stats.hardest_concepts if each.lapses]
    cards = _hard_cards(stats.hardest_cards[:most], width)
    concepts = _hard_concepts(slipping[:most], width)
    hint = quiet("srs card show ID shows one of them.", width) if cards else []
    return [*cards, *hint, *([Text()] if cards and concepts else []), *concepts]


def missing_hardest(stats: Stats) -> str:
    """What is not there yet."""
    return "No card has been forgotten often enough to be called hard."


def _hard_cards(cards: Sequence[HardCard], width: int) -> Block:
    if not cards:
        return []
    return grid(
        [
            Column("card", [each.card.hex()[:_SHORT_ID] for each in cards]),
            Column("lapses", [f"{c.lapses:,} of {c.answers:,}" for c in cards], right=True),
            Column("difficulty", [f"{each.difficulty:.1f}" for each in cards], right=True, rank=3),
            Column("stability", [span(c.stability_days) for c in cards], right=True, rank=2),
            Column("front", [" ".join(each.front.split()) for each in cards], least=10, rank=1),
        ],
        width,
    )


def _hard_concepts(found: Sequence[Mastery], width: int) -> Block:
    if not found:
        return []
    return grid(
        [
            Column("concept", [each.title for each in found], least=_least_name(width)),
            Column("lapses", [f"{c.lapses:,} of {c.answers:,}" for c in found], right=True),
            Column("rate", [share(each.lapse_rate) for each in found], right=True, rank=1),
        ],
        width,
    )


def _least_name(width: int) -> int:
    """The cells that a name keeps while other columns may leave."""
    return min(30, width // 3) if width >= _ROOM_FOR_NAMES else 3


# Mastery


def mastery(stats: Stats, width: int, *, full: bool) -> Block:
    """How much of each deck and concept would be recalled now."""
    if not any(each.seen for each in (*stats.decks, *stats.concepts)):
        return []
    concepts, note = _in_reach(stats.concepts, full=full)
    blocks = [_bars("deck", stats.decks, width), _bars("concept", concepts, width)]
    rows = [each for block in blocks if block for each in (Text(), *block)][1:]
    return [*rows, *(quiet(note, width) if note else [])]


def missing_mastery(stats: Stats) -> str:
    """What is not there yet."""
    cards = sum(each.cards for each in stats.decks)
    return f"Mastery begins with the first answer; {plural(cards, 'card')} wait."


def _in_reach(concepts: Sequence[Mastery], *, full: bool) -> tuple[Sequence[Mastery], str]:
    """All concepts, or of those begun the ones least known; and what was left out."""
    if full or len(concepts) <= _MOST_CONCEPTS:
        return concepts, ""
    begun = [each for each in concepts if each.seen]
    weakest = sorted(begun, key=lambda each: each.mastery)[:_MOST_CONCEPTS]
    rest = len(concepts) - len(weakest)
    note = f"The least known of {plural(len(begun), 'concept')} begun;"
    note += f" srs stats mastery shows {rest} more."
    return [each for each in begun if each in weakest], note


def _bars(title: str, found: Sequence[Mastery], width: int) -> Block:
    if not found:
        return []
    cells = min(_MASTERY_BAR, width // 3)
    return grid(
        [
            Column(title, [each.title for each in found], least=_least_name(width)),
            Column("known now", [meter(each.mastery, cells) for each in found], rank=2),
            Column("cards", [f"{each.known:,.0f} of {each.cards:,}" for each in found], right=True),
            Column("mature", [f"{each.mature:,}" for each in found], right=True, rank=3),
        ],
        width,
    )

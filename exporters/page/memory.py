"""What is in memory: where cards stand, how stable, retrievable and difficult they are. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from exporters.markup import Markup, element
from exporters.page.parts import figure, row, section, silent, table
from exporters.page.plots import histogram
from exporters.page.words import bound, count, plural, share
from srs.stats import Memory, Stats


def memory(stats: Stats) -> Markup:
    """The section on stability, retrievability and difficulty."""
    found = stats.memory
    parts = row(_stability(found), _retrievability(found), _difficulty(found))
    return section("Your memory now", "memory", _phases(found), parts, lead=_memory_said(found))


def _memory_said(found: Memory) -> str:
    cards = plural(found.cards, "card")
    return f"Of {cards} you would recall {count(found.known)} now."


def _phases(found: Memory) -> Markup:
    parts = (
        ("new", found.new), ("learning", found.learning), ("young", found.young),
        ("mature", found.mature), ("suspended", found.suspended), ("leeches", found.leeches),
    )  # fmt: skip
    items = [element("li", element("strong", count(value)), f" {name}") for name, value in parts]
    return element("ul", *items, class_="phases")


def _on_cards(counts: Sequence[int]) -> str:
    return f"On {plural(sum(counts), 'card')} answered before."


def _stability(found: Memory) -> Markup:
    counts = [cards for _, cards in found.stabilities]
    title = "Stability"
    if not sum(counts):
        return silent(title, "Nothing has been answered yet.")
    bounds = [bound(days) for days, _ in found.stabilities]
    # Every second bound: all of them would touch.
    ticks = [(float(at + 1), words) for at, words in enumerate(bounds[:-1]) if at % 2 == 0]
    plot = histogram(counts, _titles(bounds, counts, "up to "), ticks, "Cards by stability")
    median = f"The median is {found.stability_days:.1f} days. " if found.stability_days else ""
    note = f"Days until recall falls to 90%. {median}{_on_cards(counts)}"
    return figure(title, plot, note, _counts("Up to", bounds, counts))


def _retrievability(found: Memory) -> Markup:
    counts = found.retrievabilities
    title = "Retrievability"
    if not sum(counts):
        return silent(title, "Nothing has been answered yet.")
    ticks = [(at, f"{at * 10}%") for at in (1, 3, 5, 7, 9)]
    groups = [f"{at * 10}–{at * 10 + 10}%" for at in range(len(counts))]
    plot = histogram(counts, _titles(groups, counts), ticks, "Cards by retrievability")
    mean = f" {share(found.retrievability)} on average." if found.retrievability is not None else ""
    note = f"The chance to recall a card now.{mean} {_on_cards(counts)}"
    return figure(title, plot, note, _counts("Chance", groups, counts))


def _difficulty(found: Memory) -> Markup:
    counts = found.difficulties
    title = "Difficulty"
    if not sum(counts):
        return silent(title, "Nothing has been answered yet.")
    groups = [f"{at}–{at + 1}" for at in range(1, len(counts))] + [str(len(counts))]
    ticks = [(at + 0.5, str(at + 1)) for at in range(len(counts))]
    plot = histogram(counts, _titles(groups, counts), ticks, "Cards by difficulty")
    note = f"From 1, easy, to 10, rounded down. {_on_cards(counts)}"
    return figure(title, plot, note, _counts("Difficulty", groups, counts))


def _titles(groups: Sequence[str], counts: Sequence[int], before: str = "") -> list[str]:
    pairs = zip(groups, counts, strict=True)
    return [f"{before}{group}: {plural(cards, 'card')}" for group, cards in pairs]


def _counts(head: str, groups: Sequence[str], counts: Sequence[int]) -> Markup:
    rows = [(group, count(cards)) for group, cards in zip(groups, counts, strict=True)]
    return table((head, "Cards"), rows, f"Cards by {head.lower()}")

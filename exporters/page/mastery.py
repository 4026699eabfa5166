"""Which cards and concepts are hard, and how much of each concept and deck is known. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from exporters.markup import Markup, element, join
from exporters.page.parts import figure, row, section, silent, table
from exporters.page.words import count, plural, share
from exporters.svg import WIDTH
from srs.stats import LEAST_IN_BIN, HardCard, Mastery, Stats

_BAR_HEIGHT = 10


def hardest(stats: Stats) -> Markup:
    """The section on what is often forgotten."""
    lead = "Rewriting a card often helps more than repeating it."
    parts = row(_hard_cards(stats.hardest_cards), _hard_concepts(stats.hardest_concepts))
    return section("What is hardest", "hardest", parts, lead=lead)


def _hard_cards(cards: Sequence[HardCard]) -> Markup:
    title = "Cards"
    if not cards:
        return silent(title, "No card stands out yet.")
    rows = [
        (_named(card), _lapsed(card), f"{card.difficulty:.1f}", f"{card.stability_days:.1f} d")
        for card in cards
    ]
    head = ("Card", "Lapses", "Difficulty", "Stability")
    made = table(head, rows, "Hardest cards", "words")
    return figure(title, made, "Lapses of answers since the last reset.", look="two")


def _named(card: HardCard) -> Markup:
    """The front; below it the deck and so much of the id as `srs card show` asks for."""
    place = element("small", f"{card.deck} · ", element("code", card.card.hex()[:8]))
    return join((card.front, place))


def _lapsed(one: HardCard | Mastery) -> str:
    return f"{count(one.lapses)} of {count(one.answers)}"


def _hard_concepts(concepts: Sequence[Mastery]) -> Markup:
    title = "Concepts"
    if not concepts:
        return silent(title, "No concept stands out yet.")
    rows = [
        (one.title, _lapsed(one), share(one.lapse_rate), share(one.mastery)) for one in concepts
    ]
    head = ("Concept", "Lapses", "Rate", "Known")
    note = f"Lapses of answers; a rate stands on {LEAST_IN_BIN} answers at least."
    return figure(title, table(head, rows, "Hardest concepts", "words"), note)


def mastery(stats: Stats) -> Markup:
    """The section on concepts and decks."""
    lead = "The share of all cards that you would recall now; cards never seen count as not known."
    concepts = _masteries("By concept", stats.concepts, "two")
    parts = row(concepts, _masteries("By deck", stats.decks))
    return section("Mastery", "mastery", parts, lead=lead)


def _masteries(title: str, found: Sequence[Mastery], look: str | None = None) -> Markup:
    """Those begun as bars; the others by name, folded away."""
    if not found:
        return silent(title, "There are none.")
    begun = [one for one in found if one.seen]
    others = [one for one in found if not one.seen]
    parts = [element("ul", *map(_mastery, begun), class_="bars")] if begun else []
    if others:
        parts.append(_untouched(others))
    note = f"On {plural(sum(one.cards for one in found), 'card')}."
    return figure(title, join(parts), note, look=look)


def _mastery(one: Mastery) -> Markup:
    """A bar as long as all cards, filled as far as they are known."""
    numbers = f"{count(one.known)} of {count(one.cards)}"
    words = [element("span", one.title, class_="name"), element("span", numbers, class_="of"),
             element("span", share(one.mastery), class_="share")]  # fmt: skip
    bar = [_stretch("rest", 1.0), _stretch("known", one.mastery)]
    box = f"0 0 {WIDTH} {_BAR_HEIGHT}"
    drawn = element(
        "svg", *bar, viewBox=box, preserveAspectRatio="none", class_="bar", aria_hidden="true"
    )
    title = f"{plural(one.seen, 'card')} seen, {count(one.mature)} mature, {_lapses(one)}"
    return element("li", *words, drawn, title=title)


def _lapses(one: Mastery) -> str:
    return f"{plural(one.lapses, 'lapse')} in {plural(one.answers, 'answer')}"


def _stretch(look: str, part: float) -> Markup:
    width = WIDTH * min(1.0, max(0.0, part))
    return element("rect", x=0, y=0, width=width, height=_BAR_HEIGHT, class_=look)


def _untouched(found: Sequence[Mastery]) -> Markup:
    summary = element("summary", f"{count(len(found))} not begun")
    names = [element("li", one.title, element("small", plural(one.cards, "card"))) for one in found]
    return element("details", summary, element("ul", *names, class_="untouched"))

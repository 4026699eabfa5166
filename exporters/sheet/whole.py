"""The sheet from top to bottom, a question at a time. Pure but for the files of pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from decks.progress import Progress, told
from exporters.base import Bundle, Format, Want, silent
from exporters.document import head
from exporters.markup import Markup, element, opening
from exporters.sheet.card import card, link
from exporters.sheet.files import pieces
from exporters.sheet.order import Deck, Group, ordered
from exporters.sheet.script import SCRIPT
from exporters.sheet.showing import linked
from exporters.sheet.style import CSS

_ON_SCREEN = "Answer first, aloud or on paper. Then unfold."
_ON_PAPER = "Cover the right-hand column, or fold the sheet along the line, and answer first."


def render(bundle: Bundle, progress: Progress = silent) -> Iterator[bytes]:
    """The page in pieces; equal bundles give equal bytes. It is well-formed XML as well as HTML.

    Raises DataError where a file that it shows is gone or no longer the same.
    """
    for markup in _markup(bundle, progress):
        yield from pieces(markup, bundle.media)


def _markup(bundle: Bundle, progress: Progress) -> Iterator[Markup]:
    decks = ordered(bundle)
    title = decks[0].title if len(decks) == 1 else "Study sheet"
    yield Markup('<!DOCTYPE html>\n<html lang="en">')
    yield head(title, CSS, SCRIPT, plays=True)
    yield opening("body", class_=None if _is_short(decks) else "long")
    yield _top(title, decks)
    if not _is_short(decks):
        yield _contents(decks)
    yield opening("main")
    yield from _decks(bundle, decks, progress)
    yield Markup("</main>")
    yield element("footer", element("p", "Made by driftdeck."))
    yield element("script", Markup(SCRIPT))
    yield Markup("</body></html>\n")


def _is_short(decks: Sequence[Deck]) -> bool:
    return len(decks) < 2


def _count(number: int) -> str:
    return "1 question" if number == 1 else f"{number} questions"


def _top(title: str, decks: Sequence[Deck]) -> Markup:
    total = sum(deck.questions for deck in decks)
    counted = _count(total) + (f" in {len(decks)} decks" if len(decks) > 1 else "")
    return element(
        "header",
        element("h1", title, dir="auto"),
        element("p", f"{counted}. ", element("span", _ON_SCREEN, class_="on-screen"),
                element("span", _ON_PAPER, class_="on-paper")),
        element("p", element("button", "Unfold all", type="button"),
                element("button", "Fold all", type="button"),
                element("output", ""), class_="tools", hidden=""),
    )  # fmt: skip


def _contents(decks: Sequence[Deck]) -> Markup:
    return element(
        "nav",
        element("h2", "Decks"),
        element("ol", *(_line(deck) for deck in decks)),
        aria_label="Decks",
    )


def _line(deck: Deck) -> Markup:
    title = element("a", deck.title, href=link(deck.name))
    concepts = [
        element("li", element("a", group.title, href=link(group.name)))
        for group in deck.groups
        if group.title
    ]
    below = element("ul", *concepts) if concepts else Markup()
    return element("li", element("p", title, " ", element("small", str(deck.questions))), below)


def _decks(bundle: Bundle, decks: Sequence[Deck], progress: Progress) -> Iterator[Markup]:
    entries = [entry for deck in decks for group in deck.groups for entry in group.entries]
    cards = (card(entry, bundle.sources) for entry in told(entries, len(entries), progress))
    for deck in decks:
        yield opening("section", id=deck.name, class_="deck")
        if not _is_short(decks):
            counted = element("small", _count(deck.questions))
            yield element("h2", deck.title, " ", counted, dir="auto")
        for group in deck.groups:
            yield from _group(group, cards, "h2" if _is_short(decks) else "h3")
        yield _end(deck, bundle.sources)
        yield Markup("</section>")


def _group(group: Group, cards: Iterator[Markup], heading: str) -> Iterator[Markup]:
    yield opening("section", id=group.name, class_="concept")
    if group.title:
        yield element(heading, group.title, dir="auto")
    yield from islice(cards, len(group.entries))
    yield Markup("</section>")


def _end(deck: Deck, titles: Mapping[str, str]) -> Markup:
    """On paper, the sources stand once at the end of a deck."""
    said = [element("li", linked(titles.get(key, key))) for key in deck.sources()]
    listed = (element("h4", "Sources"), element("ul", *said)) if said else ()
    licence = element("p", f"Licence: {deck.licence}.") if deck.licence else Markup()
    return element("div", *listed, licence, class_="end") if said or licence else Markup()


FORMAT = Format(
    "html", ".html", "study sheet: one page to read, fold and print", render,
    frozenset({Want.MEDIA}),
)  # fmt: skip

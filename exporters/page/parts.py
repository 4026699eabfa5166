"""What sections of the page are put together from. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exporters.markup import Markup, element, join
from srs.days import iso_day


def date(day: int) -> Markup:
    """A study day as YYYY-MM-DD that stays on one line."""
    return element("time", iso_day(day))


def section(title: str, name: str, *parts: Markup, lead: str | None = None) -> Markup:
    """A section under its heading; `lead` says in a sentence what it shows."""
    head = element("h2", title, id=f"{name}-title")
    said = element("p", lead, class_="lead") if lead else Markup()
    return element("section", head, said, *parts, id=name, aria_labelledby=f"{name}-title")


def row(*parts: Markup) -> Markup:
    """Figures side by side where there is room."""
    return element("div", *parts, class_="row")


def figure(
    title: str, plot: Markup, note: str, numbers: Markup | None = None, look: str | None = None
) -> Markup:
    """A plot under its title; the note says what it stands on, `numbers` are a table."""
    more = element("details", element("summary", "In numbers"), numbers) if numbers else Markup()
    caption = element("figcaption", element("p", note), more)
    return element("figure", element("h3", title), plot, caption, class_=look)


def silent(title: str, note: str) -> Markup:
    """Instead of a figure: what is missing for it."""
    return element("figure", element("h3", title), element("p", note, class_="missing"))


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], label: str, look: str | None = None
) -> Markup:
    """A table whose first column names its rows; wider than the screen, it scrolls by itself."""
    top = element("tr", *(element("th", words, scope="col") for words in head))
    body = join(
        element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in rest))
        for first, *rest in rows
    )
    made = element("table", element("thead", top), element("tbody", body), class_=look)
    return element("div", made, class_="scroll", tabindex="0", role="region", aria_label=label)


def tile(name: str, figure: str, note: str) -> Markup:
    """One figure of the summary."""
    words = element("dd", element("strong", figure), element("small", note))
    return element("div", element("dt", name), words)

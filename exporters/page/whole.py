"""The page from top to bottom: what is on it, and in which order."""

from __future__ import annotations

from exporters.document import head
from exporters.markup import Markup, element, join
from exporters.page.forecast import forecast
from exporters.page.mastery import hardest, mastery
from exporters.page.memory import memory
from exporters.page.parts import date, row, section, table, tile
from exporters.page.recall import calibration, forgetting, transfer
from exporters.page.retention import retention
from exporters.page.style import CSS
from exporters.page.words import count, minutes, plural, share
from exporters.page.year import year
from srs.days import iso_day
from srs.stats import LEAST_ANSWERS, Retention, Stats, Tally

_SECTIONS = (year, retention, calibration, forecast, forgetting, memory, hardest, mastery, transfer)


def page(stats: Stats) -> str:
    """The whole page; equal statistics give equal text. It is well-formed XML as well as HTML."""
    sections = (_summary, *_SECTIONS) if stats.answers else (_welcome, forecast, _waiting)
    header = element("header", element("h1", "Statistics"), element("p", date(stats.today)))
    main = element("main", header, *(make(stats) for make in sections))
    footer = element("footer", element("p", _footnote(stats)))
    body = element("body", main, footer)
    top = head(f"Statistics of {iso_day(stats.today)}", CSS)
    return f"<!DOCTYPE html>\n{element('html', top, body, lang='en')}\n"


def _footnote(stats: Stats) -> str:
    what = "An answer is a review that was not taken back." if stats.answers else ""
    return f"Made by driftdeck. {what}".rstrip()


def _welcome(stats: Stats) -> Markup:
    cards = plural(stats.memory.cards, "card")
    lead = join((
        f"Nothing answered yet: {cards} wait for you. Begin with ", element("code", "srs review"),
        ". After a day there is a heat map here, after a week or two true retention, and later how "
        "well FSRS foresees you.",
    ))  # fmt: skip
    return section("Welcome", "summary", lead=lead)


def _waiting(stats: Stats) -> Markup:
    rows = [(deck.title, count(deck.cards)) for deck in stats.decks]
    return section("What waits", "decks", row(table(("Deck", "Cards"), rows, "Decks", "words")))


def _summary(stats: Stats) -> Markup:
    tiles = (_today(stats), _answers(stats), _streak(stats), _retention(stats), _known(stats),
             _tomorrow(stats))  # fmt: skip
    return section("Summary", "summary", element("dl", *tiles, class_="tiles"))


def _today(stats: Stats) -> Markup:
    day = stats.last_days(1)[0]
    if day is None or not day.answers:
        due = stats.forecast.days[0].due if stats.forecast.days else 0
        return tile("Today", "0", f"answers; {plural(due, 'card')} due")
    facts = (
        f"answers, {share(day.recalled / day.answers)} recalled",
        minutes(day.spent_ms / 60_000),
        f"{count(day.introduced)} new",
    )
    return tile("Today", count(day.answers), ", ".join(facts))


def _answers(stats: Stats) -> Markup:
    streak = stats.streak
    since = (" since ", date(streak.since_day)) if streak.since_day is not None else ()
    note = join((f"on {plural(streak.studied_days, 'day')}", *since))
    return tile("Answers", count(stats.answers), note)


def _streak(stats: Stats) -> Markup:
    streak = stats.streak
    return tile(
        "Streak", plural(streak.current_days, "day"), f"longest {count(streak.longest_days)}"
    )


def _retention(stats: Stats) -> Markup:
    nothing = Retention("month", Tally(), Tally())
    found = next((one for one in stats.periods if one.name == "month"), nothing).all
    wanted = f"of 30 days; desired {share(stats.desired_retention)}"
    if found.share() is None:
        note = f"{wanted}; needs {LEAST_ANSWERS} answers, so far {found.answers}"
        return tile("True retention", "–", note)
    note = f"{wanted}; on {plural(found.answers, 'answer')}"
    return tile("True retention", share(found.share(), 1), note)


def _known(stats: Stats) -> Markup:
    memory_ = stats.memory
    note = f"of {plural(memory_.cards, 'card')}, if asked now; {count(memory_.new)} new"
    return tile("Known", count(memory_.known), note)


def _tomorrow(stats: Stats) -> Markup:
    days = stats.forecast.days
    if len(days) < 2:
        return tile("Tomorrow", "–", "no forecast")
    day = days[1]
    guess = "" if stats.forecast.timed else ", at a guessed pace"
    note = f"{plural(day.expected, 'answer')}, {plural(day.due, 'card')} due{guess}"
    return tile("Tomorrow", minutes(day.minutes), note)

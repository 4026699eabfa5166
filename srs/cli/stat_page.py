"""What `srs stats` shows: a summary, then the sections, each only where there is enough to say."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple, Protocol

from rich.text import Text

from srs.cli import stat_cards, stat_curve, stat_load, stat_recall
from srs.cli.charts import Block, indented, line, said, wrapped
from srs.cli.safe import safe_line
from srs.cli.words import plural, share
from srs.days import iso_day
from srs.stats import LEAST_CALIBRATION, Mastery, Stats

_WIDEST = 100  # wider, the eye loses its way
_LEAST_INDENTED = 40
_LABEL = 10  # cells of the words at the left of the summary


class _Draw(Protocol):
    def __call__(self, stats: Stats, width: int, *, full: bool) -> Block: ...


class _Section(NamedTuple):
    title: str
    draw: _Draw  # no lines where there is too little to say
    missing: Callable[[Stats], str]


_SECTIONS = {
    "retention": _Section("Retention: how often you recall what you had learned",
                          stat_recall.retention, stat_recall.missing_retention),
    "calibration": _Section("Calibration: ┼ predicted, ● happened, ◉ both",
                            stat_recall.calibration, stat_recall.missing_calibration),
    "reviews": _Section("Reviews: answers a day", stat_load.reviews, stat_load.missing_reviews),
    "forecast": _Section("Forecast: if nothing changes, in answers a day",
                         stat_load.forecast, stat_load.missing_forecast),
    "memory": _Section("Memory: how firmly cards are held",
                       stat_cards.memory, stat_cards.missing_memory),
    "curve": _Section("Forgetting curve: recall by time since the last answer",
                      stat_curve.curve, stat_curve.missing_curve),
    "hardest": _Section("Hardest: what you forget most",
                        stat_cards.hardest, stat_cards.missing_hardest),
    "mastery": _Section("Mastery: what would be recalled now",
                        stat_cards.mastery, stat_cards.missing_mastery),
    "transfer": _Section("Transfer: does the idea hold in new words?",
                         stat_recall.transfer, stat_recall.missing_transfer),
}  # fmt: skip
NAMES = ("summary", *_SECTIONS)


def page(stats: Stats, width: int, names: Collection[str] = ()) -> Block:
    """The sections of these names in full, or all of them in short; no line is wider than `width`.

    What stands on too few answers is left out, with a sentence that says how many are missing.
    """
    width = min(width, _WIDEST)
    shown: list[Block] = [_summary(stats, width)] if not names or "summary" in names else []
    lacking: list[str] = []
    for name, section in _SECTIONS.items():
        if name in names or not names:
            block = _body(section, stats, width, full=bool(names))
            shown += [block] if block else []
            lacking += [] if block and not _is_partial(name, stats) else [section.missing(stats)]
    if lacking and (names or stats.answers):
        shown.append(_lacking(lacking, width))
    lines = [each for block in shown for each in (Text(), *block)][1:]
    return [_trimmed(each, width) for each in lines]


def _is_partial(name: str, stats: Stats) -> bool:
    """Whether a section shows something while its main figure is missing."""
    return name == "calibration" and stats.calibration.tally.share(LEAST_CALIBRATION) is None


def _trimmed(text: Text, width: int) -> Text:
    text.rstrip()
    text.truncate(width)  # names that no column could be cut for
    return text


def _body(section: _Section, stats: Stats, width: int, *, full: bool) -> Block:
    cells = 2 if width >= _LEAST_INDENTED else 0
    block = section.draw(stats, width - cells, full=full)
    return [*said(section.title, width, "srs.title"), *indented(block, cells)] if block else []


def _lacking(sentences: list[str], width: int) -> Block:
    lines = [each for text in sentences for each in said(text, width, "srs.quiet")]
    return [line(("Not yet", "srs.title")), *lines]


# The summary


def _summary(stats: Stats, width: int) -> Block:
    if not stats.answers:
        return _welcome(stats, width)
    said_of = {
        "You know": _known(stats),
        "Recalled": _recalled(stats),
        "Slips": _slips(stats),
        "Studied": _studied(stats),
        "Today": _ahead(stats, 0, 1),
        "Tomorrow": _ahead(stats, 1, 2) + f"; the next 7 days: {_ahead(stats, 1, 8)}",
    }
    first, *rest = (_labelled(label, text, width) for label, text in said_of.items() if text)
    cells = _LABEL if width >= _LEAST_INDENTED else 0
    bar = indented(stat_cards.standing(stats.memory, width - cells), cells)
    return [*first, *bar, *(each for block in rest for each in block)]


def _welcome(stats: Stats, width: int) -> Block:
    cards = plural(stats.memory.cards, "card")
    first = f"Nothing is answered yet: {cards} wait for you."
    today = stats.forecast.days[:1]
    cost = f"Today would cost about {stat_load.cost(today)}." if today else ""
    then = "Begin with srs review. After some days this page shows what you know, what slips, and"
    then += " what it costs."
    return [*said(f"{first} {cost}", width, "srs.title"), *said(then, width)]


def _labelled(label: str, text: str, width: int) -> Block:
    if width < _LEAST_INDENTED:
        return wrapped(Text.assemble((f"{label}: ", "srs.label"), safe_line(text)), width)
    first, *rest = said(text, width - _LABEL)
    return [line((label.ljust(_LABEL), "srs.label")).append_text(first), *indented(rest, _LABEL)]


def _known(stats: Stats) -> str:
    known = f"{stats.memory.known:,.0f}"
    return f"{known} of {plural(stats.memory.cards, 'card')}, if they were asked now"


def _recalled(stats: Stats) -> str:
    month = {period.name: period for period in stats.periods}.get("month")
    if month is None or month.all.share() is None:
        return ""
    wanted = share(stats.desired_retention)
    return f"{stat_recall.of(month.all)} answers in 30 days; desired {wanted}"


def _slips(stats: Stats) -> str:
    found = [each for each in stats.hardest_concepts if each.lapse_rate is not None and each.lapses]
    if found:
        return _slipping(found[0])
    if stats.hardest_cards:
        card = stats.hardest_cards[0]
        lapses = plural(card.lapses, "lapse")
        return f"card {card.card.hex()[:8]}: {lapses} in {card.answers:,} answers"
    return ""


def _slipping(found: Mastery) -> str:
    return f"{found.title}: {share(found.lapse_rate)} of {found.answers:,} answers are lapses"


def _studied(stats: Stats) -> str:
    streak = stats.streak
    if streak.since_day is None:
        return ""
    row = f"{plural(streak.current_days, 'day')} in a row, {streak.longest_days:,} at most"
    return f"{row}; {plural(streak.studied_days, 'day')} since {iso_day(streak.since_day)}"


def _ahead(stats: Stats, first: int, end: int) -> str:
    return stat_load.cost(stats.forecast.days[first:end])

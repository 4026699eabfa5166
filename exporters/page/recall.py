"""True retention, and what was predicted against what happened. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from exporters.markup import Markup, element
from exporters.page.parts import figure, row, section, silent, table
from exporters.page.plots import Point, curve_plot, pairs_plot, square_plot
from exporters.page.words import count, plural, points, share
from srs.stats import (
    LEAST_ANSWERS,
    LEAST_CALIBRATION,
    LEAST_IN_BIN,
    Calibration,
    Confidence,
    CurvePoint,
    Stats,
    Tally,
    Transfer,
)

_POINTS = f"Larger points stand on more answers; those on fewer than {LEAST_IN_BIN} are left out."
_TRANSFER = {
    "alike": "you know the idea, not only its wording.",
    "unclear": "chance alone makes such a gap on so few answers.",
    "ahead": "a new wording does not throw you; it may even wake you up.",
    "behind": "some of it is the wording you know, not yet the idea.",
}


def calibration(stats: Stats) -> Markup:
    """The section on predictions, FSRS's and the learner's own."""
    lead = (
        "Before each answer FSRS predicts how likely you are to recall the card, and sometimes you "
        "say how sure you are. Points on the diagonal are predictions that came true."
    )
    parts = row(_predictions(stats.calibration), _verdict(stats.calibration), _sure(stats))
    return section("Predicted and happened", "calibration", parts, lead=lead)


def _predictions(found: Calibration) -> Markup:
    title = "FSRS’s predictions"
    if found.tally.answers < LEAST_CALIBRATION:
        return silent(title, _missing(LEAST_CALIBRATION, found.tally, "a day or more apart"))
    shown = [
        Point(bin_.predicted, bin_.tally, f"predicted {share(bin_.predicted, 1)}")
        for bin_ in found.bins
        if bin_.tally.answers >= LEAST_IN_BIN
    ]
    if not shown:
        return silent(title, f"No group of similar predictions holds {LEAST_IN_BIN} answers yet.")
    plot = square_plot(shown, "Recalled, against predicted")
    rows = [
        (f"{share(bin_.low)}–{share(bin_.high)}", share(bin_.predicted, 1),
         share(bin_.tally.share(LEAST_IN_BIN), 1), count(bin_.tally.answers))
        for bin_ in found.bins
    ]  # fmt: skip
    numbers = table(("Group", "Predicted", "Happened", "Answers"), rows, title)
    return figure(title, plot, f"On {plural(found.tally.answers, 'answer')}. {_POINTS}", numbers)


def _verdict(found: Calibration) -> Markup:
    if found.log_loss is None or found.rmse is None or not found.tally.answers:
        return Markup()
    happened = found.tally.recalled / found.tally.answers
    answers = f"on {plural(found.tally.answers, 'answer')}"
    facts = (
        ("Predicted", share(found.predicted, 1), "on average"),
        ("Happened", share(happened, 1), f"{_compared(happened - found.predicted)}, {answers}"),
        ("Off by", f"{found.rmse * 100:.1f} points", "typical gap of a group (RMSE); 0 is best"),
        ("Log loss", f"{found.log_loss:.3f}", "of single answers; lower is better"),
    )
    lines = [
        element("div", element("dt", name), element("dd", element("strong", value),
                element("small", note)))
        for name, value, note in facts
    ]  # fmt: skip
    return element("div", element("h3", "The verdict"), element("dl", *lines, class_="facts"))


def _compared(gap: float) -> str:
    if abs(gap) < 0.0005:
        return "as predicted"
    return f"{points(gap)} {'more' if gap > 0 else 'less'} than predicted"


def _sure(stats: Stats) -> Markup:
    title = "Your own confidence"
    said = [one for one in stats.confidence if one.tally.answers]
    total = sum((one.tally for one in said), Tally())
    shown = [_said_sure(one) for one in said if one.tally.answers >= LEAST_IN_BIN]
    if total.answers < LEAST_ANSWERS or not shown:
        return silent(title, _missing(LEAST_ANSWERS, total, "of which you say how sure you are"))
    plot = square_plot(shown, "Recalled, against how sure you said you were", from_="you said")
    rows = [
        (f"{one.percent}%", share(one.tally.share(LEAST_IN_BIN)), count(one.tally.answers))
        for one in said
    ]
    numbers = table(("You said", "Happened", "Answers"), rows, title)
    return figure(title, plot, f"On {plural(total.answers, 'answer')}. {_POINTS}", numbers)


def _said_sure(one: Confidence) -> Point:
    return Point(one.percent / 100, one.tally, f"you said {one.percent}%")


def forgetting(stats: Stats) -> Markup:
    """The section on forgetting curves."""
    lead = (
        "How recall falls with the time since the last answer, measured in each card’s stability: "
        "at 1 × FSRS expects 90%. Points below the line are forgotten sooner than expected."
    )
    both = (("Young cards", stats.curve.young), ("Mature cards", stats.curve.mature))
    parts = row(*(_curve(title, found) for title, found in both))
    return section("Forgetting", "forgetting", parts, lead=lead)


def _curve(title: str, found: Sequence[CurvePoint]) -> Markup:
    total = sum((point.tally for point in found), Tally())
    enough = [point for point in found if point.tally.answers >= LEAST_IN_BIN]
    if total.answers < LEAST_ANSWERS or not enough:
        return silent(title, _missing(LEAST_ANSWERS, total, "a day or more apart"))
    plot = curve_plot(found, enough, f"Recall of {title.lower()} by time")
    rows = [
        (f"{point.elapsed:.1f} ×", share(point.predicted, 1),
         share(point.tally.share(LEAST_IN_BIN), 1), count(point.tally.answers))
        for point in found
    ]  # fmt: skip
    numbers = table(("Time", "FSRS", "Happened", "Answers"), rows, title)
    return figure(title, plot, f"On {plural(total.answers, 'answer')}. {_POINTS}", numbers)


def transfer(stats: Stats) -> Markup:
    """The section on new forms of known cards."""
    found = stats.transfer
    title, name = "Does the idea hold in a new shape?", "transfer"
    if found.gap is None:
        return section(title, name, element("p", _transfer_missing(found), class_="missing"))
    pairs = (("Words seen before", found.seen, found.seen_predicted),
             ("Words new to you", found.unseen, found.unseen_predicted))  # fmt: skip
    plot = pairs_plot(pairs, "Recall of seen and of new forms, and what was predicted")
    rows = [
        (words, share(predicted, 1), share(tally.share(), 1), count(tally.answers))
        for words, tally, predicted in pairs
    ]
    numbers = table(("Form", "Predicted", "Happened", "Answers"), rows, "Recall by form")
    note = f"On {plural((found.seen + found.unseen).answers, 'answer')} to cards with variants."
    parts = row(figure("Seen and new forms", plot, note, numbers))
    return section(title, name, parts, lead=_transfer_said(found))


def _transfer_missing(found: Transfer) -> str:
    return (
        f"Needs {LEAST_ANSWERS} answers each to seen and to new forms of cards with variants; "
        f"so far {count(found.seen.answers)} and {count(found.unseen.answers)}."
    )


def _transfer_said(found: Transfer) -> str:
    seen, unseen = share(found.seen.share()), share(found.unseen.share())
    start = f"In words you have seen you recall {seen}, in words new to you {unseen}: "
    return start + _TRANSFER.get(found.unseen_are or "", "")


def _missing(least: int, tally: Tally, which: str) -> str:
    return f"Needs {least} answers {which}; so far {count(tally.answers)}."

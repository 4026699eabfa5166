"""The page of statistics: what stands on it, what does not, and how a browser takes it."""

from __future__ import annotations

import re
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unicodedata import category
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.markup import Markup, element, harmless
from exporters.page import page
from exporters.page.style import CSS
from exporters.page.words import bound, count, minutes, points, share, short_count
from srs.days import iso_day
from srs.stats import (
    LEAST_ANSWERS,
    LEAST_CALIBRATION,
    LEAST_IN_BIN,
    Bin,
    Confidence,
    CurvePoint,
    Day,
    ForgettingCurve,
    HardCard,
    Mastery,
    Retention,
    Stats,
    Tally,
    Transfer,
)
from tests.browser import Browser
from tests.stats_samples import TODAY, empty, sample

SECTIONS = ["summary", "year", "retention", "calibration", "forecast", "forgetting", "memory",
            "hardest", "mastery", "transfer"]  # fmt: skip
HOSTILE = (
    "</title><script>alert(1)</script>", '" onload="x', "' onx='", "<!--", "]]>", "&amp;&#0;",
    "a\x00b\x1b[31m", "\u202eturned", "\ud800", "\ufffe", "e" + "\u0301" * 400, "\u2028new\nline",
    "\U000e0041tag", "\u3164", "x" * 900, "", "  ",
)  # fmt: skip

shares = st.floats(0, 1)
numbers = st.integers(0, 20_000)
EDGES = (0, LEAST_IN_BIN - 1, LEAST_IN_BIN, LEAST_ANSWERS - 1, LEAST_ANSWERS)
tallies = (st.sampled_from(EDGES) | st.integers(0, 250)).flatmap(
    lambda n: st.builds(Tally, st.just(n), st.integers(0, n))
)
texts = st.text(max_size=30) | st.sampled_from(HOSTILE)
masteries = st.integers(0, 300).flatmap(
    lambda cards: st.builds(
        Mastery, name=texts, title=texts, cards=st.just(cards), seen=st.integers(0, cards),
        answers=numbers, lapses=numbers, known=st.floats(0, cards), mature=st.integers(0, cards),
    )
)  # fmt: skip
hard_cards = st.builds(
    HardCard, st.binary(min_size=16, max_size=16), texts, texts, numbers, numbers,
    st.floats(1, 10), st.floats(0.01, 36_500),
)  # fmt: skip
curves = st.lists(
    st.builds(CurvePoint, st.floats(0.01, 30), tallies, shares), max_size=5,
    unique_by=lambda point: point.elapsed,
).map(lambda found: tuple(sorted(found)))  # fmt: skip
bins = st.lists(st.integers(0, 19), max_size=6, unique=True).flatmap(
    lambda at: st.tuples(
        *(
            st.builds(Bin, st.just(n / 20), st.just((n + 1) / 20), tallies, shares)
            for n in sorted(at)
        )
    )
)


@st.composite
def learners(draw: st.DrawFn) -> Stats:
    """Statistics of every kind: few answers and many, wild texts, short forecasts."""
    base = sample()
    total = draw(st.sampled_from((0, 99, 100, 5_000)))
    days = draw(st.sets(st.integers(TODAY - 400, TODAY), max_size=8))
    months = sorted({iso_day(day)[:7] for day in draw(st.sets(st.integers(0, TODAY), max_size=5))})
    verdict = (None, None) if total < LEAST_CALIBRATION else (0.3, 0.02)
    calibration = (Tally(total, draw(st.integers(0, total))), draw(shares), *verdict, draw(bins))
    histogram = st.tuples(*[numbers] * 10)
    bounds = [bound for bound, _ in base.memory.stabilities]
    return base._replace(
        days=tuple(Day(day, n, draw(st.integers(0, n)), n * 9_000, 0)
                   for day, n in ((day, draw(st.integers(1, 2_000))) for day in sorted(days))),
        periods=tuple(Retention(one.name, draw(tallies), draw(tallies)) for one in base.periods),
        months=tuple(Retention(name, draw(tallies), draw(tallies)) for name in months),
        calibration=base.calibration.__class__(*calibration),
        confidence=tuple(Confidence(at, draw(tallies)) for at in (50, 70, 90)),
        curve=ForgettingCurve(draw(curves), draw(curves)),
        memory=base.memory._replace(
            stabilities=tuple((bound, draw(st.integers(0, 999))) for bound in bounds),
            retrievabilities=draw(histogram), difficulties=draw(histogram)),
        forecast=base.forecast._replace(days=base.forecast.days[: draw(st.integers(0, 40))]),
        hardest_cards=tuple(draw(st.lists(hard_cards, max_size=3))),
        hardest_concepts=tuple(draw(st.lists(masteries, max_size=3))),
        concepts=tuple(draw(st.lists(masteries, max_size=4))),
        decks=tuple(draw(st.lists(masteries, max_size=4))),
        transfer=Transfer(draw(tallies), draw(shares), draw(tallies), draw(shares)),
    )  # fmt: skip


def tree(text: str) -> Xml.Element:
    """The page as XML; fails where it is not well-formed."""
    return Xml.fromstring(text.removeprefix("<!DOCTYPE html>\n"))


def within(root: Xml.Element, name: str) -> Xml.Element:
    found = root.find(f".//section[@id='{name}']")
    assert found is not None, name
    return found


def said(node: Xml.Element) -> str:
    return "".join(node.itertext())


def rows(root: Xml.Element, label: str) -> list[list[str]]:
    """The cells of the table of that name, head left out."""
    found = root.find(f".//div[@aria-label='{label}']")
    assert found is not None, label
    return [[said(cell) for cell in row] for row in found.findall(".//tbody/tr")]


def titles(root: Xml.Element, look: str) -> list[str]:
    """What the marks of one kind say when pointed at."""
    return [said(node[0]) for node in root.iter("g") if node.get("class") == look]


def shape(root: Xml.Element) -> list[tuple[str, list[str]]]:
    return [(node.tag, sorted(node.attrib)) for node in root.iter()]


class Balance(HTMLParser):
    """Every element that is opened is closed, in the order of HTML."""

    VOID = ("meta", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        assert tag in self.VOID or "svg" in self.open, f"<{tag}/> is not closed in HTML"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@settings(max_examples=12)
@given(learners())
def test_every_page_is_well_formed_and_stands_alone(stats: Stats) -> None:
    made = page(stats)
    root, balance = tree(made), Balance()
    balance.feed(made)
    assert balance.open == []
    assert {node.tag for node in root.iter()}.isdisjoint({"script", "link", "img", "iframe", "use"})
    for node in root.iter():
        assert not {name for name in node.attrib if name.startswith("on") or "href" in name}
        assert "src" not in node.attrib
    assert not re.search(r"url\(|@import|https?:", CSS)
    assert [node.get("id") for node in root.iter("section")] == SECTIONS
    names = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(names) == len(set(names))


@settings(max_examples=12)
@given(learners())
def test_counts_and_shares_are_those_of_the_model(stats: Stats) -> None:
    root = tree(page(stats))
    by_day = {day.day: day for day in stats.days}
    squares = [said(node[0]) for node in within(root, "year").iter("g")
               if re.fullmatch("d[0-4]", node.get("class", "")) and len(node) == 2]  # fmt: skip
    if any(day > TODAY - 365 for day in by_day):
        assert len(squares) == 365
        for number, words in enumerate(squares, start=TODAY - 364):
            assert words.startswith(f"{iso_day(number)}: ")
            answers = by_day[number].answers if number in by_day else 0
            assert words.split(": ")[1].startswith(count(answers) if answers else "nothing")
    else:
        assert not squares
    for name, counts in (
        ("stability", [cards for _, cards in stats.memory.stabilities]),
        ("retrievability", stats.memory.retrievabilities),
        ("difficulty", stats.memory.difficulties),
    ):
        if sum(counts):
            table = {"stability": "up to", "retrievability": "chance"}.get(name, name)
            shown = [cells[1] for cells in rows(root, f"Cards by {table}")]
            assert shown == [count(cards) for cards in counts]
    bars = [[said(part) for part in item[:3]] for item in within(root, "mastery").iter("li")
            if len(item) == 4]  # fmt: skip
    assert bars == [
        [harmless(one.title), f"{count(one.known)} of {count(one.cards)}", share(one.mastery)]
        for one in (*stats.concepts, *stats.decks)
        if one.seen
    ]


@settings(max_examples=12)
@given(learners())
def test_a_figure_speaks_from_its_least_number_on(stats: Stats) -> None:
    root = tree(page(stats))

    def cells(found: Retention) -> list[str]:
        tallies = (found.young, found.mature, found.all)
        return [share(one.share()) + count(one.answers) for one in tallies]

    retention = within(root, "retention")
    if max(one.all.answers for one in stats.periods) >= LEAST_ANSWERS:
        shown = [row[1:] for row in rows(root, "True retention by period")]
        assert shown == [cells(one) for one in stats.periods]
    else:
        assert "Needs 20 answers to due cards" in said(retention)
    latest = stats.months[-1].name if stats.months else "0000-00"
    recent = [m for m in stats.months if int(latest[:4]) * 12 + int(latest[5:])
              - int(m.name[:4]) * 12 - int(m.name[5:]) < 24]  # fmt: skip
    for name in ("young", "mature"):
        by_month = [getattr(month, name) for month in recent]
        plotted = [one for one in by_month if one.answers >= LEAST_ANSWERS]
        assert len(titles(retention, name)) == len(plotted)
    happened = titles(within(root, "calibration"), "happened")
    predicted = [words for words in happened if words.startswith("predicted")]
    enough = [one for one in stats.calibration.bins if one.tally.answers >= LEAST_IN_BIN]
    speaks = stats.calibration.tally.answers >= LEAST_CALIBRATION
    assert len(predicted) == (len(enough) if speaks else 0)
    assert ("The verdict" in said(root)) == speaks
    sure = [one.tally for one in stats.confidence]
    told = [one for one in sure if one.answers >= LEAST_IN_BIN]
    speaks = sum(one.answers for one in sure) >= LEAST_ANSWERS
    assert len(happened) - len(predicted) == (len(told) if speaks else 0)
    expected = 0
    for curve in stats.curve:
        if sum(point.tally.answers for point in curve) >= LEAST_ANSWERS:
            expected += sum(point.tally.answers >= LEAST_IN_BIN for point in curve)
    assert len(titles(within(root, "forgetting"), "happened")) == expected
    shown = titles(within(root, "transfer"), "column")
    assert len(shown) == (2 if stats.transfer.gap is not None else 0)


@settings(max_examples=12)
@given(learners())
def test_the_forecast_is_drawn_and_added_up(stats: Stats) -> None:
    root, days = tree(page(stats)), stats.forecast.days
    cost = within(root, "forecast")
    if not days:
        assert "Nothing to foretell" in said(cost)
        return
    spans = (("Today", 0, 1), ("Tomorrow", 1, 2), ("7 days", 1, 8), ("30 days", 1, 31),
             ("365 days", 1, 366))  # fmt: skip
    assert rows(root, "Cost by span") == [
        [name, count(sum(day.expected for day in days[low:high])),
         minutes(sum(day.minutes for day in days[low:high]))]
        for name, low, high in spans
        if high <= len(days)
    ]  # fmt: skip
    month = cost.findall(".//svg")[0]
    drawn = [[float(node[1].get("height", "")) for node in month.iter("g")
              if node.get("class") == look] for look in ("column whole", "column")]  # fmt: skip
    plotted = days[:30]
    wanted = [day.expected for day in plotted], [float(day.due) for day in plotted]
    scale = drawn[0][0] / wanted[0][0]
    for heights, values in zip(drawn, wanted, strict=True):
        assert heights[: len(plotted)] == pytest.approx([v * scale for v in values], abs=0.2)


def test_points_stand_where_they_belong() -> None:
    """Higher shares higher up, later ones further right, the diagonal where both are equal."""
    stats = sample()
    root = within(tree(page(stats)), "calibration")
    places = [(float(node[1].get("cx", "")), float(node[1].get("cy", "")), said(node[0]))
              for node in root.iter("g") if node.get("class") == "happened"]  # fmt: skip
    diagonal = next(node for node in root.iter("line") if node.get("class") == "ideal")
    x1, y1, x2, y2 = (float(diagonal.get(name, "")) for name in ("x1", "y1", "x2", "y2"))
    for x, y, words in places[: len(stats.calibration.bins)]:
        found = [float(number) for number in re.findall(r"([\d.]+)%", words)]
        on_diagonal = y1 + (x - x1) / (x2 - x1) * (y2 - y1)
        assert (y > on_diagonal) == (found[1] < found[0])
    assert [x for x, _, _ in places[:8]] == sorted(x for x, _, _ in places[:8])


def test_points_appear_with_the_tenth_answer_and_months_for_two_years() -> None:
    stats = sample(1, 900)
    few, enough = (Bin(0.8, 0.85, Tally(n, 8), 0.82) for n in (LEAST_IN_BIN - 1, LEAST_IN_BIN))
    bins_ = stats.calibration._replace(bins=(few, enough))
    sure = (Confidence(50, few.tally), Confidence(70, enough.tally), Confidence(90, enough.tally))
    point = stats.curve.young[0]
    curve = tuple(point._replace(tally=one, elapsed=at) for one, at in
                  ((few.tally, 1.0), (enough.tally, 2.0), (enough.tally, 3.0)))  # fmt: skip
    curves_ = ForgettingCurve(curve, curve)
    root = tree(page(stats._replace(calibration=bins_, confidence=sure, curve=curves_)))
    assert len(titles(within(root, "calibration"), "happened")) == 1 + 2
    assert len(titles(within(root, "forgetting"), "happened")) == 2 + 2
    assert len(stats.months) > 24
    assert len(titles(root, "young")) == len(rows(root, "True retention by month")) == 24


def test_the_summary_says_what_matters() -> None:
    stats = sample()
    words = re.sub(r"\s+", " ", said(within(tree(page(stats)), "summary")).replace("\u202f", " "))
    month = next(one for one in stats.periods if one.name == "month").all
    for part in (
        f"Answers{stats.answers:,}".replace(",", " "), "Streak12 days", "longest 47",
        "Known104of 140 cards",
        f"True retention{share(month.share(), 1)}of 30 days; desired 90%; on 1 350 answers",
        "Tomorrow11 min45 answers, 40 cards due",
    ):  # fmt: skip
        assert part in words, part


def test_a_new_learner_is_welcomed_with_a_short_page() -> None:
    root = tree(page(empty()))
    names = [node.get("id") for node in root.iter("section")]
    assert names == ["summary", "forecast", "decks"]
    assert "84 cards wait for you" in said(root)
    assert len(page(empty())) < len(page(sample())) / 3


def test_equal_statistics_give_equal_pages() -> None:
    assert page(sample()) == page(sample())
    assert page(sample()) != page(sample(2))


SHAPE = shape(tree(page(sample())))


def with_texts(words: list[str]) -> Stats:
    """The sample with other texts wherever a learner's stand."""
    stats = sample()
    given = iter(words * 60)
    return stats._replace(
        hardest_cards=tuple(
            one._replace(front=next(given), deck=next(given)) for one in stats.hardest_cards
        ),
        **{name: tuple(one._replace(name=next(given), title=next(given)) for one in found)
           for name, found in (("concepts", stats.concepts), ("decks", stats.decks),
                               ("hardest_concepts", stats.hardest_concepts))},
    )  # fmt: skip


@settings(max_examples=12)
@given(st.lists(texts, min_size=1, max_size=9))
def test_learners_text_is_text(words: list[str]) -> None:
    made = page(with_texts(words))
    assert shape(tree(made)) == SHAPE
    made.encode()
    kept = "\u200c\u200d\u200e\u200f"
    kinds = {
        category(sign) for sign in made if sign not in kept and not "\u0600" <= sign <= "\u08e2"
    }
    assert kinds.isdisjoint({"Cs", "Cn", "Cf", "Zl", "Zp"})
    assert not [sign for sign in made if category(sign) == "Cc" and sign != "\n"]
    assert not re.search("\u0301{9}", made)


def test_hostile_texts_are_seen_as_they_are() -> None:
    made = page(with_texts(["</title><script>alert(1)</script>"]))
    assert "</title><script>" in said(within(tree(made), "hardest"))
    assert harmless("a\u202eb\x1bc\ud800\u200dd") == "a<U+202E>b␛c�\u200dd"
    assert harmless("e" + "\u0301" * 400 + "f") == "e" + "\u0301" * 8 + "f"
    assert harmless("one\ntwo\u2028three\tfour") == "one two three four"
    assert element("p", "<b>", Markup("<b></b>"), title='"&') == (
        '<p title="&quot;&amp;">&lt;b&gt;<b></b></p>'
    )


@pytest.mark.parametrize("said_, expected", [
    (count(1_234_567.4), "1\u202f234\u202f567"), (share(None), "–"), (share(0.8949, 1), "89.5%"),
    (minutes(0.4), "under a minute"), (minutes(0), "0 min"), (minutes(119), "119 min"),
    (minutes(600), "10 h"), (bound(float("inf")), "∞"), (bound(30), "1mo"), (bound(3), "3d"),
    (points(-0.0123), "1.2 points"),
    (short_count(9_999), "9\u202f999"), (short_count(123_456), "123k"),
])  # fmt: skip
def test_how_figures_are_said(said_: str, expected: str) -> None:
    assert said_ == expected


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])
def test_colours_can_be_read_in_both_schemes(scheme: int) -> None:
    colours = dict(re.findall(r"--([\w-]+): (#\w{6});", CSS.split(":root {")[scheme + 1]))
    for name in ("ink", "soft", "blue", "orange"):
        assert contrast(colours[name], colours["paper"]) >= 4.5, name
    shades = [luminance(colours[f"d{at}"]) for at in range(5)]
    assert shades == sorted(shades, reverse=scheme == 0)
    assert all(contrast(colours[f"d{at}"], colours[f"d{at + 1}"]) > 1.2 for at in range(4))


LOOK = """(() => {
  const small = [], outside = [], crossing = [];
  for (const drawn of document.querySelectorAll('svg[role=img]')) {
    const scale = drawn.getScreenCTM().a, box = drawn.viewBox.baseVal, seen = [];
    for (const text of drawn.querySelectorAll('text')) {
      const place = text.getBBox(), words = text.textContent;
      if (parseFloat(getComputedStyle(text).fontSize) * scale < 11) small.push(words);
      if (place.x < -1 || place.x + place.width > box.width + 1 || place.y < -1
          || place.y + place.height > box.height + 1) outside.push(words);
      for (const other of seen)
        if (place.x < other.x + other.width && other.x < place.x + place.width
            && place.y + 3 < other.y + other.height && other.y + 3 < place.y + place.height)
          crossing.push(words);
      seen.push(place);
    }
  }
  const page = document.documentElement, last = [...document.querySelectorAll('.year rect')].pop();
  const year = document.querySelector('.latest');
  let hidden = false;
  if (year && year.scrollWidth > year.clientWidth) {
    year.scrollLeft = -40;  // towards the older weeks
    hidden = year.scrollLeft !== -40;
    year.scrollLeft = 0;
  }
  return {small, outside, crossing, hidden, over: page.scrollWidth - window.innerWidth,
          paper: getComputedStyle(document.body).backgroundColor,
          last: last ? last.getBoundingClientRect().right - window.innerWidth : -1};
})()"""


PAGES = {
    "sample": sample(),
    "first days": sample(3, 9),
    "empty": empty(),
    "hostile": with_texts(list(HOSTILE)),
}


def pixels(png: bytes) -> bytes:
    """The filtered lines of a picture: nearly all zero where nothing is drawn."""
    data, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    return zlib.decompress(data)


@pytest.mark.parametrize("name", PAGES)
def test_a_browser_shows_it_on_every_screen(name: str, browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page(PAGES[name]), encoding="utf-8")
    papers = set()
    for width, height in ((360, 640), (390, 844), (1280, 900)):
        for scheme in ("light", "dark"):
            browser.open(path, width, height, scheme)
            found = browser.value(LOOK)
            papers.add(found.pop("paper"))
            assert found.pop("over") == 0
            assert found.pop("last") <= 0  # the latest day is in sight
            assert not found.pop("hidden")  # the older ones can be had
            assert found == {"small": [], "outside": [], "crossing": []}, (width, scheme)
            drawn = pixels(browser.picture())
            assert drawn.count(0) < len(drawn) * 0.995
            happened = [event["method"] for event in browser.events if "method" in event]
            assert not {"Log.entryAdded", "Runtime.exceptionThrown"} & set(happened)
            assert happened.count("Network.requestWillBeSent") == 1  # the page itself
    assert len(papers) == 2

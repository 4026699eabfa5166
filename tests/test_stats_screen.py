"""`srs stats` on the screen, in a pipe and as JSON."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import cycle, islice
from math import inf
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from exporters.page import page as html_page
from srs.cli import stat_recall
from srs.cli.charts import Part, bar, in_ascii, meter, stacked
from srs.cli.heat_map import heat_map, weeks_shown
from srs.cli.stat_page import NAMES, page
from srs.cli.stat_shapes import stats_shape
from srs.cli.stats import stats_command
from srs.stats import (
    Bin,
    Calibration,
    Confidence,
    CurvePoint,
    Day,
    Forecast,
    ForecastDay,
    ForgettingCurve,
    HardCard,
    Mastery,
    Memory,
    Retention,
    Stats,
    Streak,
    Tally,
    Transfer,
)
from tests.program import Program, Ran, Screen
from tests.stats_samples import NOW_MS, TODAY, empty, sample
from tests.test_hostile_text import HARMFUL, SHORT

ROOT = Path(__file__).parent.parent
WIDTHS = st.integers(20, 200)
SHARES = st.floats(0, 1)
COUNTS = st.integers(0, 99_999)
SMALL = st.integers(0, 999)
WORDS = st.sampled_from(["Drift detection", "Backfills", *SHORT.values()]) | st.text(max_size=60)


@st.composite
def tallies(draw: st.DrawFn, most: int = 49_999) -> Tally:
    answers = draw(st.integers(0, 40) | st.integers(0, most))
    return Tally(answers, draw(st.integers(0, answers)))


class Year(tuple[ForecastDay, ...]):
    """The days of a forecast, told in short when a test fails."""

    def __repr__(self) -> str:
        return f"Year({[*self[:7]]} …)"


@st.composite
def forecasts(draw: st.DrawFn) -> Forecast:
    pattern = draw(
        st.lists(st.tuples(st.integers(0, 999), st.floats(0, 2000)), min_size=1, max_size=6)
    )
    days = islice(enumerate(cycle(pattern)), 366)
    return Forecast(
        Year(ForecastDay(TODAY + n, due, expected, expected / 4) for n, (due, expected) in days),
        draw(st.floats(1, 60)), draw(COUNTS), 12, draw(COUNTS),
    )  # fmt: skip


def masteries(words: st.SearchStrategy[str]) -> st.SearchStrategy[Mastery]:
    return st.builds(
        Mastery, words, words, COUNTS, COUNTS, COUNTS, COUNTS, st.floats(0, 99_999), COUNTS
    )


@st.composite
def learners(draw: st.DrawFn, words: st.SearchStrategy[str] = WORDS) -> Stats:
    answered = draw(st.lists(st.integers(0, 500), max_size=30, unique=True))
    days = tuple(
        Day(TODAY - n, n % 90 + 1, n % 7, 9_000 * n, n % 5) for n in sorted(answered)[::-1]
    )
    names = ("today", "yesterday", "week", "month", "year", "all")
    months = [f"2026-{number:02}" for number in range(1, draw(st.integers(1, 12)))]
    lows = draw(st.lists(st.integers(0, 19), max_size=8, unique=True))
    bins = tuple(Bin(n / 20, (n + 1) / 20, draw(tallies()), n / 20 + 0.02) for n in sorted(lows))
    points = st.builds(CurvePoint, st.floats(0, 50), tallies(), SHARES)
    curves = st.lists(points, max_size=6, unique_by=lambda point: point.elapsed).map(tuple)
    sure = tuple(Confidence(p, draw(tallies())) for p in draw(st.sampled_from([(), (50, 70, 90)])))
    bounds = (1.0, 3.0, 7.0, 30.0, 180.0, 730.0, inf)
    tenths = st.lists(COUNTS, min_size=10, max_size=10).map(tuple)
    cards = st.builds(HardCard, st.binary(min_size=16, max_size=16), words, words, SMALL, SMALL,
                      st.floats(1, 10), st.floats(0, 9_999))  # fmt: skip
    verdict = draw(tallies())
    enough = verdict.answers >= 100
    return Stats(
        NOW_MS, TODAY, draw(st.floats(0.7, 0.99)), sum(day.answers for day in days), days,
        Streak(3, 9, len(days), days[0].day if days else None),
        tuple(Retention(name, draw(tallies()), draw(tallies())) for name in names),
        tuple(Retention(name, draw(tallies()), draw(tallies())) for name in months),
        draw(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS)),
        Calibration(verdict, draw(SHARES), 0.3 if enough else None, 0.1 if enough else None, bins),
        sure,
        ForgettingCurve(draw(curves), draw(curves)),
        Memory(
            *draw(st.tuples(*[COUNTS] * 7)), draw(st.floats(0, 99_999)), draw(st.none() | SHARES),
            draw(st.none() | st.floats(0, 40_000)),
            tuple(zip(bounds, draw(st.lists(COUNTS, min_size=7, max_size=7)), strict=True)),
            draw(tenths), draw(tenths),
        ),
        draw(forecasts()),
        tuple(draw(st.lists(cards, max_size=4))),
        tuple(draw(st.lists(masteries(words), max_size=4))),
        tuple(draw(st.lists(masteries(words), max_size=12))),
        tuple(draw(st.lists(masteries(words), max_size=4))),
        Transfer(draw(tallies()), 0.9, draw(tallies()), 0.9),
    )  # fmt: skip


def text(stats: Stats, width: int = 80, *names: str) -> str:
    return "\n".join(line.plain for line in page(stats, width, names))


# The page


@settings(max_examples=15)
@given(learners(), WIDTHS, st.lists(st.sampled_from(NAMES), max_size=3))
def test_no_line_is_wider_than_the_screen_and_none_acts_on_it(
    stats: Stats, width: int, names: list[str]
) -> None:
    for line in page(stats, width, names):
        assert line.cell_len <= width
        assert "\n" not in line.plain
        assert not HARMFUL.search(line.plain), line.plain
        assert all(str(span.style).startswith("srs.") for span in line.spans if span.style), (
            line.spans
        )


@settings(max_examples=15)
@given(learners(words=st.just("name of something")), WIDTHS)
def test_a_number_is_shown_whole_or_not_at_all(stats: Stats, width: int) -> None:
    assert re.findall(r".*\d[.,]?….*", text(stats, width, *NAMES)) == []


@settings(max_examples=12)
@given(learners(words=st.just("name")))
def test_every_figure_says_on_how_many_answers_it_stands(stats: Stats) -> None:
    shown, retention, calibration, curve, transfer = (
        text(stats, 100, *names)
        for names in (NAMES, ["retention"], ["calibration"], ["curve"], ["transfer"])
    )
    if any(period.all.answers >= 20 for period in stats.periods):
        for found in (*stats.periods, *stats.months):
            assert f" of {found.all.answers:,}" in retention
        for found in stats.periods:
            assert f" of {found.young.answers:,}" in retention
    if stats.calibration.tally.answers >= 100:
        assert f"of {stats.calibration.tally.answers:,} answers" in shown
        for found_bin in stats.calibration.bins:
            assert f" of {found_bin.tally.answers:,}" in calibration
    if any(each.tally.answers >= 10 for each in stats.confidence):
        for each in stats.confidence:
            assert f" of {each.tally.answers:,}" in calibration
    for point in (*stats.curve.young, *stats.curve.mature):
        if point.tally.answers >= 10:
            assert f" of {point.tally.answers:,}" in curve
    for card in stats.hardest_cards:
        assert f"{card.card.hex()[:8]}" in shown
        assert f"{card.lapses:,} of {card.answers:,}" in shown
    if stats.transfer.gap is not None:
        for tally in (stats.transfer.seen, stats.transfer.unseen):
            assert f"of {tally.answers:,}" in transfer


@settings(max_examples=12)
@given(learners(words=st.just("name")))
def test_every_plotted_count_of_cards_appears(stats: Stats) -> None:
    memory = stats.memory
    shown = text(stats, 100, "memory")
    if memory.cards != memory.new and memory.stability_days is not None:
        for counts in (memory.retrievabilities, memory.difficulties,
                       [cards for _, cards in memory.stabilities]):  # fmt: skip
            assert all(re.search(rf"\b{count:,}\b", shown) for count in counts if count)
    mastery = text(stats, 100, "mastery")
    if any(each.seen for each in (*stats.decks, *stats.concepts)):
        for each in (*stats.decks, *stats.concepts):
            assert f"{each.known:,.0f} of {each.cards:,}" in mastery


@settings(max_examples=12)
@given(learners(words=st.just("name")), tallies(most=40), tallies(most=120))
def test_below_the_least_number_of_answers_there_is_silence(
    stats: Stats, few: Tally, some: Tally
) -> None:
    stats = stats._replace(
        periods=(Retention("all", few, Tally()),), confidence=(), calibration=stats.calibration
        ._replace(tally=some, log_loss=None, rmse=None),
        transfer=Transfer(few, 0.9, some, 0.9),
        curve=ForgettingCurve((CurvePoint(1.0, few, 0.9),), ()),
    )  # fmt: skip
    for name, told, answers, least in (
        ("retention", few, few.answers, 20), ("calibration", some, some.answers, 100),
        ("curve", few, few.answers, 10), ("transfer", few, min(few.answers, some.answers), 20),
    ):  # fmt: skip
        shown = text(stats, 100, name)
        assert ("Not yet" in shown) == (answers < least), name
        assert ("%" in shown) == (answers >= least), name
        assert f"{told.answers:,}" in shown


@settings(max_examples=15)
@given(tallies(most=40), st.floats(0.5, 0.99))
def test_a_share_on_few_answers_is_a_dash_beside_its_count(few: Tally, wanted: float) -> None:
    periods = (Retention("week", few, Tally(30, 27)), Retention("month", Tally(99, 9), few))
    bins = (Bin(0.5, 0.55, few, 0.53),)
    stats = sample()._replace(
        periods=periods, confidence=(), desired_retention=wanted,
        calibration=sample().calibration._replace(bins=bins),
    )  # fmt: skip
    share = f"{few.recalled / few.answers:.0%}" if few.answers else "–"
    shown = {name: text(stats, 80, name) for name in ("retention", "calibration")}
    for name, least in (("retention", 20), ("calibration", 10)):
        assert f" {share if few.answers >= least else '–'} of {few.answers}" in shown[name]
    assert bool(re.search("[●◉].* of ", shown["calibration"])) == (few.answers >= 10)


def test_the_manual_and_the_help_tell_of_every_section() -> None:
    manual = (ROOT / "srs" / "help" / "stats.md").read_text(encoding="utf-8")
    assert tuple(re.findall("^## (.+)$", manual, re.MULTILINE)) == NAMES
    told = stats_command.help or ""
    assert all(name in told for name in NAMES)


def test_a_new_learner_sees_a_short_page_and_what_it_will_cost() -> None:
    lines = text(empty()).splitlines()
    assert lines[0].startswith("Nothing is answered yet: 84 cards wait for you.")
    assert "srs review" in "\n".join(lines[:4])
    assert "24 answers, 6 min" in " ".join(lines)
    assert len(lines) < 22
    assert "Not yet" not in lines


def test_who_has_begun_reads_what_is_still_missing() -> None:
    begun = empty()._replace(answers=3, days=(Day(TODAY, 3, 2, 9_000, 3),))
    shown = text(begun)
    assert "Calibration needs 100 answers" in shown
    assert "Retention needs 20 answers to cards in phase review; so far 0." in shown
    assert "3 answers on 1 day" in shown


def test_the_whole_page_is_concise_and_a_section_is_full() -> None:
    whole = text(sample()).splitlines()
    assert len(whole) <= 140
    assert "2025-10  " not in "\n".join(whole)
    assert "2025-10  " in text(sample(), 80, "retention")
    assert "2027-10  " in text(sample(), 80, "forecast")
    assert all(any(line.startswith(title) for line in whole) for title in TITLES)
    assert not text(sample(), 80, "hardest").startswith("You know")


TITLES = ("You know", "Retention", "Calibration", "Reviews", "Forecast", "Memory", "Forgetting",
          "Hardest", "Mastery", "Transfer")  # fmt: skip


def test_the_page_as_it_was_agreed_on() -> None:
    assert text(sample(), 60, "calibration", "hardest", "transfer") == GOLDEN


GOLDEN = """\
Calibration: ┼ predicted, ● happened, ◉ both
  Predicted 90%, recalled 89% of 7,000 answers: the
  predictions fit you. Log loss 0.310. RMSE 0.021.
           50%              75%             100%
   60–65%        ●──┼                             58% of 516
   65–70%           ●──┼                          62% of 580
   70–75%                ●─┼                      69% of 378
   75–80%                   ●─┼                   73% of 595
   80–85%                       ●─┼               79% of 307
   85–90%                             ◉           88% of 663
   90–95%                                ◉        92% of 700
  95–100%                                  ●─┼    95% of 259

  You said 70%, and were right in 61% of 240 answers: you
  are more sure than you should be.
            40%              70%             100%
  50% sure   ●────┼                                41% of 80
  70% sure             ●──────┼                    59% of 80
  90% sure                            ●───┼        84% of 80

Hardest: what you forget most
  card       lapses  difficulty  stability  front
  00000000  9 of 30         9.5       2.5d  Why is join num…
  01010101  8 of 29         9.2       3.5d  Why is join num…
  02020202  7 of 28         8.8       4.5d  Why is join num…
  03030303  6 of 27         8.5       5.5d  Why is join num…
  04040404  5 of 26         8.2       6.5d  Why is join num…
  05050505  4 of 25         7.8       7.5d  Why is join num…
  srs card show ID shows one of them.

  concept                 lapses  rate
  Two-stage retrieval  14 of 200    7%

Transfer: does the idea hold in new words?
  unseen  ━━━━━━━━━━━━━━━━━━━━━━━╌╌╌╌╌╌╌  78% of 60
  seen    ━━━━━━━━━━━━━━━━━━━━━━━━━━━╌╌╌  92% of 300
  Unseen wordings 78% of 60 against 92% of 300 for those
  seen before: you recognise the wording more than the idea.
  Answer in your own words before you look (t), and add
  variants to your own cards."""


@pytest.mark.parametrize(
    ("predicted", "recalled", "verdict"),
    [(0.9, 900, "fit you"), (0.9, 800, "forget sooner"), (0.8, 900, "remember longer")],
)
def test_the_verdict_follows_the_gap(predicted: float, recalled: int, verdict: str) -> None:
    found = sample().calibration._replace(tally=Tally(1000, recalled), predicted=predicted)
    shown = text(sample()._replace(calibration=found), 200, "calibration")
    assert verdict in shown.splitlines()[1]
    assert f"Predicted {predicted:.0%}, recalled {recalled / 1000:.0%} of 1,000 answers" in shown


@pytest.mark.parametrize(
    ("unseen", "seen", "told"),
    [(12, 20, "more than the idea"), (18, 18, "holds in new words"), (20, 10, "do not harm")],
)
def test_the_transfer_gap_is_put_in_words(unseen: int, seen: int, told: str) -> None:
    found = Transfer(Tally(200, unseen * 10), 0.9, Tally(200, seen * 10), 0.9)
    assert told in " ".join(text(sample()._replace(transfer=found), 100, "transfer").split())


@pytest.mark.parametrize(
    ("unseen", "seen", "told"),
    [
        (Tally(20, 12), Tally(20, 17), "unclear"),
        (Tally(20, 20), Tally(20, 17), "unclear"),
        (Tally(400, 240), Tally(400, 340), "behind"),
        (Tally(400, 340), Tally(400, 240), "ahead"),
        (Tally(9_000, 8_100), Tally(9_000, 8_250), "alike"),
        (Tally(19, 1), Tally(400, 400), None),
    ],
)
def test_a_transfer_gap_is_told_of_only_where_chance_makes_a_smaller_one(
    unseen: Tally, seen: Tally, told: str | None
) -> None:
    assert Transfer(unseen, 0.9, seen, 0.9).unseen_are == told


def test_the_screen_and_the_page_tell_the_same_of_transfer() -> None:
    unclear = sample()._replace(transfer=Transfer(Tally(20, 12), 0.9, Tally(20, 17), 0.9))
    told = "chance alone makes such a gap on so few answers."
    assert told in " ".join(text(unclear, 100, "transfer").split())
    assert told in html_page(unclear)


def test_answers_after_today_are_not_on_the_map_and_not_in_its_sums() -> None:
    ahead = Day(TODAY + 1, 1_000_000, 5, 5, 0)
    days = tuple(day for day in sample().days if day.day <= TODAY)
    assert text(sample()._replace(days=(*days, ahead)), 80, "reviews") == text(
        sample()._replace(days=days), 80, "reviews"
    )


@pytest.mark.parametrize(("timed", "told"), [(0, True), (4, True), (20, False), (200, False)])
def test_a_pace_says_how_far_it_is_a_guess(timed: int, told: bool) -> None:
    found = sample()._replace(forecast=sample().forecast._replace(timed=timed))
    pace = text(found, 100, "forecast").partition("At ")[2]
    assert ("guess" in pace) == told
    assert ("a guess" in html_page(found).partition("seconds an answer")[2][:80]) == told


def test_of_many_concepts_the_least_known_of_those_begun_are_shown() -> None:
    many = tuple(Mastery(f"c{n}", f"concept {n}", 10, n % 3, 5, 0, n / 10, 0) for n in range(60))
    stats = sample()._replace(concepts=many)
    shown = text(stats)
    assert [n for n in range(60) if f"concept {n} " in shown] == [1, 2, 4, 5, 7, 8, 10, 11]
    assert "The least known of 40 concepts begun; srs stats mastery shows 52 more." in shown
    assert all(f"concept {n} " in text(stats, 80, "mastery") for n in range(60))


# Plots


@given(st.dictionaries(st.integers(TODAY - 500, TODAY), st.integers(1, 500)), WIDTHS)
def test_the_heat_map_holds_a_cell_for_each_day(counts: dict[int, int], width: int) -> None:
    rows = [line.plain[4:] for line in heat_map(counts, TODAY, width)[1:8]]
    cells = "".join(rows)
    shown = range(TODAY - len(cells) + 1, TODAY + 1)
    assert len(rows[0]) == weeks_shown(width)
    assert len(cells) == 7 * weeks_shown(width) - 1  # TODAY is a Saturday
    assert sum(cell != "·" for cell in cells) == sum(day in counts for day in shown)
    in_sight = [counts[day] for day in shown if day in counts]
    for day, count in counts.items():
        if day in shown:
            cell = rows[(day + 3) % 7][(day - shown[0]) // 7]
            assert cell != "·"
            assert (cell == "█") or count < max(in_sight)
    ordered = sorted(
        (counts[d], rows[(d + 3) % 7][(d - shown[0]) // 7]) for d in shown if d in counts
    )
    shades = ["·░▒▓█".index(cell) for _, cell in ordered]
    assert shades == sorted(shades)


def test_the_months_stand_above_the_weeks_in_which_they_begin() -> None:
    lines = [line.plain for line in heat_map({TODAY: 3}, TODAY, 80)]
    assert lines[0] == "      Dec Jan Feb Mar  Apr May  Jun Jul Aug  Sep Oct Nov"
    assert lines[6].endswith("·█")
    assert lines[8] == "· none  █ 1–3 answers a day"


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=6), st.integers(6, 100))
def test_a_stacked_bar_is_full_and_no_part_vanishes(counts: list[int], cells: int) -> None:
    parts = [Part("", count, chr(97 + n), "") for n, count in enumerate(counts)]
    drawn = stacked(parts, cells).plain
    assert len(drawn) == (cells if any(counts) else 0)
    assert list(drawn) == sorted(drawn)
    assert all((part.sign in drawn) == bool(part.amount) for part in parts)


@given(SHARES, st.integers(1, 80))
def test_bars_are_neither_empty_nor_full_before_their_time(share: float, cells: int) -> None:
    drawn = meter(share, cells).plain
    assert len(drawn) == cells
    assert ("━" in drawn) == (share > 0)
    assert len(bar(share, cells)) <= cells
    assert bool(bar(share, cells)) == (share > 0)
    assert cells == 1 or ("╌" not in drawn) == (share > 1 - 1e-6)


def test_every_sign_of_a_plot_has_one_of_ascii() -> None:
    for line in page(sample(), 80, NAMES):
        spelled = in_ascii(line)
        assert spelled.plain.isascii(), spelled.plain
        assert cell_len(spelled.plain) == line.cell_len
        assert spelled.spans == line.spans


# JSON


def named(value: object) -> bool:
    return hasattr(value, "_fields")


RENAMED = {"at_ms": "at", "since_day": "since"}


def missing_keys(value: object, shape: object) -> list[str]:
    """Fields of the values that the shape does not tell."""
    if named(value) and isinstance(shape, dict):
        if isinstance(value, Tally):
            shape = {"answers": 0, "recalled": 0} if shape.keys() >= {"answers", "share"} else {}
        lacking = []
        for field in value._fields:  # type: ignore[attr-defined]
            key = RENAMED.get(field, field)
            part = getattr(value, field)
            if isinstance(part, Tally) and key not in shape:
                lacking += missing_keys(part, shape)  # laid out in place
            elif key not in shape and not field.endswith("_predicted"):
                lacking.append(field)
            else:
                lacking += missing_keys(part, shape.get(key))
        return lacking
    if isinstance(value, tuple) and isinstance(shape, list):
        assert len(value) == len(shape)
        return [
            k for each, told in zip(value, shape, strict=True) for k in missing_keys(each, told)
        ]
    return []


@settings(max_examples=12)
@given(learners())
def test_the_json_tells_everything_and_survives_a_round_trip(stats: Stats) -> None:
    shape = stats_shape(stats)
    assert json.loads(json.dumps(shape, allow_nan=False)) == shape
    assert missing_keys(stats, shape) == []


def test_json_leaves_out_shares_on_few_answers_but_no_counts() -> None:
    shape = json.loads(json.dumps(stats_shape(sample())))
    today = shape["periods"][0]
    assert today["young"]["answers"] == 18
    assert today["young"]["share"] is None
    assert 0 < today["all"]["share"] <= 1
    assert shape["at"] == "2026-11-21T08:20:00.000Z"
    assert shape["forecast"]["days"][0]["day"] == "2026-11-21"
    assert shape["hardest_cards"][1]["card"] == "01" * 16
    assert shape["transfer"]["unseen"]["predicted"] == 0.9
    bare = stats_shape(empty())
    assert bare["transfer"]["gap"] is None  # type: ignore[index]
    assert bare["calibration"]["predicted"] is None  # type: ignore[index]


# The program

PROGRAM = """
import sys, types
import srs.collection
from tests.stats_samples import empty, sample
stub = types.ModuleType("exporters.page")
stub.page = lambda stats: f"<!doctype html><p>{stats.answers} answers</p>"
sys.modules["exporters.page"] = stub
def stats(self, at_ms, progress=None):
    progress(1, 1)
    return sample()
srs.collection.Collection.stats = stats
from srs.cli import main
main()
"""


def command(*words: str) -> list[str]:
    return [sys.executable, "-c", PROGRAM, "stats", *words]


def run(srs: Program, *words: str, **environment: str) -> Ran:
    done = subprocess.run(
        command(*words), capture_output=True, text=True, cwd=ROOT, check=False, timeout=60,
        env={k: v for k, v in srs.env().items() if k != "COLUMNS"} | environment,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


def test_a_pipe_gets_plain_text_of_eighty_columns_or_of_so_many_as_asked_for(srs: Program) -> None:
    ran = run(srs, FORCE_COLOR="1")
    assert ran.code == 0
    assert ran.out.splitlines() == text(sample(), 80).splitlines()
    narrow = run(srs, "retention", "transfer", COLUMNS="40")
    assert narrow.out.splitlines() == text(sample(), 40, "retention", "transfer").splitlines()


def test_a_terminal_without_unicode_gets_ascii(srs: Program) -> None:
    ran = run(srs, PYTHONIOENCODING="ascii")
    assert ran.out.isascii()
    assert "\\u" not in ran.out
    assert "########" in ran.out


def seen(srs: Program, columns: int, **environment: str) -> Screen:
    program = Program(srs.home, environment={"PYTHONPATH": str(ROOT), "COLUMNS": ""} | environment)
    screen = Screen(program, command("retention", "transfer"), columns, 60)
    screen.wait_for("own cards.")
    assert screen.text.rstrip() == text(sample(), columns, "retention", "transfer")
    assert screen.end() == 0
    return screen


def test_a_terminal_shows_colours_unless_they_are_not_wanted(srs: Program) -> None:
    colours = re.compile(rb"\x1b\[[\d;]*\b(3\d|9\d)m")
    assert colours.search(seen(srs, 40).raw)
    assert not colours.search(seen(srs, 80, NO_COLOR="1").raw)


def test_an_unknown_section_is_met_with_a_guess(srs: Program) -> None:
    ran = run(srs, "hardests")
    assert ran.code == 2
    assert "error: no section hardests" in ran.err
    assert "did you mean hardest?" in ran.err


def test_json_from_the_program(srs: Program) -> None:
    found = run(srs, "--json").json
    assert found.pop("schema") == 1
    assert found == json.loads(json.dumps(stats_shape(sample())))


def test_the_page_is_written_whole_or_not_at_all(srs: Program, tmp_path: Path) -> None:
    path = tmp_path / "stats.html"
    ran = run(srs, "--html", str(path))
    assert ran.code == 0
    assert str(path) in ran.out
    assert path.read_text() == f"<!doctype html><p>{sample().answers} answers</p>"
    again = run(srs, "--html", str(path))
    assert again.code == 3
    assert "--force" in again.err
    forced = run(srs, "--html", str(path), "--force", "--json").json
    assert forced["bytes"] == path.stat().st_size
    nameless = run(srs, "--html", "")
    assert (nameless.code, nameless.out) == (2, "")
    nowhere = run(srs, "--html", str(tmp_path / "none" / "stats.html"))
    assert nowhere.code == 3
    assert "cannot be written" in nowhere.err


def test_a_mean_that_is_right_does_not_hide_parts_that_are_wrong() -> None:
    """Of 80% predicted all, of 100% predicted four fifths: the mean alone would fit."""
    bins = (Bin(0.75, 0.8, Tally(500, 500), 0.8), Bin(0.95, 1.0, Tally(500, 400), 1.0))
    crossed = Calibration(Tally(1000, 900), 0.9, 0.5, 0.2, bins)
    assert not crossed.fits
    assert "on the whole" in stat_recall._verdict(crossed)
    good = Calibration(Tally(1000, 900), 0.9, 0.3, 0.01, (Bin(0.9, 0.95, Tally(1000, 900), 0.9),))
    assert good.fits
    assert "the predictions fit you" in stat_recall._verdict(good)
    said = [Confidence(50, Tally(100, 80)), Confidence(90, Tally(100, 60))]
    assert "on the whole" in stat_recall._sureness(said)


def test_less_recall_that_was_foreseen_is_no_gap() -> None:
    foreseen = Transfer(Tally(1000, 700), 0.7, Tally(1000, 900), 0.9)
    assert foreseen.unseen_are == "alike"
    assert foreseen._replace(unseen_predicted=0.9).unseen_are == "behind"

"""Numbers with units as people type them, how they are written, and what they are worth."""

from __future__ import annotations

import math
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from decks import builtin
from decks.estimates.drawing import Draw
from decks.estimates.formula import Formula
from decks.estimates.judging import AGAIN, GOOD, HARD, judged, rated
from decks.estimates.numerals import constant, spoken
from decks.estimates.quantity import Misread, read, unit_of, written
from decks.estimates.reading import EstimateError, factor_of
from decks.model import Estimate, Parameter

USED = sorted({n.estimate.unit for d in builtin() for n in d.parsed.notes if n.estimate})
UNITS = [*USED, "", "%", "MB/s", "GiB", "Gb/s", "ms", "days", "dollars | euros", "dollars/day"]
SIZES = st.floats(1e-9, 1e17)


def value(text: str, unit: str) -> float:
    """What was read."""
    found = read(text, unit)
    assert not isinstance(found, Misread), f"{text!r} in {unit}: {found.why}"
    return found


def ask(answer: float, tolerance: str = "20%", unit: str = "GB") -> tuple[Estimate, Draw]:
    """An estimate with that answer."""
    estimate = Estimate((Parameter("a", ("1",)),), "a", unit, tolerance)
    return estimate, Draw(0, {"a": 1.0}, answer)


# What people type


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("1.2k", "users", 1200),
        ("3e6", "users", 3e6),
        ("8.6 TB", "TB", 8.6),
        ("8.6T", "TB", 8.6),
        ("8.6T", "GB", 8600),
        ("8.6G", "MB/s", 8600),
        ("8.6 terabytes", "TB", 8.6),
        ("300 megabytes per second", "MB/s", 300),
        ("5 kibibytes", "KiB", 5),
        ("8.6t", "TB", 8.6),
        ("16g", "GB", 16),
        ("16 GB of RAM", "GB", 16),
        ("160K", "KiB", 160),
        ("160k", "kB", 160),
        ("800 mbps", "MB/s", 100),
        ("5kqps", "req/s", 5000),
        ("5000 queries per second", "req/s", 5000),
        ("40 tps", "tokens/s", 40),
        ("1b", "users", 1e9),
        ("16b", "GB", 2e-9),
        ("2 Billion", "users", 2e9),
        ("1.500.000", "users", 1.5e6),
        ("1.500", "users", 1.5),
        ("= 12k.", "users", 12_000),
        ("3 Mio.", "users", 3e6),
        ("3 out of 20", "fraction", 0.15),
        ("5 in 100", "fraction", 0.05),
        ("USD 1200", "dollars", 1200),
        ("20x", "", 20),
        ("3 liters", "litres", 3),
        ("45 ms", "ms", 45),
        ("45ms", "s", 0.045),
        ("0.045 s", "ms", 45),
        ("12%", "fraction", 0.12),
        ("12 %", "fraction", 0.12),
        ("12.5 per cent", "probability", 0.125),
        ("12 pct", "%", 12),
        ("0.12", "fraction", 0.12),
        ("0.12 (12%)", "fraction", 0.12),
        ("1 in 20", "fraction", 0.05),
        ("1 out of 20", "fraction", 0.05),
        ("1/20", "fraction", 0.05),
        ("½", "fraction", 0.5),
        ("3‰", "fraction", 0.003),
        ("$1,200", "dollars", 1200),
        ("$1.2k", "dollars", 1200),
        ("1200 $", "dollars", 1200),
        ("1200 USD", "dollars", 1200),
        ("50 cents", "dollars", 0.5),
        ("5k qps", "req/s", 5000),
        ("5k req/s", "req/s", 5000),
        ("5k/s", "req/s", 5000),
        ("5k per second", "req/s", 5000),
        ("5,000 requests per second", "req/s", 5000),
        ("6 req/min", "req/s", 0.1),
        ("12.8k items", "items | candidates", 12_800),
        ("12.8k candidates", "items | candidates", 12_800),
        ("30 reviewers", "people | reviewers", 30),
        ("1 person", "people", 1),
        ("40 tok/s", "tokens/s", 40),
        ("8 Gbps", "GB/s", 1),
        ("8 Gb/s", "GB/s", 1),
        ("1 KiB", "kB", 1.024),
        ("1 MiB", "KiB", 1024),
        ("2 days", "hours", 48),
        ("1h", "min", 60),
        ("5m", "s", 300),
        ("5M", "s", 5e6),
        ("5m", "users", 5e6),
        ("5 mio", "users", 5e6),
        ("1.5 million users", "users", 1.5e6),
        ("2 bn", "users", 2e9),
        ("10^6", "users", 1e6),
        ("10⁶", "users", 1e6),
        ("10^-3", "fraction", 1e-3),
        ("3 x 10^6", "users", 3e6),
        ("3·10⁶ users", "users", 3e6),
        ("3*10**6", "users", 3e6),
        ("1,234,567", "users", 1_234_567),
        ("1 234 567 users", "users", 1_234_567),
        ("1'234'567", "users", 1_234_567),
        ("1’234", "users", 1234),
        ("1_000", "users", 1000),
        ("1,234.5", "users", 1234.5),
        ("0,5", "fraction", 0.5),
        ("8,6 TB", "TB", 8.6),
        (".5", "fraction", 0.5),
        ("5.", "users", 5),
        ("+5", "users", 5),
        ("−5", "users", -5),
        ("-5", "users", -5),
        ("~5k", "users", 5000),
        ("about 5k users", "users", 5000),
        ("≈ 20 GB", "GB", 20),
        ("１２ＧＢ", "GB", 12),
        (" 7 ", "", 7),
        ("5", "widgets", 5),
        ("5 widget", "widgets", 5),
        ("$1200/day", "dollars | dollars/day", 1200),
        ("$1,200/day", "dollars | dollars/day", 1200),
        ("$1.2k per day", "dollars | dollars/day", 1200),
        ("$1.2K/DAY", "dollars | dollars/day", 1200),
        ("$1200 a day", "dollars | dollars/day", 1200),
        ("$1200 daily", "dollars | dollars/day", 1200),
        ("$50/hour", "dollars | dollars/day", 1200),
        ("$438k/yr", "dollars | dollars/day", 1200),
        ("USD 1200/day", "dollars | dollars/day", 1200),
        ("~$1.2k/d", "dollars | dollars/day", 1200),
        ("$5/day", "$/day", 5),
        ("$5/day", "dollars a day", 5),
        ("$1200 USD", "dollars", 1200),
        ("$1200 dollars", "dollars", 1200),
        ("US$1200", "dollars", 1200),
        ("USD1200", "dollars", 1200),
        ("-$1200", "dollars", -1200),
        ("12k¢", "dollars", 120),
        ("1200 US dollars", "dollars", 1200),
        ("1.2 kUSD", "dollars", 1200),
        ("128 kib", "KiB", 128),
        ("1 gib", "GB", 1.073741824),
        ("128 KIB", "KiB", 128),
        ("128 Kib", "KiB", 16),
        ("128 Ki", "KiB", 128),
        ("1 / 20", "fraction", 0.05),
        ("1 /20", "fraction", 0.05),
        ("1÷20", "fraction", 0.05),
        ("432M / 86400", "req/s", 5000),
        ("432M/86.4k req/s", "req/s", 5000),
        ("one in 20", "fraction", 0.05),
        ("1 in every 20", "fraction", 0.05),
        ("1 of 20", "fraction", 0.05),
        ("1 in 20 requests", "fraction", 0.05),
        ("1/20th", "fraction", 0.05),
        ("1,000 in 20,000", "fraction", 0.05),
        ("1.5 in 20", "fraction", 0.075),
        ("1 in 8", "%", 12.5),
        ("1 in 20", "recall", 0.05),
        ("1 in 20 probability", "probability", 0.05),
        ("1 in 20 chance", "probability", 0.05),
        ("1/s", "req/s", 1),
        ("0.1/s", "req/s", 0.1),
        ("1/s", "TFLOP/s", 1),
        ("5/day", "cents/day", 5),
        ("1 in 10k", "fraction", 1e-4),
        ("1/10k", "fraction", 1e-4),
        ("1 in 1 million", "fraction", 1e-6),
        ("1 in a million", "fraction", 1e-6),
        ("1/2 million", "users", 500_000),
        ("½ million users", "users", 500_000),
        ("1½", "hours", 1.5),
        ("3½ days", "days", 3.5),
        ("1 1/2 h", "hours", 1.5),
        ("2³", "users", 8),
        ("2²⁰", "users", 2**20),
        ("2^20", "users", 2**20),
        ("2**20 users", "users", 2**20),
        ("2^17 B", "KiB", 128),
        ("1024^3 bytes", "GiB", 1),
        ("1.2 GBytes", "GB", 1.2),
        ("1.2 gB", "GB", 1.2),
        ("40 MBytes/s", "MB/s", 40),
        ("8 GBit", "GB", 1),
        ("320 mbit/s", "MB/s", 40),
        ("320 megabits per second", "MB/s", 40),
        ("800 kbps", "MB/s", 0.1),
        ("800 kBps", "MB/s", 0.8),
        ("1.2 gigs", "GB", 1.2),
        ("1.2 giga bytes", "GB", 1.2),
        ("160 KiB/token", "KiB", 160),
        ("160 KiB per token", "KiB", 160),
        ("1200 users per arm", "users", 1200),
        ("1200 per arm", "users", 1200),
        ("2.4 tokens per pass", "tokens", 2.4),
        ("12.8k items per request", "items | candidates", 12_800),
        ("45 ms per query", "ms", 45),
        ("5k requests a second", "req/s", 5000),
        ("5k a second", "req/s", 5000),
        ("432 million requests a day", "req/s", 5000),
        ("5k PER SECOND", "req/s", 5000),
        ("5000 s⁻¹", "req/s", 5000),
        ("300k rpm", "req/s", 5000),
        ("5kreq/s", "req/s", 5000),
        ("5 kreq/s", "req/s", 5000),
        ("1.2kusers", "users", 1200),
        ("0.04 ktps", "tokens/s", 40),
        ("40 t/s", "tokens/s", 40),
        ("40 T/s", "tokens/s", 40),
        ("28 vCPUs", "cores", 28),
        ("28 CPU cores", "cores", 28),
        ("3000 in flight", "requests", 3000),
        ("3000 concurrent requests", "requests", 3000),
        ("5% chance", "probability", 0.05),
        ("p = 0.05", "probability", 0.05),
        ("p=5%", "probability", 0.05),
        ("psi = 0.018", "PSI", 0.018),
        ("ms = 45", "s", 0.045),
        ("memory: 5 GB", "GB", 5),
        ("500 GFLOP/s", "TFLOP/s", 0.5),
        ("0.5 PFLOP/s", "TFLOP/s", 500),
        ("500 TFLOPS", "TFLOP/s", 500),
        ("500 TFLOPs", "TFLOP/s", 500),
        ("500 teraflops", "TFLOP/s", 500),
        ("500T", "TFLOP/s", 500),
        ("0.005 GHz", "MHz", 5),
        ("5 kW", "watts", 5000),
        ("5 mW", "watts", 0.005),
        ("5 W", "watts", 5),
        ("5 GPU hours", "GPU-hours", 5),
        ("5 GPU-h", "GPU-hours", 5),
        ("5 GPU days", "GPU-hours", 120),
        ("5 m", "metres", 5),
        ("5 km", "metres", 5000),
        ("1h30", "hours", 1.5),
        ("1 h 30 min", "hours", 1.5),
        ("2 weeks 3 days", "days", 17),
        ("2 wk", "days", 14),
        ("2w", "days", 14),
        ("1 y", "days", 365),
        ("12m", "MB", 12),
        ("500M", "GB", 0.5),
        ("500m", "GB", 0.5),
        ("1.2P", "TB", 1200),
        ("1.2k", "GB", 1200),
        ("1.2K", "GB", 1200),
        ("5 b", "MB/s", 6.25e-7),
        ("5M", "Mbit/s", 5),
        ("5M", "GB/day", 0.005),
        ("ca. 1200", "users", 1200),
        ("approximately 1200", "users", 1200),
        ("nearly 1200", "users", 1200),
        ("≅ 1200", "users", 1200),
        ("(1200)", "users", 1200),
        ("1200,", "users", 1200),
        ("1200!", "users", 1200),
        ("n=1200", "users", 1200),
        ("1200 total", "users", 1200),
        ("1.2 GB RAM", "GB", 1.2),
        ("5MM", "users", 5e6),
        ("5 mln", "users", 5e6),
        ("1 tn", "users", 1e12),
        ("5 x 1e6", "users", 5e6),
        ("2X10^3", "users", 2000),
        ("2•10³", "users", 2000),
        ("1.2*1000", "users", 1200),
        ("1.2 e3", "users", 1200),
        ("1.234,5", "users", 1234.5),
        ("a million", "users", 1e6),
        ("five million", "users", 5e6),
        ("500 bps", "fraction", 0.05),
        ("50 permille", "fraction", 0.05),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_was_meant(text: str, unit: str, expected: float) -> None:
    assert value(text, unit) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("5 GB", "users"),
        ("5 users", "GB"),
        ("5 GB/s", "GB"),
        ("5 GB", "GB/s"),
        ("5 ms", "GB"),
        ("5 requests", "users"),
        ("5 req/s", "requests"),
        ("5%", "GB"),
        ("5 euros", "dollars"),
        ("$5", "users"),
        ("5 TB per day", "TB"),
        ("5 and 6", "hours"),
        ("5 - 6", "hours"),
        ("5 of 20", "users"),
        ("5 GB", ""),
        ("many", "GB"),
        ("", "GB"),
        ("   ", "GB"),
        ("GB", "GB"),
        ("-", "GB"),
        ("$", "dollars"),
        ("1e999", "GB"),
        ("one reviewer is 1", "people"),
        ("1/0.", "B/s/s"),
    ],
)
def test_a_right_number_in_a_wrong_unit_is_no_answer(text: str, unit: str) -> None:
    found = read(text, unit)
    assert isinstance(found, Misread)
    assert found.why


def test_what_is_said_of_a_wrong_unit_names_the_right_one() -> None:
    assert read("5 GB", "items | candidates") == Misread("the answer is in items", is_typo=False)
    assert read("5 GB", "") == Misread("the answer has no unit", is_typo=False)
    assert read("plenty", "GB") == Misread("no number in it")


@pytest.mark.parametrize(
    ("text", "unit", "why"),
    [
        ("", "GB", "no number in it"),
        ("dunno", "GB", "no number in it"),
        ("5-6k", "users", "cannot read “-6k”"),
        ("5 to 6k", "users", "cannot read “to 6k”"),
        ("5k+", "users", "cannot read “k+”"),
        ("1/", "fraction", "cannot read “/”"),
        ("1:20", "fraction", "cannot read “:20”"),
        ("5 secnods", "ms", "cannot read “secnods”"),
        ("5 itms", "items", "cannot read “itms”"),
        ("45 ms p99", "ms", "cannot read “ms p99”"),
        ("12 of the 20 GB", "GB", "cannot read “of the 20 GB”"),
        ("1 in 0", "fraction", "a division by zero"),
        ("5" + " x" * 60, "GB", "longer than 80 characters"),
    ],
)
def test_what_cannot_be_read_is_a_typo(text: str, unit: str, why: str) -> None:
    assert read(text, unit) == Misread(why, is_typo=True)


@pytest.mark.parametrize(
    ("text", "unit", "why"),
    [
        ("5 users", "GB", "the answer is in GB"),
        ("5 GB/s", "GB", "the answer is in GB"),
        ("5 GB per month", "GB", "the answer is in GB"),
        ("5% of users", "users", "the answer is in users"),
        ("1 in 20", "GB", "the answer is in GB"),
        ("5 of 20", "users", "the answer is in users"),
        ("€1200/day", "dollars | dollars/day", "the answer is in dollars"),
        ("£1200", "dollars", "the answer is in dollars"),
        ("45 ms", "fraction", "the answer is a fraction or in %"),
        ("5 users", "", "the answer has no unit"),
        ("users = 5", "GB", "the answer is in GB"),
    ],
)
def test_another_dimension_is_no_typo(text: str, unit: str, why: str) -> None:
    assert read(text, unit) == Misread(why, is_typo=False)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("1/2M", "users"),
        ("5/6k", "users"),
        ("2×10E3", "users"),
        ("0x10", "users"),
        ("45 m s", "ms"),
        ("5m", "TFLOP/s"),
        ("1:30", "hours"),
        ("48:00", "hours"),
        ("30 days", "months"),
        ("1 month", "days"),
        ("30 min 2 h", "hours"),
        ("28 servers", "replicas"),
        ("28 threads", "cores"),
        ("5 GB per million users", "GB"),
        ("5 GB per busy day", "GB"),
        ("5 GB/TB", "GB"),
        ("$1200/request", "dollars"),
        ("5% per request", "fraction"),
        ("40 tokens/s/GPU", "tokens/s"),
        ("5 RAM", "users"),
        ("m = 32", "replicas"),
        ("5 TFLOPS", "TFLOP"),
        ("40 MB", "MB/s"),
        ("8 Gbps", "GB"),
        ("5 GPU hours", "hours"),
        ("<5", "users"),
    ],
)
def test_what_may_mean_something_else_is_not_guessed(text: str, unit: str) -> None:
    assert isinstance(read(text, unit), Misread)


def test_the_manual_names_what_is_read() -> None:
    page = (Path(__file__).parent.parent / "srs/help/estimates.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+) \| (.+) \|$", page.partition("## Letters")[0], re.MULTILINE)
    assert len(rows) > 6
    for typed, meaning in rows[1:]:
        for text in re.findall("`([^`]+)`", typed):
            value(text, "fraction" if "shares" in meaning else "users")
    refused = page.partition("So are ranges")[2].partition("give one number")[0]
    for text in re.findall("`([^`]+)`", refused):
        assert isinstance(read(text, "users"), Misread), text


def test_blanks_do_not_hide_a_unit() -> None:
    assert read("5" + " " * 90 + "GB/s", "GB") == Misread("the answer is in GB", is_typo=False)
    assert value("5" + " " * 90 + "GB", "GB") == 5


@given(
    st.text(max_size=120)
    | st.text(alphabet="0123456789.,'_ eE+-×x*^/%$kMGTBim·10⁶⁻²in out of perusd(", max_size=90),
    st.sampled_from(UNITS),
)
@example("1 in 0", "fraction")
@example("1/0", "fraction")
@example("\u0661\u0662", "GB")
@example("ﷺ" * 90, "GB")
def test_reading_never_fails(text: str, unit: str) -> None:
    found = read(text, unit)
    assert isinstance(found, Misread) or math.isfinite(found)


@pytest.mark.parametrize(
    "piece", ["1", "1,000", " ", "(", "10^", "k", "⁶", "1 in ", "x 10", "per "]
)
def test_an_endless_answer_takes_no_time(piece: str) -> None:
    start = time.process_time()
    for unit in ("GB", "req/s"):
        read(f"1{piece * 200_000}", unit)
        unit_of(piece * 200_000)
    assert time.process_time() - start < 2


# What is written is read again


@given(SIZES, st.sampled_from(UNITS), st.sampled_from([2, 3, 6]))
@example(999_999.0, "GB", 3)
@example(0.0999999, "fraction", 3)
@example(1e15, "dollars", 3)
def test_what_is_written_is_read_again(size: float, unit: str, digits: int) -> None:
    said = written(size, unit, digits)
    assert value(said, unit) == pytest.approx(float(f"{size:.{digits}g}"), rel=1e-9)
    assert "{" not in said


@given(SIZES, st.sampled_from(UNITS))
def test_an_answer_as_it_is_written_is_a_good_one(size: float, unit: str) -> None:
    estimate, drawn = ask(size, "5%", unit)
    assert judged(written(size, unit), estimate, drawn).rating == GOOD


@given(st.floats(1e-300, 1e300), st.integers(1, 15))
@example(0.0009314219130137143, 8)
@example(999999.99, 9)
def test_a_spoken_number_keeps_its_digits(size: float, digits: int) -> None:
    said = spoken(size, digits)
    number, _, name = said.replace(",", "").partition(" ")
    times = {"": 1.0, "million": 1e6, "billion": 1e9, "trillion": 1e12}[name]
    assert float(number) * times == pytest.approx(float(f"{size:.{digits}g}"), rel=1e-15, abs=0)
    assert spoken(-size, digits) == f"-{said}"


@given(st.floats(0, allow_infinity=False, allow_nan=False))
@example(9.585)
@example(3.14159265358979)
@example(123456789.0)
@example(2.0**60)
@example(5e-324)
def test_a_constant_of_a_formula_stays_the_same_number(number: float) -> None:
    assert Formula(constant(number).replace(",", "")).value({}) == number


# Prefixes

PREFIXES = [("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15),
            ("Ki", 2.0**10), ("Mi", 2.0**20), ("Gi", 2.0**30), ("Ti", 2.0**40)]  # fmt: skip


@given(SIZES, st.sampled_from(PREFIXES), st.sampled_from(PREFIXES), st.sampled_from(["", "/s"]))
def test_prefixes_of_bytes_commute(
    size: float, one: tuple[str, float], other: tuple[str, float], per: str
) -> None:
    (sign, factor), (asked, wanted) = one, other
    found = value(f"{size!r} {sign}B{per}", f"{asked}B{per}")
    assert found == pytest.approx(size * factor / wanted, rel=1e-9)
    assert value(f"{found!r} {asked}B{per}", f"{sign}B{per}") == pytest.approx(size, rel=1e-9)


TIMES = [("ns", 1e-9), ("µs", 1e-6), ("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("min", 60.0),
         ("h", 3600.0), ("days", 86400.0), ("weeks", 604800.0)]  # fmt: skip


@given(SIZES, st.sampled_from(TIMES), st.sampled_from(TIMES))
def test_units_of_time_commute(
    size: float, one: tuple[str, float], other: tuple[str, float]
) -> None:
    (name, factor), (asked, wanted) = one, other
    assert value(f"{size!r} {name}", asked) == pytest.approx(size * factor / wanted, rel=1e-9)


BITS = ["bit", "Bit", "bits", "Bits"]
BYTES = ["byte", "Byte", "bytes", "Bytes", "BYTES"]


@given(SIZES, st.sampled_from("kMGTP"), st.sampled_from([*BITS, *BYTES]), st.booleans())
def test_the_case_of_spelled_bytes_and_bits_says_nothing(
    size: float, sign: str, name: str, is_small: bool
) -> None:
    right = size / (8 if name in BITS else 1)
    prefix = sign.lower() if is_small else sign
    for per in ("", "/s", " per second", " a second"):
        found = value(f"{size!r} {prefix}{name}{per}", f"{sign}B{'/s' * bool(per)}")
        assert found == pytest.approx(right, rel=1e-9)


METRIC = [("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15), ("", 1.0)]


@given(
    SIZES,
    st.sampled_from([*METRIC, ("m", 1e-3), ("µ", 1e-6)]),
    st.sampled_from(METRIC),
    st.sampled_from(["FLOP/s", "FLOPS", "FLOP", "Hz", "W"]),
)
def test_prefixes_of_other_units_commute(
    size: float, one: tuple[str, float], other: tuple[str, float], unit: str
) -> None:
    (sign, factor), (asked, wanted) = one, other
    found = value(f"{size!r} {sign}{unit}", f"{asked}{unit}")
    assert found == pytest.approx(size * factor / wanted, rel=1e-9)


@given(SIZES, st.sampled_from("mgtpMGTP"), st.sampled_from("kMGTP"), st.sampled_from(["", "/s"]))
def test_a_letter_beside_bytes_is_their_prefix(
    size: float, sign: str, asked: str, per: str
) -> None:
    unit = f"{asked}B{per}"
    assert value(f"{size!r}{sign}", unit) == value(f"{size!r} {sign.upper()}B{per}", unit)


@given(SIZES, st.sampled_from("MGTP"), st.sampled_from(["", "/s"]))
def test_a_k_beside_bytes_is_a_thousand_of_them(size: float, asked: str, per: str) -> None:
    found = value(f"{size!r}k", f"{asked}B{per}")
    assert found == pytest.approx(1000 * size, rel=1e-9)
    assert value(f"{size!r}k", f"kB{per}") == size


@given(SIZES, st.sampled_from(["day", "d", "hour", "h", "s", "year"]))
def test_a_sign_of_money_may_stand_on_either_side(size: float, time: str) -> None:
    assert value(f"${size!r}/{time}", "dollars/day") == value(f"{size!r} $/{time}", "dollars/day")


@given(st.integers(1, 999), st.integers(1, 10**6), st.sampled_from(["k", " million", "M", "e3"]))
def test_a_multiplier_below_divides(above: int, below: int, sign: str) -> None:
    times = {"k": 1e3, "e3": 1e3}.get(sign, 1e6)
    for over in ("/", " / ", " in ", " out of ", " of every "):
        found = value(f"{above}{over}{below}{sign}", "fraction")
        assert found == pytest.approx(above / (below * times), rel=1e-9)


@given(st.integers(0, 99), st.integers(1, 23), st.integers(0, 59))
def test_a_time_in_several_units_is_their_sum(days: int, hours: int, minutes: int) -> None:
    right = days * 1440 + hours * 60 + minutes
    assert value(f"{days} days, {hours} h and {minutes} min", "min") == pytest.approx(right)
    assert value(f"{days}d{hours}h{minutes}m", "min") == pytest.approx(right)


@given(SIZES, st.sampled_from(["", "k", "M", "G", "T", "thousand", "million", "billion", "bn"]))
def test_multipliers_multiply(size: float, sign: str) -> None:
    times = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "thousand": 1e3, "million": 1e6,
             "billion": 1e9, "bn": 1e9}.get(sign, 1.0)  # fmt: skip
    for unit in ("users", "req/s"):
        assert value(f"{size!r}{sign}", unit) == pytest.approx(size * times, rel=1e-9)
        assert value(f"{size!r} {sign} {unit}", unit) == pytest.approx(size * times, rel=1e-9)


@given(st.integers(0, 10**15), st.sampled_from([",", " ", "'", "_"]))
def test_thousands_may_be_parted(number: int, parting: str) -> None:
    assert value(f"{number:,}".replace(",", parting), "users") == number


@pytest.mark.parametrize("unit", ["5", "GB/5", "a/b/c", "/", "%%", "{x}", "-"])
def test_what_is_no_unit(unit: str) -> None:
    assert unit_of(unit) is None


# What an answer is worth

RATIOS = st.floats(1e-9, 1e9)
TOLERANCES = ["0.5%", "5%", "10%", "20%", "50%", "x1.3", "x1.5", "x2", "3x", "×10"]


@given(RATIOS, st.sampled_from(TOLERANCES))
def test_half_and_double_are_as_far_off(ratio: float, tolerance: str) -> None:
    factor = factor_of(tolerance)
    assert rated(ratio, factor) == rated(1 / ratio, factor)


@given(st.floats(1e-6, 1e9), st.floats(1e-6, 1e9), st.sampled_from(TOLERANCES))
def test_two_numbers_are_as_far_from_each_other(one: float, other: float, tolerance: str) -> None:
    there, back = (
        judged(f"{typed!r} GB", *ask(right, tolerance)).rating
        for typed, right in ((one, other), (other, one))
    )
    assert there == back


@given(st.lists(st.floats(1, 1e6), min_size=2, max_size=6), st.sampled_from(TOLERANCES))
def test_farther_off_is_never_rated_better(ratios: list[float], tolerance: str) -> None:
    ratings = [rated(ratio, factor_of(tolerance)) for ratio in sorted(ratios)]
    assert all(near >= far for near, far in pairwise(ratings))


@given(st.floats(1e-6, 1e15), st.floats(0.2, 5), st.sampled_from(TOLERANCES))
def test_the_unit_that_is_typed_makes_no_difference(
    right: float, ratio: float, tolerance: str
) -> None:
    edges = (1.1, factor_of(tolerance), factor_of(tolerance) * 1.6)
    assume(all(abs(abs(math.log(ratio)) - math.log(edge)) > 1e-6 for edge in edges))
    typed = right * ratio
    asked = ask(right, tolerance)
    given_in_gb = judged(f"{typed!r} GB", *asked)
    assert judged(f"{typed!r}", *asked) == given_in_gb
    assert judged(f"{typed * 1000!r} MB", *asked).rating == given_in_gb.rating
    assert judged(f"{typed!r} users", *asked).rating == AGAIN


@pytest.mark.parametrize(
    ("tolerance", "ratio", "rating"),
    [
        ("20%", 1.0, GOOD), ("20%", 1.1, GOOD), ("20%", 1.11, HARD), ("20%", 1.2, HARD),
        ("20%", 1.21, AGAIN), ("20%", 1 / 1.1, GOOD), ("20%", 1 / 1.2, HARD), ("20%", 0.8, AGAIN),
        ("10%", 1.1, GOOD), ("10%", 1.11, AGAIN), ("5%", 1.05, GOOD), ("5%", 1.06, AGAIN),
        ("x1.5", 1.22, GOOD), ("x1.5", 1.23, HARD),
        ("x1.5", 1.5, HARD), ("x1.5", 1.51, AGAIN), ("x1.3", 1.14, GOOD), ("x1.3", 1.15, HARD),
        ("25%", 1.11, HARD), ("x2", 2.0, GOOD), ("x2", 0.5, GOOD),
        ("x2", 3.2, HARD), ("x2", 3.21, AGAIN), ("x2", 0.31, AGAIN), ("3x", 3.0, GOOD),
    ],
)  # fmt: skip
def test_where_the_ratings_part(tolerance: str, ratio: float, rating: int) -> None:
    assert rated(ratio, factor_of(tolerance)) == rating


@pytest.mark.parametrize(
    ("typed", "why", "rating"),
    [
        ("100 GB", "exact", GOOD), ("100.3", "within 0.5%", GOOD),
        ("94", "1.06 times too little", GOOD),
        ("106", "1.06 times too much", GOOD), ("85", "1.18 times too little", HARD),
        ("118", "1.18 times too much", HARD),
        ("1 TB", "10 times too much", AGAIN), ("10", "10 times too little", AGAIN),
        ("0.1 TB", "exact", GOOD), ("100 MB", "1,000 times too little", AGAIN),
        ("1e300", "more than a million times too much", AGAIN),
        ("0", "not above zero", AGAIN), ("-100", "not above zero", AGAIN),
        ("100 users", "the answer is in GB", AGAIN), ("100 GB/s", "the answer is in GB", AGAIN),
        ("dunno", "no number in it", AGAIN),
    ],
)  # fmt: skip
def test_what_is_said_of_an_answer(typed: str, why: str, rating: int) -> None:
    found = judged(typed, *ask(100.0))
    assert (found.why, found.rating) == (why, rating)


@pytest.mark.parametrize(
    ("tolerance", "typed", "why", "rating"),
    [
        ("10%", "90", "1.11 times too little", AGAIN), ("10%", "110", "1.1 times too much", GOOD),
        ("20%", "80", "1.25 times too little", AGAIN),
        ("1%", "99", "1.0101 times too little", AGAIN),
        ("x2", "320", "3.2 times too much", HARD), ("x2", "321", "3.21 times too much", AGAIN),
        ("0.1%", "100.3", "1.003 times too much", AGAIN),
    ],
)  # fmt: skip
def test_a_distance_is_said_as_it_is_judged(
    tolerance: str, typed: str, why: str, rating: int
) -> None:
    found = judged(typed, *ask(100.0, tolerance))
    assert (found.why, found.rating) == (why, rating)


@pytest.mark.parametrize(
    "typed, is_typo",
    [
        ("5 ?? 7", True),
        ("dunno", True),
        ("1e999", True),
        ("5 GB/s", False),
        ("5 users", False),
        ("5", False),
    ],
)
def test_a_slip_is_told_from_another_unit(typed: str, is_typo: bool) -> None:
    assert judged(typed, *ask(100.0)).is_typo is is_typo


@given(st.floats(1e-300, 1e300), st.floats(1e-300, 1e300))
def test_every_distance_can_be_said(typed: float, right: float) -> None:
    assert judged(f"{typed!r}", *ask(right)).why


@pytest.mark.parametrize("text", ["", "0%", "x1", "x0.5", "1.5", "-10%", "ten", "x101", "10%%"])
def test_what_is_no_tolerance(text: str) -> None:
    with pytest.raises(EstimateError) as refused:
        factor_of(text)
    assert refused.value.hint

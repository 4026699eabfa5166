"""Laws of the study day in zones with and without summer time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decks.errors import DataError
from srs.days import Calendar, iso_day, iso_instant

# None of these has crossed the date line since 1991, which would skip a whole day.
ZONES = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kathmandu",
         "Pacific/Auckland", "Pacific/Pago_Pago", "America/Sao_Paulo",
         "Africa/Casablanca"]  # fmt: skip
CALENDARS = st.builds(Calendar, st.sampled_from(ZONES), st.integers(0, 23))
DAYS = st.integers(8_000, 30_000)  # 1991 to 2052
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(CALENDARS, DAYS)
def test_a_day_begins_where_it_says(calendar: Calendar, day: int) -> None:
    start_ms = calendar.start_ms(day)
    assert calendar.day_of(start_ms) == day
    assert calendar.day_of(start_ms - 1) < day


@given(CALENDARS, DAYS)
def test_days_follow_one_another(calendar: Calendar, day: int) -> None:
    hours = (calendar.start_ms(day + 1) - calendar.start_ms(day)) / 3_600_000
    assert 22.5 <= hours <= 25.5


@given(CALENDARS, st.integers(700_000_000_000, 2_500_000_000_000))
def test_the_day_is_the_local_date_until_the_rollover(calendar: Calendar, at_ms: int) -> None:
    local = (EPOCH + timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(calendar.zone))
    date = local.date() - timedelta(days=local.hour < calendar.rollover_hour)
    assert calendar.day_of(at_ms) == (date - EPOCH.date()).days


def test_the_system_zone_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        for at_ms in (1_772_438_400_000, 1_782_000_000_000):
            named = Calendar("America/New_York")
            assert Calendar().day_of(at_ms) == named.day_of(at_ms)
            assert Calendar().offset_min(at_ms) == named.offset_min(at_ms)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_an_unknown_zone_is_named() -> None:
    for zone in ("Mars/Olympus", "../etc/passwd", "Europe", "Nowhere"):
        with pytest.raises(DataError, match="no time zone"):
            Calendar(zone).day_of(0)


def test_iso() -> None:
    assert iso_day(0) == "1970-01-01"
    assert iso_day(20_514) == "2026-03-02"
    assert iso_instant(1_772_438_400_007) == "2026-03-02T08:00:00.007Z"

"""Settings: what is allowed, how a wrong one is named, how a file kept by hand is changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decks.errors import DataError, UsageError
from srs.settings import KEYS, Settings, decode, get_text
from srs.settings_file import with_value

BY_HAND = """\
# mine
new_per_day = 5  # few

learning_steps = [
  "1m",  # first
  "1h",
]
zone = "Europe/Berlin"
"""


def test_defaults_and_a_file() -> None:
    assert decode("") == Settings()
    found = decode(BY_HAND)
    assert (found.new_per_day, found.learning_steps_s) == (5, (60, 3600))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("new_per_dya = 3", 1, "unknown key new_per_dya"),
        ("\nnew_per_day = -1", 2, "0 to 100000"),
        ("new_per_day = true", 1, "whole number"),
        ("desired_retention = 0.99", 1, "0.70 to 0.97"),
        ("learning_steps = ['soon']", 1, "1m"),
        ("learning_steps = '1m'", 1, "1m"),
        ("learning_steps = ['0m']", 1, "1s to 365d"),
        ("zone = 'Mars/Olympus'", 1, "Europe/Berlin"),
        ("maximum_interval = 36501", 1, "1 to 36500"),
        ("rollover_hour = 24", 1, "0 to 23"),
        ("[table]\nx = 1", 1, "unknown key table"),
        ("new_per_day =", 1, "not TOML"),
        ("new_per_day = " + "1" * 5_000, 1, "not TOML"),
        ("theme = " + "[" * 5_000, 1, "not TOML"),
        ("theme = 'blue'", 1, "auto, dark, light, plain"),
        ("typed = 1", 1, "true or false"),
        ("leech_action = 'burn'", 1, "suspend, tag"),
        ("leech_lapses = -1", 1, "0 to 1000"),
    ],
)
def test_a_wrong_setting_is_named(text: str, line: int, said: str) -> None:
    with pytest.raises(DataError) as caught:
        decode(text)
    assert caught.value.line == line
    assert said in caught.value.message + caught.value.hint


VALUES = st.one_of(
    st.tuples(st.just("desired_retention"), st.floats(0.7, 0.97).map(repr)),
    st.tuples(st.just("new_per_day"), st.integers(0, 100_000).map(str)),
    st.tuples(st.just("rollover_hour"), st.integers(0, 23).map(str)),
    st.tuples(st.just("maximum_interval"), st.integers(1, 36_500).map(str)),
    st.tuples(
        st.sampled_from(["typed", "prerequisites_first"]), st.sampled_from(["true", "false"])
    ),
    st.tuples(st.just("theme"), st.sampled_from(["dark", '"light"', "plain", "auto"])),
    st.tuples(st.just("leech_action"), st.sampled_from(["tag", "suspend"])),
    st.tuples(st.just("zone"), st.sampled_from(["Europe/Berlin", "Asia/Tokyo", '"UTC"'])),
    st.tuples(
        st.sampled_from(["learning_steps", "relearning_steps"]),
        st.sampled_from(["1m 10m", "10m,1d", '["90s"]', "", "[]"]),
    ),
)


@given(st.lists(VALUES, max_size=6))
def test_a_change_reads_back_and_leaves_the_rest(changes: list[tuple[str, str]]) -> None:
    text = BY_HAND
    for key, typed in changes:
        before = decode(text)
        text = with_value(text, key, typed)
        after = decode(text)
        for other in KEYS:
            if other != key:
                assert get_text(after, other) == get_text(before, other)
        alone = decode(with_value("", key, typed))
        assert get_text(after, key) == get_text(alone, key)
    assert text.startswith("# mine\n")


@pytest.mark.parametrize(
    ("key", "typed"), [("nope", "1"), ("new_per_day", "many"), ("zone", "Nowhere"), ("zone", "1")]
)
def test_a_wrong_change_is_refused(key: str, typed: str) -> None:
    with pytest.raises(UsageError):
        with_value(BY_HAND, key, typed)
    with pytest.raises(DataError):
        with_value("broken = = 1", "new_per_day", "3")

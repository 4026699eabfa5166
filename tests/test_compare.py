"""The typed answer against the expected words."""

from __future__ import annotations

import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srs.cli.compare import Piece, compare, is_match

SIGNS = st.sampled_from("aabbcde ABÉé ßäﬁ²  012 .,!?'\"()/-–−%+<=\n\t中文😀")
TEXTS = st.text(SIGNS, max_size=80)
SPOKEN = st.lists(
    st.sampled_from(["the", "feature", "store", "keeps", "one", "Store,", "(one)", "stores", "0.5"])
)


def told(pieces: tuple[Piece, ...]) -> str:
    """Pieces as one line: -wrong-, +missing+."""
    marks = {"same": "", "wrong": "-", "missing": "+"}
    return "".join(f"{marks[kind]}{text}{marks[kind]}" for text, kind in pieces)


def typed_of(pieces: tuple[Piece, ...]) -> str:
    return " ".join("".join(text for text, kind in pieces if kind != "missing").split())


def expected_of(pieces: tuple[Piece, ...]) -> str:
    return "".join(text for text, kind in pieces if kind != "wrong")


@pytest.mark.parametrize(
    ("typed", "expected", "shown"),
    [
        ("Offline Store", "offline store", "Offline Store"),
        ("the online store", "offline store", "-the- o-n-+ff+line store"),
        ("featur store", "feature store", "featur+e+ store"),
        ("offline", "offline store", "offline +store+"),
        ("a big store", "a store", "a -big- store"),
        ("", "offline store", "+offline store+"),
        ("offline store", "", "-offline store-"),
        ("point in time", "point-in-time", "point in time"),
        ("drift - covariate", "covariate drift", "+covariate+ drift - -covariate-"),
        ("  two\n\nlines ", "two lines", "two lines"),
        ("xyz", "abc", "-xyz- +abc+"),
        ("0.5", "5", "-0.5- +5+"),
    ],
)
def test_what_is_shown(typed: str, expected: str, shown: str) -> None:
    assert told(compare(typed, expected)) == shown


@pytest.mark.parametrize(
    ("typed", "expected", "same"),
    [
        ("The Online-Store.", "the online store", True),
        ("ﬁne", "fine", True),
        ("STRASSE", "Straße", True),
        ("dataset", "data set", True),
        ("cafe\u0301", "café", True),
        ("10–20", "10-20", True),
        ("−2", "-2", True),
        ("(0.5)", "0.5", True),
        ("about 10%.", "about 10%", True),
        ("0.5", "5", False),
        ("0.5", "05", False),
        ("-2", "2", False),
        ("10-20", "1020", False),
        ("10%", "10", False),
        ("1/3", "13", False),
        ("<", ">", False),
        ("!", "?", False),
        ("", "", True),
        ("", "...", False),
    ],
)
def test_what_matches(typed: str, expected: str, same: bool) -> None:
    assert is_match(typed, expected) is same
    assert is_match(expected, typed) is same


@given(st.text(max_size=80) | TEXTS, st.text(max_size=80) | TEXTS)
def test_the_typed_text_is_all_there(typed: str, expected: str) -> None:
    assert typed_of(compare(typed, expected)) == " ".join(typed.split())


@given(TEXTS | SPOKEN.map(" ".join), TEXTS | SPOKEN.map(" ".join))
def test_the_expected_words_are_all_there(typed: str, expected: str) -> None:
    assert words_of(expected_of(compare(typed, expected))) == words_of(expected)


def words_of(text: str) -> str:
    """The letters and digits of a text, as they are compared."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in text if sign.isalnum())


@given(st.text(max_size=80) | TEXTS)
def test_a_text_is_the_same_as_itself(text: str) -> None:
    assert {kind for _, kind in compare(text, text)} <= {"same"}
    assert is_match(text, text)


@given(SPOKEN, SPOKEN)
def test_only_a_match_has_no_mistake(typed: list[str], expected: list[str]) -> None:
    ours, theirs = " ".join(typed), " ".join(expected)
    assert is_match(ours, theirs) == ({kind for _, kind in compare(ours, theirs)} <= {"same"})


@given(TEXTS, TEXTS)
def test_pieces_are_not_cut_up(typed: str, expected: str) -> None:
    pieces = compare(typed, expected)
    assert all(text for text, _ in pieces)
    assert all(a.kind != b.kind for a, b in pairwise(pieces))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("a b " * 2500, "b a c " * 1600),
        ("abcdefghij" * 1000, "jihgfedcba" * 1000),
        (" ".join("abcdefghijklmnopqrstuvwxyz"[n % 26:] * 2 for n in range(300)),
         " ".join("zyxwvutsrqponmlkjihgfedcba"[n % 26:] * 2 for n in range(300))),
    ],
)  # fmt: skip
def test_long_texts_end(typed: str, expected: str) -> None:
    began = time.process_time()
    pieces = compare(typed, expected)
    assert time.process_time() - began < 10  # hours, were it not bounded
    assert typed_of(pieces) == typed.strip()

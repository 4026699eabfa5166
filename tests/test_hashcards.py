"""Decks of hashcards: its cards, without its faults, and the history that it keeps of them."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decks.cards import card_keys, face
from decks.dialects import hashcards_history
from decks.dialects.base import NO_SIGNS, DeckText
from decks.dialects.brackets import gapped, spots
from decks.dialects.hashcards import DIALECT, Known
from decks.dialects.hashcards_history import digest, guarded, read
from decks.history import Past
from decks.lines import split
from decks.manner import Manner, Reader
from decks.model import Note, NoteKind, Parsed, Severity
from decks.spans import protected

QUICK = settings(max_examples=300)


def parse(text: str, around: object = None) -> Parsed:
    parsed = DIALECT.parse(DeckText(text, "cards/f.md", "f.md", "f", around=around))
    assert len(parsed.fates) == len(split(text))
    return parsed


def deck(text: str) -> Parsed:
    return parse(dedent(text).strip("\n"))


def sides(parsed: Parsed) -> list[tuple[str, str]]:
    return [(note.front, note.back) for note in parsed.notes]


def words(parsed: Parsed, severity: Severity = Severity.ERROR) -> list[tuple[int, str]]:
    found = (problem for problem in parsed.problems if problem.severity is severity)
    return [(problem.place.line, problem.message) for problem in found]


# Where a card ends


def test_an_answer_goes_on_until_the_next_tag() -> None:
    parsed = deck("""
        Q: List the PGM minerals,
        in any order.
        A:

        - ruthenium
          - a nested one

        > a quotation

        Last words.

        Q: Next?
        A: Yes.
        C: The [order] of a group is [the cardinality of its underlying set].
    """)
    back = "- ruthenium\n  - a nested one\n\n> a quotation\n\nLast words."
    assert sides(parsed)[:2] == [
        ("List the PGM minerals,\nin any order.", back),
        ("Next?", "Yes."),
    ]
    assert len(card_keys("cloze", parsed.notes[2].front)) == 2
    assert not parsed.problems


def test_a_heading_inside_an_answer_stays_and_one_between_cards_does_not() -> None:
    parsed = deck("""
        # The deck

        Q: Which steps?
        A: Two of them.

        ### First
        Wash.

        ### Second
        Dry.

        ## Another part

        <!-- to be done -->
        Q: Which part?
        A: This one.
    """)
    assert sides(parsed) == [
        ("Which steps?", "Two of them.\n\n### First\nWash.\n\n### Second\nDry."),
        ("Which part?", "This one."),
    ]
    assert parsed.fates == "ppccccccccppppcc"


def test_prose_below_a_heading_that_parts_cards_elsewhere_is_no_answer() -> None:
    parsed = deck("""
        ## One
        Q: a
        A: b

        ## Two
        Some words on the second part.

        Q: c
        A: d
    """)
    assert sides(parsed) == [("a", "b"), ("c", "d")]
    assert words(parsed, Severity.NOTE)[0][0] == 5


def test_a_comment_of_a_program_is_no_heading() -> None:
    text = (
        "# Shell\n\nQ: How?\nA: Run\n\n# first this\nmake\n# then that\nmake install\n\nQ: b\nA: c"
    )
    assert sides(parse(text))[0][1] == "Run\n\n# first this\nmake\n# then that\nmake install"


def test_an_answer_that_is_a_heading_is_kept() -> None:
    assert sides(parse("Q: a\nA:\n\n# b\n\nQ: c\nA: d")) == [("a", "# b"), ("c", "d")]
    assert sides(parse("Q: a\nA: so:\n# b\nQ: c\nA: d"))[0] == ("a", "so:\n# b")


def test_a_rule_ends_a_card_and_what_follows_is_prose() -> None:
    parsed = parse("Q: foo\nA: bar\n  ---  \nwords\n---\n---\nC: [foo]\n---")
    assert sides(parsed) == [("foo", "bar"), ("[foo]", "")]
    assert parsed.fates == "ccppppcp"


def test_a_rule_between_question_and_answer_costs_nothing() -> None:
    assert sides(parse("Q: foo\n\n---\n\nA: bar")) == [("foo", "bar")]


def test_a_text_with_a_gap_between_rules_is_reported() -> None:
    parsed = parse("Q: foo\nA: bar\n\n---\n\nI'm a [mistake]!\n\n---\n\nplain\n\nno [mistake]\n")
    assert words(parsed) == [(6, "a text with a gap, but without C:")]


def test_code_is_never_markup() -> None:
    fence = "```yaml\n---\nQ: no\nA: no\nC: [no]\n---\n```"
    assert sides(parse(f"Q: a\nA: b\n\n{fence}\n\nc\n\nQ: d\nA: e")) == [
        ("a", f"b\n\n{fence}\n\nc"),
        ("d", "e"),
    ]


def test_what_the_original_dies_of_is_reported_and_the_rest_is_read() -> None:
    parsed = deck("""
        A: lone

        Q: one
        Q: two
        C: no gap here
        Q: three
        A:

        C: [four]
        A: too much
        Q: five
        A: six
        A: seven
        Q: eight
    """)
    assert words(parsed) == [
        (1, "answer without a question"),
        (3, "question without an answer"),
        (4, "question without an answer"),
        (5, "cloze card without a gap"),
        (6, "empty answer"),
        (10, "answer without a question"),
        (14, "question without an answer"),
    ]
    assert sides(parsed) == [("[four]", ""), ("five", "six\nA: seven")]
    assert words(parsed, Severity.NOTE) == [(13, "another A: in the answer: both were kept as one")]


def test_near_misses_are_reported() -> None:
    parsed = parse("**Q:** a\nA: b\n\n  Q: c\nmore\n\nq: d\n")
    assert [line for line, _ in words(parsed)] == [1, 2, 4, 7]
    assert not parsed.notes


def test_front_matter_of_both_kinds_and_a_byte_order_mark() -> None:
    toml = parse('---\nname = "Cell Biology"\nother = [1,\n2]\n---\n\nQ: a\nA: b\n')
    yaml = parse("\ufeff---\r\nname: Cell Biology\r\ntags: [x]\r\n---\r\nQ: a\r\nA: b\r\n")
    assert {note.deck for note in toml.notes + yaml.notes} == {"Cell Biology"}
    assert yaml.notes[0].tags == ("x",)
    assert not toml.problems + yaml.problems
    assert parse("---\n---\n\nQ: a\nA: b").notes[0].deck == "f"


def test_front_matter_that_never_closes_is_reported() -> None:
    parsed = parse('---\nname = "x"\n\nQ: a\nA: b')
    assert len(parsed.notes) == 1
    assert parsed.fates == "sppcc"


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# Read me\n\nWords [so](x).\n\n```\nQ: a\nA: b\n```\n"]
)
def test_files_without_cards_are_prose(text: str) -> None:
    assert parse(text) == Parsed((), (), "p" * len(split(text)))


# Gaps


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("[foo]\n[bar]\nbaz.", ["foo", "bar"]),
        ("Foo [bar] ![](image.jpg) [quux].", ["bar", "quux"]),
        (r"Key: [`\[`]", ["`[`"]),
        (r"\[markdown\] [`\[cloze\]`]", ["`[cloze]`"]),
        ("— [Ecclesiastes] [6]:[9]", ["Ecclesiastes", "6", "9"]),
        ("[a][b] and [c]", ["a", "b", "c"]),
        ("The notation [$n!$] means", ["$n!$"]),
        (r"`a[0]`, $\xrightarrow[n]{p}$, [the paper](url)[^1]: [yes]", ["yes"]),
        ("- [ ] task\n- [x] done\n- [yes] so", ["yes"]),
        ("half open [0, 1) and [yes]", ["yes"]),
        ("[outer [inner] words]", ["inner"]),
        ("==no== {{c1::no}} [yes]", ["yes"]),
        (r"\[ no [yes] no \]", ["yes"]),
        ("[std::vector] and [a :: b]", ["std::vector", r"a :\: b"]),
        ("[two\n\nparagraphs]", ["two\n\nparagraphs"]),
        ("[text][ref] and [yes]\n\n[ref]: https://example.org", ["yes"]),
        ("see [[wiki]]", ["wiki"]),
        ("run `git [commit] -m [so]`", ["`commit`", "`so`"]),
        ("$E = [mc^2]$", ["$mc^2$"]),
        (r"$\frac{[a]}{b}$", [r"$\frac{a}{b}$"]),
    ],
)
def test_only_gaps_are_gaps(text: str, hidden: list[str]) -> None:
    note = parse(f"C: {text}").notes[0]
    backs = [face("cloze", note.front, "", key) for key in card_keys("cloze", note.front)]
    assert [back.back.partition("**")[2].partition("**")[0] for back in backs] == hidden


@pytest.mark.parametrize("text", ["[the paper](url)", "[^1]", "[ ]", "[]", "![x](y.png)", "x"])
def test_a_text_without_a_gap_is_no_card(text: str) -> None:
    parsed = parse(f"C: {text}\n\nQ: a\nA: b")
    assert sides(parsed) == [("a", "b")]
    assert words(parsed) == [(1, "cloze card without a gap")]


def test_positions_are_those_of_the_original() -> None:
    """The vectors are of its own tests: first and last byte in the text without brackets."""
    for text, bare, found in (
        ("Foo [bar] baz [quux].", "Foo bar baz quux.", [(4, 6), (12, 15)]),
        (
            "Foo [bar] ![](image.jpg) [quux].",
            "Foo bar ![](image.jpg) quux.",
            [(4, 6), (23, 26)],
        ),
        (r"Key: [`\[`]", "Key: `[`", [(5, 7)]),
        (r"\[markdown\] [`\[cloze\]`]", "[markdown] `[cloze]`", [(11, 19)]),
        ("[foo]\n[bar]\nbaz.", "foo\nbar\nbaz.", [(0, 2), (4, 6)]),
        (
            "Build it in Lisp.\n\n— [Paul Graham], [_Painters_]",
            "Build it in Lisp.\n\n— Paul Graham, _Painters_",
            [(23, 33), (36, 45)],
        ),
    ):
        assert spots(text, escapes=True)[0] == bare
        assert [tuple(spot) for spot in spots(text, escapes=True)[1].values()] == found


# History

_SCHEMAS = {
    "oldest": ("added_at text not null", ""),
    "older": (
        "added_at text not null, stability real, difficulty real, due_date text,"
        " review_count integer not null",
        "",
    ),
    "newest": (
        "added_at text not null, last_reviewed_at text, stability real, difficulty real,"
        " interval_raw real, interval_days integer, due_date text, review_count integer not null",
        "interval_raw real not null, interval_days integer not null,",
    ),
}


def database(path: Path, schema: str = "newest") -> sqlite3.Connection:
    cards, reviews = _SCHEMAS[schema]
    made = sqlite3.connect(path)
    made.executescript(f"""
        pragma foreign_keys = on;
        create table cards (card_hash text primary key, {cards}) strict;
        create table sessions (session_id integer primary key, started_at text not null,
            ended_at text not null) strict;
        create table reviews (review_id integer primary key, session_id integer not null
            references sessions (session_id) on update cascade on delete cascade,
            card_hash text not null references cards (card_hash)
            on update cascade on delete cascade, reviewed_at text not null, grade text not null,
            stability real not null, difficulty real not null, {reviews}
            due_date text not null) strict;
        insert into sessions values (1, 'then', 'then');
    """)
    return made


def know(path: Path, *contents: bytes) -> Known:
    """A database in which each of these cards was answered twice."""
    with closing(database(path / "hashcards.db")) as made, made:
        for number, content in enumerate(contents):
            card = digest(content)
            made.execute(
                "insert into cards values (?, 'x', '2026-01-03T10:00:00.500', 3.5, 5.25, 3.6, 4,"
                " ?, 2)",
                (card, f"2026-02-{number + 1:02}"),
            )
            for at, grade in (("2026-01-03T10:00:00.500", "good"), ("2026-01-02T09:00:00", "hard")):
                made.execute(
                    "insert into reviews values (null, 1, ?, ?, ?, 1, 5, 1, 1, '2026-01-05')",
                    (card, at, grade),
                )
    known = read(str(path))
    assert isinstance(known, Known)
    return known


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def ms(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type]


def cloze(bare: str, first: int, last: int) -> bytes:
    return b"Cloze" + bare.encode() + first.to_bytes(8, "little") + last.to_bytes(8, "little")


def test_the_hash_is_that_of_the_original() -> None:
    known = "4878ca0425c739fa427f7eda20fe845f6b2e46ba5fe2a14df5b1e32f50603215"
    assert digest(b"test") == known


@pytest.mark.usefixtures("berlin")
def test_answers_and_the_day_when_it_is_due_come_along(tmp_path: Path) -> None:
    known = know(tmp_path, b"BasicWhat?This.", cloze("für dich", 0, 3), cloze("für dich", 5, 8))
    parsed = parse("Q: What?  \nA: This.\n\nQ: new\nA: new\n\nC: [für] [dich]\n", known)
    first, second, third = parsed.notes
    past = first.pasts[0]
    assert past
    assert [(one.at_ms, one.rating) for one in past.reviews] == [
        (ms(2026, 1, 2, 8), 2),
        (ms(2026, 1, 3, 9) + 500, 3),
    ]
    standing = past.standing
    assert standing
    assert standing.due_day == (date(2026, 2, 1) - date(1970, 1, 1)).days
    assert (standing.phase, standing.stability_days, standing.difficulty) == ("review", 3.5, 5.25)
    assert (standing.interval_days, standing.reps) == (4, 2)
    assert standing.last_ms == past.reviews[-1].at_ms
    assert second.pasts == ()
    assert [past and past.standing and past.standing.due_day for past in third.pasts] == [
        standing.due_day + 1,
        standing.due_day + 2,
    ]


def test_a_bogus_gap_between_others_takes_no_history_along(tmp_path: Path) -> None:
    bare = "a x(y) b `c0` d"  # version 0.4 takes the brackets of links and code for gaps
    known = know(tmp_path, cloze(bare, 2, 2), cloze(bare, len(bare) - 1, len(bare) - 1))
    note = parse("C: a [x](y) b `c[0]` [d]", known).notes[0]
    assert len(note.pasts) == 1
    assert note.pasts[0]
    assert (
        note.pasts[0].standing
        == known.pasts[digest(cloze(bare, len(bare) - 1, len(bare) - 1))].standing
    )


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (r"\[a\] [b]", cloze("[a] b", 4, 4)),
        (r"\[a\] [b]", cloze("\\a\\ b", 4, 4)),  # before it knew backslashes
        ("run `git [commit]`", cloze("run `git commit`", 9, 14)),
        (r"$\frac{[a]}{b}$", cloze(r"$\frac{a}{b}$", 7, 7)),
        ("see [[wiki]]", cloze("see wiki", 4, 7)),
    ],
)
def test_gaps_are_known_by_their_place(tmp_path: Path, text: str, content: bytes) -> None:
    pasts = parse(f"C: {text}", know(tmp_path, content)).notes[0].pasts
    assert len(pasts) == 1
    assert pasts[0]


def test_what_was_glued_to_an_answer_is_hashed_with_it(tmp_path: Path) -> None:
    known = know(tmp_path, b"Basicab\n\n## Part\n\n<!-- c -->", b"Basiccd")
    parsed = parse("Q: a\nA: b\n\n## Part\n\n<!-- c -->\n\nQ: c\nA: d\n\n## End\n", known)
    assert [bool(note.pasts and note.pasts[0]) for note in parsed.notes] == [True, True]


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize("schema", ["oldest", "older"])
def test_older_databases_tell_as_much(tmp_path: Path, schema: str) -> None:
    with closing(database(tmp_path / "hashcards.db", schema)) as made, made:
        card = digest(b"Basicab")
        values = (card, "x") if schema == "oldest" else (card, "x", None, None, None, 0)
        made.execute(f"insert into cards values ({', '.join('?' * len(values))})", values)
        made.execute(
            "insert into reviews values (null, 1, ?, '2025-10-04T17:09:51.517123456+00:00',"
            " 'forgot', 0.4, 7.5, '2025-10-05')",
            (card,),
        )
    (past,) = parse("Q: a\nA: b", read(str(tmp_path))).notes[0].pasts
    assert past
    assert past.standing
    assert past.reviews[0] == (ms(2025, 10, 4, 17, 9, 51) + 517, 1, None)
    assert (past.standing.due_day, past.standing.stability_days) == (20366, 0.4)


def test_a_card_that_was_never_answered_has_no_past(tmp_path: Path) -> None:
    with closing(database(tmp_path / "hashcards.db", "older")) as made, made:
        made.execute("insert into cards values ('aa', 'x', null, null, null, 0)")
    found = read(str(tmp_path))
    assert found
    assert dict(found.pasts) == {}
    assert not found.fault


def test_the_database_of_a_folder_above_is_found_and_left_alone(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert DIALECT.look_around(str(below)) is None
    known = know(tmp_path, b"Basicab")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()}
    assert DIALECT.look_around(str(below)) == known
    with closing(sqlite3.connect(tmp_path / "hashcards.db")) as made:
        made.execute("pragma journal_mode = wal")
    assert DIALECT.look_around(str(below)) == known
    assert before.keys() == {file.name for file in tmp_path.iterdir() if file.is_file()}


def test_rows_in_the_log_of_an_open_database_are_read_and_nothing_is_left(tmp_path: Path) -> None:
    """hashcards is open beside us: its last rows are not in the database file yet."""
    known = know(tmp_path, b"Basicab")
    with closing(sqlite3.connect(tmp_path / "hashcards.db", isolation_level=None)) as made:
        made.execute("pragma journal_mode = wal")
        made.execute("pragma wal_autocheckpoint = 0")
        made.execute("update cards set card_hash = ?", (digest(b"Basiccd"),))
        made.execute("update reviews set card_hash = ?", (digest(b"Basiccd"),))
        before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
        assert "hashcards.db-wal" in before
        later = read(str(tmp_path))
        assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert later
    assert (later.fault, later.pasts.keys()) == ("", {digest(b"Basiccd")})
    assert later.pasts[digest(b"Basiccd")] == known.pasts[digest(b"Basicab")]


def test_tables_that_stand_only_in_the_log_are_there(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "hashcards.db", isolation_level=None)) as made:
        made.execute("pragma journal_mode = wal")
        made.execute("create table cards (card_hash, due_date, stability, difficulty)")
        made.execute("create table reviews (card_hash, reviewed_at, grade)")
        made.execute("insert into cards values ('aa', '2026-01-01', 3.0, 5.0)")
        found = read(str(tmp_path))
    assert found
    assert (found.fault, list(found.pasts)) == ("", ["aa"])


def test_a_log_that_cannot_be_copied_asks_to_close_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(tmp_path, b"Basicab")
    with closing(sqlite3.connect(tmp_path / "hashcards.db", isolation_level=None)) as made:
        made.execute("pragma journal_mode = wal")
        made.execute("delete from cards")
        monkeypatch.setattr(hashcards_history, "_MOST_BYTES", 8_000)
        known = read(str(tmp_path))
    (problem,) = parse("Q: a\nA: b", known).problems
    assert problem.message.startswith("no history: hashcards.db is larger than")
    assert problem.hint == "close hashcards, then import again"


def test_a_database_that_is_none_is_said_once_for_each_file_with_cards(tmp_path: Path) -> None:
    (tmp_path / "hashcards.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    known = read(str(tmp_path))
    parsed = parse("Q: a\nA: b", known)
    assert [note.pasts for note in parsed.notes] == [()]
    assert words(parsed, Severity.NOTE)[0][1].startswith("no history: hashcards.db cannot be read")
    assert not parse("prose", known).problems


def test_nothing_in_the_file_runs(tmp_path: Path) -> None:
    """A view in place of a table, generated columns and endless queries are refused."""
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select"
    for name, sql in (
        ("view", f"create view reviews as {endless} i as card_hash from n"),
        ("column", "create table reviews (card_hash, grade as (lower(card_hash)))"),
        ("virtual", "create virtual table reviews using fts5(card_hash, grade)"),
        ("missing", "create table other (a)"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        with closing(sqlite3.connect(folder / "hashcards.db")) as made, made:
            made.execute("create table cards (card_hash text, due_date text)")
            made.execute(sql)
            made.execute("insert into cards values ('aa', '2026-01-01')")
            if name == "column":
                made.execute("insert into reviews values ('aa')")
        found = read(str(folder))
        assert found
        assert found.fault, name
        assert not found.pasts


def test_only_its_two_tables_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "hashcards.db"
    know(tmp_path, b"x")
    with closing(guarded(path)) as opened:
        assert opened.execute("select due_date from cards").fetchall()
        for sql in (
            "select * from sessions",
            "select hex(card_hash) from cards",
            f"attach '{tmp_path / 'other.db'}' as other",
            "pragma query_only = off",
            "delete from cards",
            "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n",
        ):
            with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|prohibited"):
                opened.execute(sql).fetchall()


def test_odd_rows_cost_only_themselves(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "hashcards.db")) as made, made:
        made.execute("create table cards (card_hash, due_date, stability, last_reviewed_at)")
        made.execute("create table reviews (card_hash, reviewed_at, grade)")
        made.executemany(
            "insert into cards values (?, ?, ?, ?)",
            [("a", "2026-01-01", "much", 7), ("b", "never", 1e300, "x"), (None, None, None, None)],
        )
        made.executemany(
            "insert into reviews values (?, ?, ?)",
            [
                ("a", "0001-01-01T00:00:00", "good"),
                ("b", "9999-12-31T23:59:59", "odd"),
                ("b", 3, 4),
            ],
        )
    found = read(str(tmp_path))
    assert found
    assert not found.fault
    assert found.pasts["a"].standing
    assert found.pasts["a"].standing.due_day == 20454
    assert "b" not in found.pasts


def test_a_directory_or_a_pipe_of_that_name_is_none(tmp_path: Path) -> None:
    (tmp_path / "a" / "hashcards.db").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b" / "hashcards.db")
    assert read(str(tmp_path / "a")) is read(str(tmp_path / "b")) is None
    assert read("/no/such\0folder") is None


# Signs


def signs(text: str, around: object = None) -> int:
    return DIALECT.signs(DeckText(text, "f.md", "f.md", "f", around=around)).cards


def test_signs_are_a_database_or_a_name_in_toml_beside_cards(tmp_path: Path) -> None:
    cards = "Q: a\nA: b\n\nC: [c]\n"
    assert DIALECT.signs(DeckText(cards, "f.md", "f.md", "f")) == NO_SIGNS
    assert signs(f'---\nname = "x"\n---\n{cards}') == 3
    assert signs(cards, know(tmp_path, b"x")) == 3
    for text in (
        f"---\nname: x\n---\n{cards}",
        f'---\ndeck = "x"\n---\n{cards}',
        f"---\nname = 'x'\n---\n{cards}Why: so\n",
        "---\nname = 'x'\n---\nWords.\n",
    ):
        assert signs(text) == 0, text


# Laws

_LINES = [
    *("Q: a", "Q:", "A: b", "A:", "C: x [y] z", "C:", "C: none", "---", "", " ", "# h", "## h"),
    *("```", "~~~ x", "<!-- c", "-->", "<!-- c -->", "**Q:** x", "  A: in", "[g](u) `[c]`", "\0"),
    *("---\nname = 'd'\n---", "> quote", "- item", "a::b", "a :: b", "> sources: x", "C: [[["),
    *(r"\[a\] $[x]$ [[w]] [^1]", "C: `a [b]` $c [d]_e$", "+++", "]]]"),
]
_LINE = st.one_of(
    st.sampled_from(_LINES), st.text(alphabet="QAC:[]`$\\!()-#<> \n\ta:", max_size=12)
)
_TEXTS = st.lists(_LINE, max_size=14).map("\n".join)
_PHRASE = st.text(alphabet="ab, .é*_", min_size=1, max_size=12).filter(lambda text: text.strip())
_BODY = st.lists(
    st.one_of(_PHRASE, st.just(""), st.just("- item"), st.just("> q"), st.just("```\nQ: x\n```")),
    min_size=1,
    max_size=4,
).map(lambda lines: "\n".join(line.rstrip() for line in lines).strip())


@QUICK
@given(st.one_of(_TEXTS, st.text(max_size=60)))
def test_any_text_is_read_and_accounted_for(text: str) -> None:
    parsed = parse(text)
    assert set(parsed.fates) <= set("cps")
    for note in parsed.notes:
        assert parsed.fates[note.place.line - 1] == "c"
        assert note.front.strip()
        assert (note.kind is NoteKind.CLOZE) == (not note.back)
    for line in parsed.fates.split("s")[1:]:
        assert parsed.problems, line
    lines = split(text)
    for problem in parsed.problems:
        assert 1 <= problem.place.line <= max(len(lines), 1)


@QUICK
@given(st.text(alphabet="[]\\!`$ab(){}=:\n c1^-", max_size=40))
def test_gaps_are_among_those_of_the_original(text: str) -> None:
    front, pairs = gapped(text.strip())
    found = spots(text.strip(), escapes=True)[1]
    assert all(pair in found for pair in pairs)
    assert len(pairs) == (len(card_keys("cloze", front)) if front else 0)
    protected(front)


@QUICK
@given(
    st.lists(st.tuples(_PHRASE, _BODY), min_size=1, max_size=5, unique_by=lambda card: card[0]),
    st.sampled_from(["\n\n", "\n", "\n\n---\n\n", "\n\n# Part\n\n", "\n\n<!-- c -->\n"]),
)
def test_what_is_written_is_what_is_read(cards: list[tuple[str, str]], between: str) -> None:
    cards = [(front.strip(), back) for front, back in cards if back]
    text = between.join(f"Q: {front}\nA: {back}" for front, back in cards)
    contents = [f"Basic{front}{back}".encode() for front, back in cards]
    glued = between.strip() if between.strip() != "---" else ""
    pasts = {digest(content): Past("hashcards", suspended=True) for content in contents}
    if glued:
        for content in contents[:-1]:
            past = pasts.pop(digest(content))
            end = between.rstrip("\n")
            pasts[digest(content + end.encode())] = past
    parsed = parse(text, Known(pasts, digest))
    distinct = list(dict.fromkeys(cards))
    assert sides(parsed) == distinct
    assert all(note.pasts for note in parsed.notes)
    assert all(_is_whole(note, text) for note in parsed.notes)
    assert not words(parsed)


def _is_whole(note: Note, text: str) -> bool:
    return f"Q: {note.front}\nA: {note.back}" in text


def test_what_changes_beside_the_decks_is_noticed(tmp_path: Path) -> None:
    assert DIALECT.beside(str(tmp_path)) == ()
    (tmp_path / "hashcards.db").write_bytes(b"x")
    reader = Reader(Manner.of("hashcards"), str(tmp_path / "deeper"))
    (tmp_path / "deeper").mkdir()
    before = reader.trace()
    assert before
    (tmp_path / "hashcards.db").write_bytes(b"xy")
    assert reader.trace() != before
    assert Reader(Manner.of("native"), str(tmp_path)).trace() == b""

"""Queries where cards are selected: listing, sessions, exports, marks; and the index of words."""

from __future__ import annotations

import re
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rich.cells import cell_len

import decks
from decks.errors import UsageError
from decks.release import BUILTIN_CHANGED_MS
from srs import (
    Collection,
    Flag,
    Kind,
    Limits,
    Rating,
    Review,
    Settings,
    Wanted,
    open_collection,
    repair,
)
from srs.store import schema, search
from srs.store.connection import Busy, transaction
from srs.store.create import in_memory
from tests.program import Program

MONDAY_MS = 1_772_438_400_000  # 2026-03-02T08:00:00Z
DAY_MS = 86_400_000
HELP = Path(__file__).parent.parent / "srs" / "help" / "search.md"


def found(collection: Collection, query: str, at_ms: int = MONDAY_MS) -> list[str]:
    return [card.front for card in collection.find(Wanted(query=query), at_ms)]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Collection]:
    with Collection(in_memory(lambda _: None), str(tmp_path), Settings()) as collection:
        yield collection


def read(collection: Collection, path: Path, text: str, at_ms: int = MONDAY_MS) -> None:
    path.write_text(text)
    collection.import_files(decks.read([path]), at_ms)


# The manual


NO_QUERY = re.compile(r"srs .*|[<>=!(]+|\*|[a-z_]+:?|[A-Z]\w*:?|[a-z]+_lapses")


def terms() -> list[str]:
    """Every query of the page on searching: its code, commands and options apart."""
    text = HELP.read_text()
    shown = re.findall(r"`([^`]+)`", text.partition("## What finds take")[0])
    shown += re.findall(r"'([^']+)'", "\n".join(re.findall(r"^    .*", text, re.MULTILINE)))
    return [one for one in shown if not NO_QUERY.fullmatch(one)]


def test_each_query_of_the_manual_can_be_asked() -> None:
    asked = terms()
    assert len(asked) > 60
    with Collection(in_memory(_with_tags), "", Settings()) as collection:
        for query in asked:
            collection.find(Wanted(query=query), MONDAY_MS)


def _with_tags(connection: sqlite3.Connection) -> None:
    from srs.importing import install_builtin

    install_builtin(connection)
    connection.execute('UPDATE note SET tags = \'["latency", "intro"]\' WHERE id = 1')


def test_the_manual_knows_every_key_state_and_order() -> None:
    from srs import query, query_text
    from srs.cli.listing import ORDERS as OFFERED
    from srs.store.finding import ORDERS

    text = HELP.read_text()
    assert [key for key in query_text.KEYS if f"{key}:" not in text] == []
    assert [state for state in query.STATES if f"is:{state}" not in text] == []
    assert [
        name for name in ORDERS if f"`{name}`" not in text and f"sort {name}`" not in text
    ] == []
    assert sorted(OFFERED) == sorted(ORDERS)


# The index of words


def test_words_follow_edits_deletions_and_returns(empty: Collection, tmp_path: Path) -> None:
    path = tmp_path / "deck.md"
    read(empty, path, "Q: Gamma?\nA: one\n\nQ: Beta?\nA: two\n")
    assert found(empty, "gamm") == ["Gamma?"]
    read(empty, path, "Q: Gamma?\nA: uno\n\nQ: Beta?\nA: two\n")
    assert (found(empty, "one"), found(empty, "uno")) == ([], ["Gamma?"])
    read(empty, path, "Q: Beta?\nA: two\n")
    assert (found(empty, "uno"), found(empty, "uno is:orphan")) == ([], ["Gamma?"])
    read(empty, path, "Q: Gamma?\nA: uno\n\nQ: Beta?\nA: two\n")
    assert found(empty, "uno") == ["Gamma?"]
    assert empty.check(MONDAY_MS) == []


def test_a_note_that_is_deleted_leaves_the_index(empty: Collection, tmp_path: Path) -> None:
    read(empty, tmp_path / "deck.md", "Q: Gamma?\nA: one\n")
    assert found(empty, "gamma") == ["Gamma?"]
    connection = empty._connection
    for table in ("card_state", "card", "note"):
        connection.execute(f"DELETE FROM {table}")
    assert found(empty, "gamma") == []
    assert connection.execute("SELECT count(*) FROM note_text").fetchone() == (0,)


def test_nothing_is_written_where_nothing_changed(empty: Collection, tmp_path: Path) -> None:
    read(empty, tmp_path / "deck.md", "Q: Gamma?\nA: one\n")
    found(empty, "gamma")
    before = empty._connection.total_changes
    found(empty, "gamma or beta")
    assert empty._connection.total_changes == before


def test_words_and_dates_follow_a_merge(own: Program, tmp_path: Path) -> None:
    other = Program(tmp_path / "other")
    (tmp_path / "theirs.md").write_text("Q: What is theirs?\nA: A zebra.\n")
    other("import", str(tmp_path / "theirs.md"), now="2026-02-20T08:00:00Z")
    assert own("card", "list", "zebra", "--count").out == "0\n"
    own("import", str(tmp_path / "theirs.md"))
    assert own("card", "list", "zebra added:10", "--count").out == "1\n"
    own("merge", str(other.database))
    # It is as old as on the device where it came in first.
    with open_collection(own.home) as here:
        assert len(found(here, "zebra added:11")) == 1
        assert found(here, "zebra added:10") == []


def test_a_search_while_somebody_else_writes_says_so(tmp_path: Path) -> None:
    open_collection(tmp_path, create=True).close()
    other = sqlite3.connect(tmp_path / "collection.db", isolation_level=None)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            _search_impatiently(tmp_path)


def _search_impatiently(home: Path) -> None:
    with open_collection(home) as collection:
        collection._connection.execute("PRAGMA busy_timeout = 10")
        assert found(collection, "is:new") != []  # needs no words
        found(collection, "canary")


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM note_text WHERE rowid IN (3, 4)",
        "UPDATE note_text_content SET c1 = 'other' WHERE id = 3",
        "INSERT INTO note_text (rowid, front) VALUES (9999, 'canary')",
        "DELETE FROM note_text_config",
        "DELETE FROM note_text_data",
    ],
)
def test_an_index_out_of_step_is_found_and_made_anew(tmp_path: Path, damage: str) -> None:
    with open_collection(tmp_path, create=True) as collection:
        expected = found(collection, "canary")
        assert collection.check(MONDAY_MS) == []
        collection._connection.execute(damage)
    with open_collection(tmp_path) as collection:
        findings = [(f.check, f.severity) for f in collection.check(MONDAY_MS)]
    assert findings == [("words", "warning")]
    assert "made the index of words anew" in repair(tmp_path, MONDAY_MS).done
    with open_collection(tmp_path) as collection:
        assert found(collection, "canary") == expected != []
        assert "words" not in {finding.check for finding in collection.check(MONDAY_MS)}


def test_an_index_that_lies_is_made_anew_by_a_repair(tmp_path: Path) -> None:
    with open_collection(tmp_path, create=True) as collection:
        expected = found(collection, "canary")
        collection._connection.execute("UPDATE note_text_data SET block = zeroblob(4)")
    assert "made the index of words anew" in repair(tmp_path, MONDAY_MS).done
    with open_collection(tmp_path) as collection:
        assert found(collection, "canary") == expected


def test_the_index_can_be_remade_whatever_is_left_of_it(tmp_path: Path) -> None:
    with open_collection(tmp_path, create=True) as collection:
        connection = collection._connection
        found(collection, "canary")
        for name in ("note_text_data", "note_text_idx", "note_text_content", "note_text_config",
                     "note_unread", "note_text"):  # fmt: skip
            connection.execute(f"DROP TABLE {name}")
            with transaction(connection):
                assert name in schema.restore_missing(connection)
            assert schema.tables(connection) == schema.expected_tables()
            assert found(collection, "canary") != []
            search.verify(connection)


def test_notes_of_older_collections_have_a_date(srs: Program) -> None:
    from tests.test_migrations import stored

    database = stored(srs.home, 3)
    assert srs("card", "list", "-added:30000", "--count", now="2027-01-01T08:00:00Z").out == "0\n"
    with closing(sqlite3.connect(database)) as db:
        sql = (
            "SELECT count(*), sum(added_ms = changed_ms), sum(added_ms = first_ms) FROM note n LEFT"
            " JOIN (SELECT c.note_id, min(r.at_ms) AS first_ms FROM review_log r"
            " JOIN card c ON c.uid = r.card GROUP BY 1) ON note_id = n.id"
            " WHERE changed_ms <> ?"  # what this version of the package changed is another matter
        )
        notes, unchanged, answered = db.execute(sql, (BUILTIN_CHANGED_MS,)).fetchone()
    assert unchanged + answered == notes
    assert min(unchanged, answered) > 0


# Listing


def test_a_query_lists_what_it_finds(own: Program) -> None:
    cards = own("card", "list", "deck:Own", "tag:mine", "canary", "--json").json["cards"]
    assert [card["front"][:9] for card in cards] == ["What does", "A rollout", "A rollout"]
    ids = own("card", "list", "deck:Own -canary", "--ids").out
    assert re.fullmatch(r"[0-9a-f]{32}\n", ids)
    nothing = own("card", "list", "is:suspended")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "no card found\n")


def test_the_name_of_a_deck_lists_the_deck(own: Program) -> None:
    assert own("card", "list", "Own", "--count").out == "4\n"
    assert own("card", "list", "Own", "03-features", "--count").out != "0\n"
    assert own("card", "list", "--deck", "Own", "shadow", "--count", "--json").json["count"] == 2


def test_an_argument_of_several_words_keeps_together(own: Program) -> None:
    def ids(*words: str) -> set[str]:
        return set(own("card", "list", *words, "--ids").out.split())

    assert ids("deck:Own", "shadow or is:new") == ids("deck:Own (shadow or is:new)")
    assert ids("deck:Own", "shadow or is:new") < ids("deck:Own shadow or is:new")
    # As a shell passes on deck:"Monitoring and drift":
    assert ids("deck:monitoring and drift", "is:new") == ids("Monitoring and drift") != set()
    assert ids("-deck:Monitoring and drift").isdisjoint(ids("Monitoring and drift"))


def test_orders_and_limits(own: Program) -> None:
    words = ("card", "list", "deck:Own", "--json", "--sort")
    front = [card["front"] for card in own(*words, "front").json["cards"]]
    assert front == sorted(front, key=str.lower)
    back = [card["front"] for card in own(*words, "-front", "--limit", "2").json["cards"]]
    assert back == front[:1:-1]


MISTAKES = {
    "card list deck:Own is:suspnded": "at character 13 of: deck:Own is:suspnded",
    "review --find rated:x": "at character 7",
    "export anki --find zzz -o x.apkg": "no cards to export",
    "card suspend abc --find canary": "not both",
    "card flag --find canary pink": "orange",
    "card bury --find is:new": "--yes",
}


def test_what_cannot_be_done_is_said(own: Program) -> None:
    for words, said in MISTAKES.items():
        ran = own(*words.split())
        assert (ran.code, ran.out) == (2, ""), words
        assert said in ran.err, words


def test_a_name_that_is_not_there_says_where(empty: Collection, tmp_path: Path) -> None:
    read(empty, tmp_path / "deck.md", "---\ntags: [mine]\n---\n\nQ: Gamma?\nA: one\n")
    for query in ("deck:dekk", "tag:mien", "concept:zzz", "type:zzz"):
        with pytest.raises(UsageError) as caught:
            found(empty, f"gamma {query}")
        assert f"at character {8 + query.index(':')} of: gamma {query}" in caught.value.message
        assert found(empty, f"{query}*") == []
    with pytest.raises(UsageError) as caught:
        found(empty, "tag:mien")
    assert "did you mean mine?" in caught.value.hint


@pytest.mark.parametrize("columns", [80, 40])
def test_the_list_fits_the_terminal(
    own: Program, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)  # the terminal itself is to say
    card = own("card", "list", "Own", "--ids").out.splitlines()[0]
    own("card", "flag", card, "orange")
    screen = own.screen("card", "list", "deck:Own", columns=columns)
    text = screen.wait_for("4 cards")
    lines = [line for line in text.splitlines() if line]
    assert len(lines) == 6  # none is broken in two
    assert all(cell_len(line) <= columns for line in lines)
    assert lines[1].split()[-2:] == ["orange", "new"]
    assert screen.end() == 0


# Sessions and exports


def test_a_session_asks_what_is_found(own: Program) -> None:
    rate = {"do": "rate", "rating": "easy"}
    words = ("--find", "deck:Own (-canary or shadow)", "--new", "9")
    events = own.jsonl(*[rate] * 9, words=words).events
    fronts = [event["front"] for event in events if event["event"] == "card"]
    assert {front[:15] for front in fronts} == {"What does an **", "A rollout runs "}
    left = own.jsonl(words=("--find", "rated:1:easy", "--cram", "--tag", "mine")).events
    assert left[0]["left"] == 2


def test_a_cram_asks_suspended_cards_only_where_they_are_spoken_of(tmp_path: Path) -> None:
    with open_collection(tmp_path, create=True) as collection:
        card = collection.find(Wanted(query="canary"), MONDAY_MS)[0]
        collection.suspend(card, MONDAY_MS)
        collection.flag(collection.card(card.uid), Flag.RED, MONDAY_MS)
        counts = {}
        for query in ("canary is:suspended", "canary", "flag:red", "canary flag:none"):
            review = Review(
                collection, lambda: MONDAY_MS, wanted=Wanted(query=query), limits=Limits(),
                cram=True,
            )  # fmt: skip
            counts[query] = review.left
        canaries = len(collection.find(Wanted(query="canary"), MONDAY_MS))
    assert counts == {
        "canary is:suspended": 1, "canary": canaries - 1, "flag:red": 1,
        "canary flag:none": canaries - 1,
    }  # fmt: skip


def test_an_export_holds_the_notes_of_which_a_card_is_found(own: Program, tmp_path: Path) -> None:
    card = next(
        card["card"] for card in own("card", "list", "shadow deck:Own", "--json").json["cards"]
    )
    out = str(tmp_path / "x.apkg")
    words = ("export", "anki", "-o", out, "--force", "--json", "--find")
    told = own(*words, f"card:{card}").json
    assert (told["notes"], told["cards"]) == (1, 2)
    told = own(*words, "canary", "Own").json
    assert (told["notes"], told["cards"]) == (2, 3)


# Marks


def test_marks_of_what_is_found_are_one_act(own: Program) -> None:
    count = ("card", "list", "is:suspended", "--count")
    own("card", "suspend", own("card", "list", "deck:Own shadow", "--ids").out.split()[0])
    shown = own("card", "suspend", "--find", "deck:Own", "--dry-run")
    assert "They would be suspended. Nothing was changed." in shown.out
    assert (shown.out.count("new"), own(*count).out) == (3, "1\n")  # one is so already
    ran = own("card", "suspend", "--find", "deck:Own", "--json")
    assert len(ran.json["suspended"]) == 3
    assert own("undo", "--json").json["undone"]["cards"] == 3
    assert own(*count).out == "1\n"
    assert own("card", "unsuspend", "--find", "deck:Own").out.startswith("unsuspended 1 card;")
    assert own("card", "unsuspend", "--find", "deck:Own").err == "no card to be unsuspended\n"


def test_many_marks_are_asked_about_and_taken_back(own: Program) -> None:
    screen = own.screen("card", "flag", "--find", "is:new", "blue")
    screen.wait_for("Go on? [y/N]")
    screen.press("n\r")
    screen.wait_for("Nothing was changed")
    assert screen.end() == 0
    assert own("card", "list", "flag:blue", "--count").out == "0\n"
    everyone = own("card", "list", "--count").out
    own("card", "flag", "--find", "is:new", "blue", "--yes")
    assert own("card", "list", "flag:blue", "--count").out == everyone
    assert own("undo", "--json").json["undone"]["cards"] == int(everyone)
    assert own("card", "list", "flag:any", "--count").out == "0\n"


def test_several_cards_are_flagged_at_once(own: Program) -> None:
    ids = own("card", "list", "Own", "--ids").out.split()
    assert own("card", "flag", *ids, "green").out == "flagged 4 cards; srs undo takes it back\n"
    assert own("card", "list", "flag:green", "--count").out == "4\n"


def test_marks_find_each_state_to_be_so_already(empty: Collection, tmp_path: Path) -> None:
    from srs.cli.marking import _is_so, _Order

    read(empty, tmp_path / "deck.md", "Q: Gamma?\nA: one\n")
    card = empty.find(Wanted(), MONDAY_MS)[0]
    today = empty.calendar.day_of(MONDAY_MS)
    empty.answer(card, Rating.EASY, MONDAY_MS)
    for kind in (Kind.SUSPEND, Kind.BURY, Kind.FLAG, Kind.UNSUSPEND, Kind.RESET):
        order = _Order((), "", False, False, kind, "", Flag.BLUE, "why")
        seen = empty.find(Wanted(), MONDAY_MS)
        assert not _is_so(seen[0].state, order, today), kind
        empty.mark(seen, kind, MONDAY_MS, flag=Flag.BLUE, note="why")
        assert _is_so(empty.find(Wanted(), MONDAY_MS)[0].state, order, today), kind


def test_leeches_that_are_switched_off_are_not_looked_for() -> None:
    with (
        Collection(in_memory(lambda _: None), "", Settings(leech_lapses=0)) as collection,
        pytest.raises(UsageError, match="switched off"),
    ):
        found(collection, "is:leech")


@pytest.mark.parametrize("command", ["list", "suspend", "unsuspend", "bury", "reset", "flag"])
def test_the_examples_of_help_find_something_in_a_new_home(srs: Program, command: str) -> None:
    """Of built-in decks alone: nobody has tags of their own yet."""
    shown = srs("card", command, "--help").out
    lines = [line.strip() for line in shown.splitlines() if "srs card" in line and "'" in line]
    for line in lines:
        words = shlex.split(line.partition("  #")[0])[1:]
        dry = [] if command == "list" else ["--dry-run"]
        assert srs(*words, *dry).code == 0, line


def test_a_card_in_steps_has_an_interval_of_no_days(empty: Collection, tmp_path: Path) -> None:
    read(empty, tmp_path / "own.md", "Q: canary?\nA: small\n\nQ: shadow?\nA: none\n")
    card = empty.next_card(MONDAY_MS)
    assert card is not None
    empty.answer(card, Rating.AGAIN, MONDAY_MS)
    assert found(empty, "prop:ivl=0") == [card.front]
    empty.answer(empty.card(card.uid), Rating.EASY, MONDAY_MS + 60_000)
    assert found(empty, "prop:ivl=0") == []
    assert found(empty, "prop:ivl>0") == [card.front]


def test_twice_backwards_is_forwards(own: Program) -> None:
    forwards = own("card", "list", "deck:Own", "--sort", "front", "--ids").out
    assert own("card", "list", "deck:Own", "--sort", "-front", "--ids").out != forwards
    assert own("card", "list", "deck:Own", "--sort", "-front", "--reverse", "--ids").out == forwards


def test_a_card_buried_yesterday_can_be_buried_again(own: Program) -> None:
    words = ("card", "bury", "--find", "canary deck:Own", "--json")
    first = own(*words).json["buried"]
    assert first
    assert own(*words).json["buried"] == []
    again = own(*words, now="2026-03-03T08:00:00Z").json["buried"]
    assert [one["card"] for one in again] == [one["card"] for one in first]

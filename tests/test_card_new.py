"""`srs card new`: from a draft or a pipe to the end of a deck file, and into the collection."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import decks
import srs as library
from decks.appending import Appended, NewCards, append, front_text, read_new
from decks.errors import DataError, UsageError, UserError
from decks.frontmatter import FrontMatter, clean_deck, read
from decks.lines import split
from decks.parse import parse
from srs import Collection, Filed, filing
from srs.card_files import home_file
from srs.cli.card_draft import Start, edit, is_blank, read_draft, template
from srs.cli.card_new import card_new
from tests.program import Program

NOW_MS = 1_772_438_400_000
CARD = "Q: What is a watermark?\nA: A bound on lateness.\n"

# At the end of what a file holds

GOOD = [
    "Q: one?\nA: two", "Q: three?\n\nA: four\n\n- five", "C: a [gap] b", "x :: y", "p :: q",
    "u ::: v ^some-id", "Q: code?\nA: is\n```\nQ: no\n```\nWhy: so", "Q: f?\nA: b\nVariant: f (b)",
]  # fmt: skip
BETWEEN = [
    "prose", "## concept", "### an-id", "### other-id", "---", "# Title", "<!--\nQ: no\n-->", "- a",
    "```\nQ: no\n```", "> sources: a",
]  # fmt: skip
BAD = ["```", "<!-- word", "Why: so", "A: alone", "Q: alone", "**Q:** no", "Params: x", "\0"]
HEADS = ["", "", "\ufeff", "---\ndeck: Own\ntags: [a]\n---\n"]


def chunks(*kinds: list[str]) -> st.SearchStrategy[str]:
    one = st.one_of(*(st.sampled_from(kind) for kind in kinds))
    joint = st.sampled_from(["\n", "\n\n", "\n\n", "\n \n\n"])
    return st.lists(st.tuples(one, joint), min_size=1, max_size=5).map(
        lambda pairs: "".join(f"{text}{end}" for text, end in pairs)
    )


held_texts = st.tuples(
    st.sampled_from(HEADS),
    st.one_of(st.just(""), chunks(GOOD, BETWEEN), chunks(GOOD, BETWEEN, BAD)),
    st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(),
).map(lambda it: it[0] + (it[1] if it[3] else it[1].rstrip()).replace("\n", it[2]))  # fmt: skip
bodies = st.one_of(chunks(GOOD), chunks(GOOD, BETWEEN), chunks(GOOD, BETWEEN, BAD))


def tried(held: str, body: str) -> tuple[NewCards, Appended | UserError]:
    try:
        new = read_new(body, "draft.md")
        return new, append(held, new, "file.md")
    except UserError as error:
        return NewCards("", FrontMatter(), "", 0, (), ()), error


@given(held_texts, bodies)
@settings(max_examples=80)
def test_what_was_there_stays_and_what_is_new_is_that(held: str, body: str) -> None:
    new, whole = tried(held, body)
    if isinstance(whole, UserError):
        assert whole.exit_code == 1
        assert whole.path in ("draft.md", "file.md")
        return
    assert whole.text.startswith(held)
    old, after = parse(held, "file.md", ""), parse(whole.text, "file.md", "")
    count = len(old.notes)
    assert after.notes[:count] == old.notes
    assert [(n.kind, n.front, n.back, n.id, n.why, n.variants) for n in after.notes[count:]] == [
        (n.kind, n.front, n.back, n.id, n.why, n.variants) for n in new.notes
    ]
    assert split(whole.text)[whole.first - 1] == split(new.body)[0]
    assert all(note.place.line >= whole.first for note in after.notes[count:])
    assert held in ("", "\ufeff") or whole.text.endswith(("\n", "\r")) == held.endswith(
        ("\n", "\r")
    )


@pytest.mark.parametrize(
    ("held", "whole"),
    [
        ("", "Q: n?\nA: m\n"),
        ("x :: y\n", "x :: y\n\nQ: n?\nA: m\n"),
        ("x :: y", "x :: y\n\nQ: n?\nA: m"),
        ("x :: y\r\n", "x :: y\r\n\r\nQ: n?\r\nA: m\r\n"),
        ("x :: y\r", "x :: y\r\rQ: n?\rA: m\r"),
        ("x :: y\n\n \n", "x :: y\n\n \nQ: n?\nA: m\n"),
        ("\ufeffx :: y\n", "\ufeffx :: y\n\nQ: n?\nA: m\n"),
        ("---\ndeck: D\n---\n", "---\ndeck: D\n---\n\nQ: n?\nA: m\n"),
        ("### x-y\nQ: o?\nA: p\n", "### x-y\nQ: o?\nA: p\n\n## New cards\n\nQ: n?\nA: m\n"),
        ("## concept\nx :: y\n", "## concept\nx :: y\n\n## New cards\n\nQ: n?\nA: m\n"),
    ],
)
def test_where_the_new_card_stands(held: str, whole: str) -> None:
    assert append(held, read_new("\nQ: n?\nA: m\n\n", "draft.md"), "file.md").text == whole


def test_prose_above_the_card_does_not_run_into_the_answer_before_it() -> None:
    new = read_new("Of streams:\n\nQ: n?\nA: m\n", "draft.md")
    assert append("Q: o?\nA: p\n", new, "f").text == (
        "Q: o?\nA: p\n\n---\n\nOf streams:\n\nQ: n?\nA: m\n"
    )


def test_a_rule_in_new_prose_closes_no_head() -> None:
    new = read_new("prose\n---\n\nQ: n?\nA: m\n", "draft.md")
    with pytest.raises(UserError, match="these cards would be read as something"):
        append("---\ndeck: x\n", new, "file.md")


@pytest.mark.parametrize("opener", ["```", "~~~python", "<!-- begun", "Q: a?\nA: b\n```"])
def test_nothing_is_written_below_what_never_closes(opener: str) -> None:
    with pytest.raises(UserError, match="never closes") as caught:
        append(f"x :: y\n\n{opener}\nrest\n", read_new(CARD, "draft.md"), "file.md")
    assert caught.value.path == "file.md"
    assert caught.value.line == 3 + opener.count("\n")
    with pytest.raises(UserError, match="never closes"):
        read_new(f"{CARD}\n{opener}\n", "draft.md")


NAMES = st.text(max_size=12).map(clean_deck)
TAGS = st.text(max_size=8).map(lambda tag: " ".join(tag.split()).lstrip("#").strip())


@example("NULL", ["null"])
@given(NAMES, st.lists(TAGS.filter(bool), max_size=3))
@settings(max_examples=50)
def test_a_head_says_what_it_is_to_say(deck: str, tags: list[str]) -> None:
    front = FrontMatter(deck=deck, tags=tuple(dict.fromkeys(tags)))
    try:
        text = front_text(front)
    except UserError:
        assert re.search(r"['\"\\]|[^ -~]", deck + "".join(tags))
        return
    found = read(split(text), "")
    assert (found.deck, set(found.tags)) == (front.deck, set(front.tags))


# Files of the home


def test_each_deck_has_a_file_of_its_own(tmp_path: Path) -> None:
    names = [
        "Inbox", "a::b", "a/b", "a:b", "..", ".hidden", "README", "Templates", "x.template", "é",
        "e\u0301", "con\x07trol", "x" * 300, "inbox", "a::../b", "*?<>|", "::", "Templates::x",
    ]  # fmt: skip
    home = tmp_path / "home"
    seen: dict[Path, str] = {}
    for name in names:
        front = FrontMatter(deck=clean_deck(name) or "Inbox")
        path = home_file(str(home), front)
        assert path.is_relative_to(home / "cards")
        assert path.suffix == ".md"
        for part in path.relative_to(home).parts:  # none that an import would leave aside
            assert not re.match(r"\.|readme|[._]?template|.*\.template\.", part, re.IGNORECASE)
        assert seen.setdefault(path, front.deck) == front.deck
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{front_text(front)}\n{CARD}")
        assert home_file(str(home), front) == path
    assert (home / "cards" / "a" / "b.md").exists()
    assert (home / "cards" / "a-b-2.md").exists()  # a/b and a:b
    found = decks.read([home / "cards"])
    assert {note.deck for one in found for note in one.parsed.notes} == set(seen.values())


# From a pipe


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with library.open_collection(tmp_path / "home", create=True) as found:
        yield found


def file(collection: Collection, text: str, named: object = "") -> Filed:
    return collection.file_cards(read_new(text, "draft"), NOW_MS, named=str(named))


def test_cards_from_a_pipe_are_filed_by_deck(srs: Program, tmp_path: Path) -> None:
    ran = srs("card", "new", stdin=CARD)
    inbox = srs.home / "cards" / "Inbox.md"
    assert (ran.code, ran.out) == (0, f"1 note, 1 card added to Inbox: {inbox}:5\n")
    assert inbox.read_text() == f"---\ndeck: Inbox\n---\n\n{CARD}"
    more = "C: [a] and [b].\n\nx ::: y\n"
    document = srs("card", "new", "--json", stdin=more).json
    assert (document["deck"], document["path"], document["line"]) == ("Inbox", str(inbox), 8)
    assert (len(document["notes"]), len(document["cards"]), document["twins"]) == (2, 4, [])
    assert inbox.read_text().endswith(f"{CARD}\n{more}")
    tagged = srs("card", "new", "--deck", "03-features", "--tag", "#mine", stdin="u :: v\n")
    assert "added to Features and feature stores:" in tagged.out
    assert "tags: [mine]" in Path(tagged.out.rpartition(": ")[2].rpartition(":")[0]).read_text()
    with library.open_collection(srs.home) as found:
        listed = found.cards(found.span(NOW_MS, ["Inbox"]))
        assert [card.uid.hex() for card in listed][1:] == document["cards"]
        assert [one for one in found.check(NOW_MS) if one.severity == "error"] == []


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("Q: no answer\n", 1, "question without an answer"),
        ("\n\nprose\n", 3, "there is no card in it"),
        ("", 1, "there is no card in it"),
        ("Q: a\nA: b\n\nC: c\n", 4, "cloze card without a gap"),
        ("---\ndeck: D\n---\nC: c\nQ: d\n", 4, "cloze card without a gap (and 1 more)"),
        ("---\ndeck: [D\n---\nx :: y\n", 2, "deck cannot be read"),
        ("x :: y\nz :: \0\n", 2, "a character that is not text"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(UserError) as caught:
        read_new(text, "draft")
    assert (caught.value.message, caught.value.line) == (said, line)
    assert caught.value.hint


def test_a_mistake_in_a_pipe_files_nothing(srs: Program) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "srs", "card", "new"], input=b"Q: a\nA: \xff\n", env=srs.env(),
        capture_output=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert ran.stderr.decode().startswith("error: standard input:2: not valid UTF-8\nhint: ")
    assert not srs.home.exists()


def test_nothing_in_the_pipe_adds_nothing(srs: Program) -> None:
    ran = srs("card", "new", stdin="\n")
    assert (ran.code, ran.out) == (0, "Nothing was added.\n")
    assert not srs.home.exists()


def test_the_head_of_what_is_read_is_heeded(collection: Collection, tmp_path: Path) -> None:
    head = "---\ndeck: Given\ntags: [a, b]\nsource: a book\nas_of: 2026\n---\n"
    first = file(collection, head + CARD)
    assert first.cards[0].deck == "Given"
    assert Path(first.path).name == "Given+a+b.md"
    assert file(collection, f"{head}x :: y\n").path == first.path
    assert file(collection, "---\ndeck: Given\n---\nx :: z\n").path != first.path
    note = collection.notes_by_uid(first.cards)[first.cards[0].note]
    assert (note.tags, note.sources, note.as_of) == (("a", "b"), ("a book",), "2026")


def test_a_card_that_is_there_already_is_told(collection: Collection, tmp_path: Path) -> None:
    first = file(collection, CARD)
    before = Path(first.path).read_bytes()
    for text in (CARD, CARD.replace("a watermark", "a  watermark")):
        for named in ("", tmp_path / "other.md"):
            again = file(collection, text, named)
            (twin,) = again.twins
            assert (again.cards, twin.place.line) == ((), 1)
            assert twin.message == f"the same card stands at {first.path}:{first.line}"
    assert not (tmp_path / "other.md").exists()
    with pytest.raises(UserError, match="the same card stands at") as caught:
        file(collection, f"new :: one\n\n{CARD}")
    assert (caught.value.path, caught.value.line) == ("draft", 3)
    with pytest.raises(UserError, match="the same card stands at"):
        file(collection, f"new :: one\n\n{CARD}", tmp_path / "other.md")
    assert Path(first.path).read_bytes() == before
    builtin = next(iter(collection.notes(collection.span(NOW_MS, ["03-features"])))).note
    with pytest.raises(UserError, match=f"id {builtin.id} is taken by builtin/"):
        file(collection, f"mine :: too ^{builtin.id}\n")


def test_the_history_of_an_orphan_comes_back(collection: Collection, tmp_path: Path) -> None:
    path = tmp_path / "own.md"
    path.write_text(f"{CARD}\nother :: one\n")
    collection.import_files(decks.read([path]), NOW_MS)
    card = next(iter(collection.cards(collection.span(NOW_MS, ["own"]))))
    collection.answer(card, library.Rating.GOOD, NOW_MS)
    path.write_text("other :: one\n")
    collection.import_files(decks.read([path]), NOW_MS)
    filed = file(collection, CARD)
    assert [(one.uid, one.state.reps) for one in filed.cards] == [(card.uid, 1)]


# Into a file of the learner's


def test_a_file_of_ones_own_is_only_added_to(collection: Collection, tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    path.write_bytes(b"---\r\ndeck: Mine\r\n---\r\nfirst :: one ^first\r\n")
    path.chmod(0o640)
    collection.import_files(decks.read([path]), NOW_MS)
    path.write_bytes(path.read_bytes().replace(b"one", b"edited"))
    filed = file(collection, CARD, path)
    assert path.read_bytes() == (
        b"---\r\ndeck: Mine\r\n---\r\nfirst :: edited ^first\r\n\r\n"
        b"Q: What is a watermark?\r\nA: A bound on lateness.\r\n"
    )
    assert path.stat().st_mode & 0o777 == 0o640
    assert (filed.line, [card.deck for card in filed.cards]) == (6, ["Mine"])
    assert filed.receipt is not None
    assert (filed.receipt.added, filed.receipt.changed) == (1, 1)
    new = tmp_path / "new.md"
    assert file(collection, "---\ndeck: D\n---\nx :: y\n", new).line == 5
    assert new.read_text() == "---\ndeck: D\n---\n\nx :: y\n"
    assert file(collection, "z :: y\n", tmp_path / "bare.md").cards[0].deck == "bare"


def test_a_deck_given_by_hand_stays(collection: Collection, tmp_path: Path) -> None:
    path = tmp_path / "bare.md"
    path.write_text("x :: y\n")
    collection.import_files(decks.read([path], deck="Given"), NOW_MS)
    file(collection, CARD, path)
    assert {card.deck for card in collection.cards(collection.span(NOW_MS, ["Given"]))} == {"Given"}
    assert not collection.is_deck("bare")


@pytest.mark.parametrize(
    ("name", "held", "text", "said"),
    [
        ("a.txt", None, CARD, "not a markdown file"),
        ("no/a.md", None, CARD, "no: no such folder"),
        ("a.md", b"\xff\n", CARD, "not valid UTF-8"),
        ("a.md", b"x :: y\n", f"---\ndeck: B\n---\n{CARD}", "of the deck a, not of B"),
        ("a.md", b"x :: y\n", f"---\ntags: [t]\n---\n{CARD}", "says nothing of the tag t"),
        ("a.md", b"x :: y\n", f"---\nas_of: 2026\n---\n{CARD}", "says nothing of the date 2026"),
        ("a.md", b"x :: y\n\n```\n", CARD, "code fence never closes"),
        ("a.md", b"x :: y ^an-id\n", "z :: y ^an-id\n", "a.md:1"),
    ],
)
def test_a_file_that_is_not_fit_is_left_alone(
    collection: Collection, tmp_path: Path, name: str, held: bytes | None, text: str, said: str
) -> None:
    path = tmp_path / name
    if held is not None:
        path.write_bytes(held)
    with pytest.raises(UserError, match=re.escape(said)) as caught:
        file(collection, text, path)
    assert caught.value.hint
    assert path.read_bytes() == held if held is not None else not path.exists()


def test_what_is_no_file_is_left_alone(collection: Collection, tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    for name in ("folder.md", "pipe.md"):
        with pytest.raises(DataError, match="not a regular file"):
            file(collection, CARD, tmp_path / name)


def test_a_file_changed_meanwhile_is_read_again(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.md"
    path.write_text("x :: y\n")
    late = iter(["late :: one\n", "later :: one\n"])
    tried = filing._tried

    def slow(*given: object) -> object:
        found = tried(*given)  # type: ignore[arg-type]
        with path.open("a") as held:
            held.write(next(late, ""))
        return found

    monkeypatch.setattr(filing, "_tried", slow)
    file(collection, CARD, path)
    assert path.read_text() == f"x :: y\nlate :: one\nlater :: one\n\n{CARD}"


def test_a_card_that_could_not_be_imported_is_not_lost(
    srs: Program, tmp_path: Path, collection: Collection
) -> None:
    gone: list[str] = []
    new = read_new(CARD, "draft")
    collection._connection.execute("PRAGMA busy_timeout = 0")
    with sqlite3.connect(srs.database) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(
            DataError, match="the cards stand there, but they could not be"
        ) as caught:
            collection.file_cards(new, NOW_MS, written=lambda: gone.append("draft"))
        assert gone == ["draft"]
    path = srs.home / "cards" / "Inbox.md"
    assert caught.value.hint == f"srs import {path}"
    assert file(collection, CARD).twins  # told, and taken up
    assert [card.front for card in collection.cards(collection.span(NOW_MS, ["Inbox"]))]


# In an editor


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that is a shell script, of which each test writes the body."""
    path = tmp_path / "my editor"
    monkeypatch.setenv("VISUAL", "")
    monkeypatch.setenv("EDITOR", f"'{path}'")
    return path


def types(editor: Path, body: str) -> None:
    editor.write_text(f"#!/bin/sh\nfor file; do :; done\n{body}\n")
    editor.chmod(0o755)


def write(
    collection: Collection, deck: str = "", named: object = "", *, cloze: bool = False
) -> Filed | None:
    start = Start(FrontMatter(deck=deck), str(named), cloze)
    return edit(
        collection.home, start,
        lambda new, named, gone: collection.file_cards(new, NOW_MS, named=named, written=gone),
    )  # fmt: skip


ANSWER = "sed -i 's/^Q: $/Q: Typed?/; s/^A: $/A: yes/' \"$file\""


def test_a_card_is_typed_into_a_template(collection: Collection, typed: Path) -> None:
    types(typed, f'cp "$file" "{typed}.seen"; {ANSWER}')
    filed = write(collection, "Serving::Caches")
    assert filed is not None
    assert [(card.deck, card.front, card.back) for card in filed.cards] == [
        ("Serving::Caches", "Typed?", "yes")
    ]
    path = Path(collection.home) / "cards" / "Serving" / "Caches.md"
    assert path.read_text() == "---\ndeck: Serving::Caches\n---\n\nQ: Typed?\nA: yes\n"
    assert not (Path(collection.home) / "drafts" / "card.md").exists()
    seen = Path(f"{typed}.seen").read_text()
    assert seen.startswith("---\ndeck: Serving::Caches\n---\n\n<!-- Write the card, save, and")
    assert seen.endswith("-->\n\nQ: \nA: \n")


@pytest.mark.parametrize("body", [":", ': > "$file"', 'sed -i /^A:/d "$file"', "rm /nowhere"])
def test_nothing_written_adds_nothing(collection: Collection, typed: Path, body: str) -> None:
    types(typed, f"{body} 2> /dev/null; exit 0")
    assert write(collection) is None
    assert list((Path(collection.home) / "drafts").iterdir()) == []
    assert not (Path(collection.home) / "cards").exists()


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("cloze", [False, True])
def test_a_template_is_blank_and_says_where_it_goes(
    named: bool, cloze: bool, tmp_path: Path
) -> None:
    where = str(tmp_path / "a: 'b' #c.md") if named else ""
    for front in (FrontMatter(), FrontMatter(deck="a::b: c", tags=("x", "y z"))):
        text = template(Start(front, where, cloze))
        assert is_blank(text)
        filled = text.replace("Q: ", "Q: a").replace("A: ", "A: b").replace("C: ", "C: [c]")
        new, found = read_draft(filled, "draft")
        assert found == where
        assert (new.front.deck, new.front.tags) == (front.deck or "Inbox" * (not named), front.tags)
        assert split(filled)[new.first - 1].startswith("C:" if cloze else "Q:")
        assert "<!--" not in new.body


def test_a_draft_with_a_mistake_is_kept_and_gone_on_with(
    collection: Collection, typed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.md"
    types(typed, "sed -i 's/^Q: $/Q: Typed?/; /^A:/d' \"$file\"")
    with pytest.raises(UserError, match="question without an answer") as caught:
        write(collection, named=own)
    draft = Path(collection.home) / "drafts" / "card.md"
    assert (caught.value.path, caught.value.line, caught.value.exit_code) == (str(draft), 8, 1)
    assert caught.value.hint.endswith("; srs card new goes on with this draft")
    assert not own.exists()
    types(typed, "echo 'A: mended' >> \"$file\"")
    filed = write(collection, "Another")  # what the draft says goes before
    assert filed is not None
    assert (filed.path, filed.cards[0].back) == (str(own), "mended")
    assert f"going on with the draft of the last time, {draft}" in capsys.readouterr().err
    assert not draft.exists()
    assert own.read_text() == "Q: Typed?\nA: mended\n"


def test_a_draft_that_is_emptied_is_thrown_away(collection: Collection, typed: Path) -> None:
    types(typed, 'echo "Q: begun" >> "$file"')
    with pytest.raises(UserError):
        write(collection)
    types(typed, ': > "$file"')
    assert write(collection) is None
    types(typed, ANSWER)
    assert write(collection) is not None


def test_an_editor_that_fails(
    collection: Collection, typed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = Path(collection.home) / "drafts" / "card.md"
    types(typed, "exit 7")
    with pytest.raises(DataError, match="the editor ended with code 7"):
        write(collection)
    assert not draft.exists()
    types(typed, f"{ANSWER}; exit 7")
    with pytest.raises(DataError, match="code 7") as caught:
        write(collection)
    assert "srs card new goes on" in caught.value.hint
    assert "Q: Typed?" in draft.read_text()
    draft.unlink()
    types(typed, "printf 'Q: \\377' > \"$file\"")
    with pytest.raises(DataError, match="cannot be read"):
        write(collection)
    assert draft.exists()
    draft.unlink()
    monkeypatch.setenv("EDITOR", "/nowhere/ed")
    with pytest.raises(UsageError, match="/nowhere/ed"):
        write(collection)
    assert not draft.exists()


def test_one_draft_is_open_in_one_editor(collection: Collection, typed: Path) -> None:
    code = (
        "from srs.drafts import card_draft\nfrom decks.errors import DataError\ntry:\n"
        f"    with card_draft({collection.home!r}): print('open')\n"
        "except DataError as error: print(error.message)"
    )
    types(typed, f'"{sys.executable}" -c "$CODE" > "{typed}.said"; {ANSWER}')
    os.environ["CODE"] = code
    try:
        assert write(collection) is not None
    finally:
        del os.environ["CODE"]
    assert "another program is writing new cards" in Path(f"{typed}.said").read_text()


def test_on_a_terminal_one_may_mend_the_draft_at_once(srs: Program, typed: Path) -> None:
    types(typed, "if grep -q '^Q: begun' \"$file\"; then echo 'A: ended' >> \"$file\"; else"
          " sed -i 's/^Q: $/Q: begun/; /^A:/d' \"$file\"; fi")  # fmt: skip
    on_terminal = replace(srs, environment={"EDITOR": f"'{typed}'", "VISUAL": ""})
    screen = on_terminal.screen("card", "new", columns=100)
    shown = screen.wait_for("Edit it again?").replace("\n", "")
    assert "card.md:8: question without an answer" in shown
    screen.press("\r")
    screen.wait_for("1 note, 1 card added to Inbox:")
    assert screen.end() == 0
    assert (srs.home / "cards" / "Inbox.md").read_text().endswith("\nQ: begun\nA: ended\n")


def test_what_cannot_be_meant_is_said_before_the_work(srs: Program, tmp_path: Path) -> None:
    ran = srs("card", "new", "--file", "a.txt", stdin=CARD)
    assert (ran.code, "a.txt: not a markdown file" in ran.err) == (2, True)
    for words, said in (
        (("--deck", "::"), "a deck without a name"),
        (("--file", "a\nb.md"), "file name"),
    ):
        with pytest.raises(UsageError, match=said):
            card_new.main([*words], standalone_mode=False)

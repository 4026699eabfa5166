"""What an import would do: the words that differ, and the page that shows them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import decks
import srs as library
from decks.model import Note, NoteKind, Place
from srs import Detail
from srs.cli import word_diff as words_module
from srs.cli.rehearsal_page import MOST_BLOCKS, Paper, blocks
from srs.cli.word_diff import Piece, word_diff
from tests.program import Program

NOW_MS = 1_772_438_400_000
WORDS = st.lists(
    st.sampled_from(["a", "b", "cache", " ", "\n", ", ", "0.5", "é", "—"]), max_size=30
)


def texts() -> st.SearchStrategy[str]:
    return st.one_of(st.text(max_size=40), WORDS.map("".join))


def said(pieces: tuple[Piece, ...], kind: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in ("kept", kind))


@given(texts(), texts())
@settings(max_examples=60)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert said(pieces, "removed") == before
    assert said(pieces, "added") == after
    assert all(piece.text for piece in pieces)
    kinds = [piece.kind for piece in pieces]
    assert all(one != other for one, other in pairwise(kinds))
    assert ("added", "removed") not in set(pairwise(kinds))
    assert (before == after) == (set(kinds) <= {"kept"})


@given(WORDS, WORDS, WORDS)
@settings(max_examples=25)
def test_what_stands_at_both_ends_is_kept(
    head: list[str], middle: list[str], tail: list[str]
) -> None:
    before, after = f"{''.join(head)} old {''.join(tail)}", f"{''.join(head)} new {''.join(tail)}"
    pieces = word_diff(before, after)
    changed = [piece for piece in pieces if piece.kind != "kept"]
    assert [piece.text for piece in changed] == ["old", "new"]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("the online store", "the offline store", "the [-online-]{+offline+} store"),
        ("fast, cheap.", "fast and cheap.", "fast[-,-]{+ and+} cheap."),
        ("recall 0.5", "recall 0.75", "recall [-0.5-]{+0.75+}"),
        ("a b c", "x y z", "[-a b c-]{+x y z+}"),
        ("x a y", "x y", "x [-a -]y"),
        ("", "new", "{+new+}"),
        ("snake_case is", "snake_cased is", "[-snake_case-]{+snake_cased+} is"),
        ("在线存储", "离线存储", "[-在-]{+离+}线存储"),
    ],
)
def test_words_are_marked_as_a_person_would(before: str, after: str, shown: str) -> None:
    marks = {"kept": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    assert "".join(marks[kind].format(text) for text, kind in word_diff(before, after)) == shown


def test_long_texts_take_no_long_comparisons(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []

    def count(_: None, old: list[str], new: list[str], autojunk: bool) -> Any:
        compared.append(len(old) * len(new))
        return SequenceMatcher(None, old, new, autojunk=autojunk)

    monkeypatch.setattr(words_module, "SequenceMatcher", count)
    many = [str(number % 7) for number in range(20_000)]
    for joint in (" ", "\n"):
        before, after = joint.join(many), joint.join(reversed(many))
        pieces = word_diff(before, after)
        assert said(pieces, "removed") == before
        assert said(pieces, "added") == after
    lines = [f"line {number} of many\n" for number in range(200)]
    pieces = word_diff("".join(lines), "".join(lines[::2]) + "end")
    assert said(pieces, "added").endswith("end")
    assert sum(compared) <= 60_000
    compared.clear()
    rewritten = [
        "".join(f"kept {line}\n" + f"{sign}{line} " * 120 + "\n" for line in range(20))
        for sign in "ab"
    ]
    word_diff(*rewritten)
    assert sum(compared) <= 60_000
    one_word = word_diff(
        f"{' '.join(many)} x {' '.join(many)}", f"{' '.join(many)} y {' '.join(many)}"
    )
    assert [piece.text for piece in one_word if piece.kind != "kept"] == ["x", "y"]


# What the receipt of a dry run knows

BEFORE = """\
---
deck: Serving
tags: [one]
---
Q: Which store is fast?
A: The online store, by design, and the cache in front of it.

Q: Which one moves?
A: This one.

Q: Which one goes?
A: That one.

C: A [gap] and [another].
"""
AFTER = BEFORE.replace("by design", "by far").replace("Q: Which one goes?\nA: That one.\n\n", "")
AFTER = AFTER.replace("Q: Which one moves?\nA: This one.\n\n", "") + "\nnew :: \x1b[31mred\u202e\n"
MOVED = "---\ndeck: Serving\ntags: [one]\n---\nQ: Which one moves?\nA: This one.\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A collection with a history, and its files with edits that were not imported yet.

    For tests that write nothing.
    """
    return build(tmp_path_factory.mktemp("edited"))


def build(folder: Path) -> Program:
    srs, files = Program(folder / "home"), folder / "cards"
    files.mkdir()
    (files / "a.md").write_text(BEFORE)
    assert srs("import", str(files)).code == 0
    srs.jsonl(*[{"do": "rate", "rating": "easy"}] * 3, words=("Serving", "--new", "9"))
    (files / "a.md").write_text(AFTER)
    (files / "b.md").write_text(MOVED)
    return srs


@pytest.fixture
def edited(built: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The same, entered."""
    monkeypatch.chdir(built.home.parent)
    return built


def test_a_dry_run_shows_every_note_that_would_not_stay_as_it_is(edited: Program) -> None:
    before = edited.database.read_bytes()
    ran = edited("import", "cards", "--dry-run")
    assert ran.code == 0
    assert edited.database.read_bytes() == before
    page, _, totals = ran.out.rpartition("\n\n")
    assert totals.endswith("Nothing was written.\n")
    changed, orphaned, moved, added = page.split("\n\n")
    assert changed.splitlines() == [
        "changed cards/a.md:5",
        "  Q: Which store is fast?",
        "  A: The online store, by [-design-]{+far+}, and the cache in front of it.",
    ]
    assert orphaned.splitlines() == [
        "orphaned cards/a.md:11",
        "  out of sight until its text is back: 1 review, stability 8.3d",
        "  Q: Which one goes?",
    ]
    assert moved.splitlines() == [
        "moved cards/b.md:5", "  from cards/a.md:8", "  Q: Which one moves?",
    ]  # fmt: skip
    assert added.splitlines() == [
        "added cards/a.md:10", "  Q: new", "  A: ␛[31mred<U+202E>",
    ]  # fmt: skip


def test_what_comes_back_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited = build(tmp_path)
    monkeypatch.chdir(tmp_path)
    edited("import", "cards")
    (tmp_path / "cards" / "a.md").write_text(BEFORE.replace("[one]", "[two]"))
    (tmp_path / "cards" / "b.md").unlink()
    out = edited("import", "cards", "--dry-run").out
    orphan = edited("card", "list", "--orphans", "--json").json["cards"][0]
    assert (
        f"relinked cards/a.md:11\n  the orphan {orphan['note'][:8]} comes back: 1 review, stability"
        " 8.3d\n  Q: Which one goes?\n  Tags: [-one-]{+two+}\n"
    ) in out
    assert "changed cards/a.md:8\n  from cards/b.md:5\n  Q: Which one moves?\n" in out


def test_the_details_in_json(edited: Program) -> None:
    document = edited("import", "cards", "--dry-run", "--json").json
    details = document["details"]
    assert [one["outcome"] for one in details] == ["changed", "added", "moved", "orphaned"]
    changed, added, moved, orphaned = details
    assert changed["before"]["back"] != changed["after"]["back"]
    assert changed["before"].keys() == {
        "kind", "front", "back", "deck", "tags", "why", "flip", "variants", "sources", "as_of",
        "id", "concept", "type", "estimate",
    }  # fmt: skip
    assert (added["before"], added["note"], added["former"]) == (None, None, None)
    assert moved["former"]["path"].endswith("a.md")
    assert (orphaned["after"], orphaned["reviews"], orphaned["line"]) == (None, 1, 11)


def test_the_details_are_what_the_import_then_does(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(BEFORE)
    with library.open_collection(tmp_path / "home", create=True) as collection:
        assert collection.import_files(decks.read([path]), NOW_MS).details == ()
        path.write_text(AFTER)
        rehearsed = collection.import_files(decks.read([path]), NOW_MS, dry_run=True)
        done = collection.import_files(decks.read([path]), NOW_MS)
        told = Counter(detail.outcome for detail in rehearsed.details)
        for word in ("added", "changed", "moved", "relinked", "orphaned"):
            assert told[word] == getattr(rehearsed, word) == getattr(done, word)
        there = {(note.note.front, note.note.back) for note in collection.notes(collection.span(0))}
        for detail in rehearsed.details:
            for note, is_there in ((detail.after, True), (detail.before, False)):
                assert note is None or ((note.front, note.back) in there) == is_there
        assert done.details == ()


# How it is shown


def note(number: int, **changes: Any) -> Note:
    made = Note(NoteKind.BASIC, f"Question {number}?", "yes", "D", Place("a.md", number))
    return replace(made, **changes)


def plain(details: list[Detail], width: int | None = None, most: int | None = MOST_BLOCKS) -> str:
    lines = blocks(details, Paper(width, coloured=False), most)
    assert width is None or all(line.cell_len <= width for line in lines)
    return "\n".join(line.plain for line in lines)


def test_fifty_blocks_are_enough_unless_all_are_asked_for() -> None:
    added = [Detail("added", Place("a.md", at), None, note(at)) for at in range(1, 61)]
    gone = Detail("orphaned", Place("b.md", 1), note(1), None)
    page = plain([*added, gone])
    assert page.startswith("orphaned b.md:1\n")  # what may cost a history is never left out
    assert page.count("Question") == MOST_BLOCKS
    assert page.endswith("and 11 more: 11 added; --all shows them\n")
    assert plain([*added, gone], most=None).count("Question") == 61


def test_all_of_it_on_request(srs: Program, tmp_path: Path) -> None:
    (tmp_path / "many.md").write_text("".join(f"front {at} :: back\n\n" for at in range(70)))
    assert srs("import", str(tmp_path / "many.md"), "--dry-run", "--all").out.count("A: back") == 70


@pytest.mark.parametrize("width", [24, 40, 80])
def test_long_texts_are_shortened_around_what_differs(width: int) -> None:
    filling = "and so on with many words " * 40
    before = note(1, back=f"{filling}old {filling}\n\n- a list")
    detail = Detail(
        "changed", Place("a.md", 1), before, replace(before, back=before.back.replace("old", "new"))
    )
    page = plain([detail], width)
    joined = " ".join(page.split())
    assert "many words [-old-]{+new+} and so on" in joined
    assert re.search(r"A: … .{40,70}\[-old-\]\{\+new\+\}.{40,70} …$", joined)
    rewritten = Detail("changed", Place("a.md", 1), before, replace(before, back=filling.upper()))
    assert len(plain([rewritten])) < 900
    assert len(plain([Detail("added", Place("a.md", 1), None, before)])) < 400


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"why": "so"}, "Why: {+so+}"),
        ({"variants": (("f", "b"),)}, "Variants: {+f (b)+}"),
        ({"kind": NoteKind.REVERSED}, "Both ways: [-no-]{+yes+}"),
        ({"id": "x-y"}, "Id: {+x-y+}"),
        ({"deck": "E"}, "Deck: [-D-]{+E+}"),
        ({"as_of": "2026"}, "As of: {+2026+}"),
        ({"kind": NoteKind.CLOZE, "front": "a [gap]", "back": ""}, "C: {+a [gap]+}"),
    ],
)
def test_whatever_differs_is_named(changes: dict[str, Any], shown: str) -> None:
    before = note(1)
    page = plain([Detail("changed", Place("a.md", 1), before, replace(before, **changes))])
    assert f"  {shown}\n" in page
    assert "Question 1?" in page


@pytest.mark.parametrize("columns", [80, 40])
def test_on_a_terminal_words_are_coloured(edited: Program, columns: int) -> None:
    screen = edited.screen("import", "cards", "--dry-run", columns=columns, lines=40)
    shown = screen.wait_for("Nothing was written.")
    assert screen.end() == 0
    assert "[-" not in shown
    styles = {}
    for row in range(40):
        line = "".join(screen.cells[row][column].data for column in range(columns))
        for word in ("design", "far", "cache"):
            if word in line:
                cell = screen.cells[row][line.index(word)]
                styles[word] = (cell.fg, cell.strikethrough)
    assert styles == {"design": ("red", True), "far": ("green", False), "cache": ("default", False)}


def test_without_colours_words_stand_in_brackets(edited: Program) -> None:
    screen = replace(edited, environment={"NO_COLOR": "1"}).screen("import", "cards", "--dry-run")
    assert "by [-design-]{+far+}, and" in screen.wait_for("Nothing was written.")
    assert screen.end() == 0

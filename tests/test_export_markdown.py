"""Deck files in one file: read alone and together, written from any notes, and longer in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from decks import builtin
from decks.appending import append, read_new
from decks.errors import UserError
from decks.lines import NEXT_FILE, split
from decks.model import CARD, PROSE, Note, NoteKind, Parsed, Place, Severity, Variant
from decks.nearest import is_held, nearest
from decks.parse import parse
from exporters import Bundle, ExportNote, get_format
from exporters.writing import pieces
from srs.cli.export_receipt import tell
from srs.cli.export_target import Target
from tests.program import Program
from tests.test_deck_parse import FILES

NOWHERE = Place("", 0)
NOTE = Note(NoteKind.BASIC, "What is a TTL?", "A lifetime.", "D", NOWHERE)
MARKDOWN = get_format("markdown")
problems = MARKDOWN.problems
TWO = f"""\
---
deck: Serving
tags: [mine]
---

Q: What is a TTL?
A: A lifetime.

{NEXT_FILE}
---
deck: Release
---

## canary
> sources: sre-book

Q: What does a canary ask?
A: Is it safe to go on?
"""


def placeless(notes: Sequence[Note]) -> list[Note]:
    return [replace(note, place=NOWHERE) for note in notes]


def same(one: Sequence[Note], two: Sequence[Note]) -> bool:
    """Whether they are the same notes, in whatever order."""
    return sorted(map(repr, placeless(one))) == sorted(map(repr, placeless(two)))


def bundle(notes: Sequence[Note]) -> Bundle:
    return Bundle("Test", [ExportNote(b"", note, (), 0) for note in notes])


def written(notes: Sequence[Note]) -> str:
    return b"".join(pieces(MARKDOWN, bundle(notes))).decode()


# Several deck files in one


def test_a_line_begins_another_deck_file() -> None:
    parsed = parse(TWO, "f.md", "Default")
    one, two = parsed.notes
    assert (one.deck, one.tags, one.place.line) == ("Serving", ("mine",), 6)
    assert (two.deck, two.tags, two.concept, two.sources) == (
        "Release",
        (),
        "canary",
        ("sre-book",),
    )
    assert two.place.line == 17
    assert parsed.fates == PROSE * 5 + CARD * 2 + PROSE * 9 + CARD * 2


def test_only_that_very_line_does() -> None:
    for line in (f" {NEXT_FILE}", f"x {NEXT_FILE}", f"{NEXT_FILE} x", "<!-- next deck -->"):
        assert [note.deck for note in parse(TWO.replace(NEXT_FILE, line), "", "").notes] == [
            "Serving", "Serving",
        ]  # fmt: skip
    assert parse(TWO.replace("\n", "\r\n"), "f.md", "") == parse(TWO, "f.md", "")
    assert parse(TWO.replace(NEXT_FILE, f"{NEXT_FILE}  "), "", "").notes[1].deck == "Release"


def test_what_never_closes_ends_with_its_deck_file() -> None:
    text = f"Q: a\nA: b\n```\n{NEXT_FILE}\n---\ndeck: E\n---\nQ: c\nA: d\n```\ne\n```\n"
    parsed = parse(text, "f.md", "D")
    assert [(note.front, note.deck) for note in parsed.notes] == [("c", "E")]
    assert [(p.place.line, p.message) for p in parsed.problems] == [(3, "code fence never closes")]


def test_faults_are_told_at_their_line_of_the_whole_file() -> None:
    heads = ("---\ndeck: E\nno pair\ndeck: F\n---\n", "---\ndeck: never closed\n")
    parsed = parse(f"a :: b\n{NEXT_FILE}\n{heads[0]}{NEXT_FILE}\n{heads[1]}Q: x\n", "f.md", "D")
    assert [(p.place.line, p.message.partition(" within")[0]) for p in parsed.problems] == [
        (5, "not a `key: value` line"), (6, "deck again: it was given on line 4"),
        (9, "front matter does not close"), (11, "question without an answer"),
    ]  # fmt: skip
    assert parsed.fates == "cpppsspp" + "sps"


def test_no_id_and_no_text_may_come_twice_in_the_file() -> None:
    text = f"a :: b ^one\n{NEXT_FILE}\na :: b\nc :: d ^one\n"
    parsed = parse(text, "f.md", "D")
    assert [note.front for note in parsed.notes] == ["a"]
    assert [p.message for p in parsed.problems] == [
        "the same card as on line 1: one was kept",
        "id one again: it belongs to the card on line 1",
    ]  # fmt: skip


def alone(texts: Sequence[str]) -> list[tuple[Note, ...]]:
    """The notes of each text by itself, at the lines that they have in the whole."""
    starts = accumulate((len(split(text)) + 1 for text in texts), initial=0)
    return [
        tuple(replace(note, place=Place("f.md", note.place.line + above))
              for note in parse(text, "f.md", "D").notes)
        for text, above in zip(texts, starts, strict=False)
    ]  # fmt: skip


@settings(max_examples=60)
@given(st.lists(FILES, min_size=2, max_size=3))
@example(["---\ndeck: x", "---\nsource: y\n---\nQ: a\nA: b", ""])
def test_each_is_read_as_if_it_stood_alone(texts: list[str]) -> None:
    texts = [text.removeprefix("\ufeff").replace(NEXT_FILE, "") for text in texts]
    texts = [text if not text or text.endswith(("\n", "\r")) else f"{text}\n" for text in texts]
    whole = parse(f"{NEXT_FILE}\n".join(texts), "f.md", "D")
    apart = [note for notes in alone(texts) for note in notes]
    ids = [note.id for note in apart if note.id]
    words = [(note.kind, note.front, note.back) for note in apart]
    if len(set(ids)) == len(ids) and len(set(words)) == len(words):
        assert list(whole.notes) == apart
        fates = PROSE.join(parse(text, "f.md", "D").fates for text in texts)
        assert whole.fates == fates
    assert len(whole.fates) == len(split(f"{NEXT_FILE}\n".join(texts)))
    assert [p.place.line for p in whole.problems] == sorted(p.place.line for p in whole.problems)


# Longer in place


def longer(held: str, draft: str, deck: str = "") -> tuple[str, Parsed]:
    new = read_new(draft, "draft")
    appended = append(held, replace(new, front=replace(new.front, deck=deck)), "f.md")
    for note in appended.parsed.notes[:1]:
        assert note.place.line
    assert all(appended.holds(appended.first + n, new) for n in range(new.body.count("\n")))
    return appended.text, appended.parsed


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_new_card_goes_to_the_deck_file_of_its_deck(end: str) -> None:
    held = TWO.replace("\n", end)
    text, parsed = longer(held, "x :: y\n", "Serving")
    assert {note.front: note.deck for note in parsed.notes} == {
        "What is a TTL?": "Serving", "x": "Serving", "What does a canary ask?": "Release",
    }  # fmt: skip
    assert text.replace(f"x :: y{end}{end}", "") == held
    assert f"{end}{end}x :: y{end}{end}{NEXT_FILE}{end}---" in text
    text, parsed = longer(held, "x :: y\n", "Release")
    assert text == f"{held}{end}## New cards{end}{end}x :: y{end}"  # the concept ends there
    assert parsed.notes[-1].deck == "Release"


def test_a_draft_is_one_deck_file() -> None:
    with pytest.raises(UserError, match="more than one deck file"):
        read_new(TWO, "draft")


def test_a_card_is_not_added_below_what_never_closes_in_its_own_deck_file() -> None:
    held = TWO.replace("A: A lifetime.\n", "A: A lifetime.\n\n<!-- open\n")
    with pytest.raises(UserError) as caught:
        longer(held, "x :: y\n", "Serving")
    assert caught.value.line == 9
    assert longer(held, "x :: y\n", "Release")[1].notes[-1].deck == "Release"


# Written


def test_a_file_is_as_a_person_would_have_written_it() -> None:
    assert written(parse(TWO, "", "").notes) == TWO


def test_the_built_in_decks_come_back() -> None:
    notes = [note for file in builtin() for note in file.parsed.notes]
    again = parse(written(notes), "f.md", "")
    assert same(again.notes, notes)
    assert again.problems == ()
    assert not problems(bundle(notes))


def test_notes_with_different_sources_part() -> None:
    notes = [replace(NOTE, front=f"{at}?", sources=(f"s{at % 3}",)) for at in range(9)]
    text = written(notes)
    assert same(parse(text, "", "").notes, notes)
    assert text.count(NEXT_FILE) == 2


HEAD = st.tuples(st.sampled_from(["D", "E::F", "D"]), st.sampled_from([(), ("t",), ("t", "u v")]),
                 st.sampled_from(["", "2026"]))  # fmt: skip


@settings(max_examples=60)
@given(st.lists(st.tuples(FILES, HEAD), min_size=1, max_size=3))
def test_whatever_can_be_read_comes_back(files: list[tuple[str, tuple[str, tuple[str, ...], str]]]
) -> None:  # fmt: skip
    notes: dict[object, Note] = {}
    for text, (deck, tags, as_of) in files:
        for note in parse(text, "f.md", "Default").notes:
            key = note.id or (note.kind, note.front, note.back)
            notes.setdefault(key, replace(note, deck=deck, tags=tags, as_of=as_of))
    kept = {(note.kind, note.front, note.back): note for note in notes.values()}
    assert not problems(bundle(list(kept.values())))
    again = parse(written(list(kept.values())), "g.md", "")
    assert same(again.notes, list(kept.values()))
    assert not [p for p in again.problems if p.severity is Severity.ERROR]


# What no deck file can hold

ODD = [
    replace(NOTE, back="# Heading\n\n## Another\n\nQ: no\nA: no\n---\nx :: y\n\nz :: w\n"),
    replace(NOTE, back="a\r\nb", deck="D" * 2000),
    replace(NOTE, back=f"```\n{NEXT_FILE}\n```"),
    replace(NOTE, back="```python\nnever closed"),
    replace(NOTE, back="<!-- a\nb -->\n<!-- never closed"),
    replace(NOTE, back="ends in ^what-is-no-id"),
    replace(NOTE, back=" padded\0\ud800 "),
    replace(NOTE, id="table/17", type="choose"),
    replace(NOTE, type="choose"),
    replace(NOTE, concept="No Slug"),
    replace(NOTE, deck="D" * 5000),
    replace(NOTE, deck="a\nb:: ::c"),
    replace(NOTE, tags=tuple(f"tag-{number}" for number in range(1000))),
    replace(NOTE, tags=("# hash", "a #b", "\x00", "a\nb", "ok")),
    replace(NOTE, sources=("a, b", "c" * 9000)),
    replace(NOTE, variants=(Variant("So?", "1) no"), Variant("And so?", "No."))),
    replace(NOTE, kind=NoteKind.REVERSED, why="Since.", id="both-ways"),
    replace(NOTE, kind=NoteKind.REVERSED, front="two\nlines"),
    replace(NOTE, kind=NoteKind.CLOZE, front="# A\n# [gap]\n---\nQ: x", back=""),
]


@pytest.mark.parametrize("note", ODD, ids=range(len(ODD)))
def test_an_odd_note_is_written_in_the_nearest_form_and_told(note: Note) -> None:
    note = replace(note, place=Place("odd-->.csv", 7))
    plain = replace(NOTE, front="Plain?")
    text = written([note, plain])
    again = parse(text, "f.md", "")
    assert plain in placeless(again.notes)
    assert len(again.notes) == (3 if note.kind is NoteKind.REVERSED else 2)
    assert not [p for p in again.problems if p.severity is Severity.ERROR]
    (problem,) = problems(bundle([note, plain]))
    assert problem.place == note.place
    assert problem.severity is Severity.NOTE
    assert text.endswith(f"odd- ->.csv:7: {problem.message}\n-->\n")


def test_what_is_odd_is_still_what_it_looks_like() -> None:
    (near,), _ = nearest(ODD[0])
    assert near.back == "# Heading\n\n ## Another\n\n Q: no\n A: no\n ---\nx :: y\n\n z :: w"
    (near,), _ = nearest(ODD[1])
    assert (near.back, near.deck) == ("a\nb", ODD[1].deck)
    (there, back), _ = nearest(ODD[16])
    assert (there.front, there.back, there.why, there.id) == (NOTE.front, NOTE.back, "Since.",
                                                              "both-ways")  # fmt: skip
    assert (back.front, back.back, back.why, back.id) == (NOTE.back, NOTE.front, "Since.", "")
    assert {near.kind for near in (there, back)} == {NoteKind.BASIC}


def test_no_card_comes_twice_and_that_is_told() -> None:
    twin = replace(NOTE, why="Since.", place=Place("b.csv", 2))
    named = [replace(NOTE, front=f"{at}?", id="same") for at in range(2)]
    notes = [replace(NOTE, place=Place("a.csv", 1)), twin, *named]
    assert [note.id for note in parse(written(notes), "", "").notes] == ["", "same", ""]
    assert [(p.message, p.hint, p.severity) for p in problems(bundle(notes))] == [
        ("left out: the same card as another", "see a.csv:1", Severity.ERROR),
        ("without its id same, which another note has", "", Severity.NOTE),
    ]


def test_folders_of_the_author_are_not_told_to_others() -> None:
    backs = {"a.csv": "A", "b.csv": "A", "c.csv": "A\n\n## B"}
    text = written([
        replace(NOTE, back=back, place=Place(f"/home/ann/{name}", 3))
        for name, back in backs.items()
    ])  # fmt: skip
    assert "\nb.csv:3: left out: " in text
    assert "\nc.csv:3: with a blank " in text
    assert "/ann" not in text


LINE = st.sampled_from(["# a", "Q: b", "---", "```", "~~~", "<!-- c", "-->", NEXT_FILE, "x :: y",
                        "", "Why: d", "> sources: e", "^an-id", "    f", "| g |", "1) h", "[i]",
                        "{{c1::j}}", "$$", "(", "\t", "\0", "- k", "`", "\\"])  # fmt: skip
ANY = (st.lists(LINE, min_size=1, max_size=5).map("\n".join) | st.text(max_size=12)).filter(
    lambda text: text.strip("\0\ud800 \n\r\t\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0")
)


@settings(max_examples=30)
@given(ANY, ANY, ANY | st.just(""), ANY, st.sampled_from([NoteKind.BASIC, NoteKind.REVERSED]))
def test_any_words_are_written(
    front: str, back: str, why: str, more: str, kind: NoteKind
) -> None:  # fmt: skip
    note = replace(NOTE, kind=kind, front=front, back=back, why=why, deck=more, tags=(more, why),
                   id=more, flip=more, variants=(Variant(more, back),))  # fmt: skip
    found = nearest(note)
    assert found.notes
    assert all(map(is_held, found.notes))
    said = "".join("".join(map(str, (n.front, n.back, n.why, n.flip, n.variants)))
                   for n in found.notes)  # fmt: skip
    for text in (front, back, why, more):
        for character in filter(str.isalnum, text):
            assert character in said
    again = parse(written([note]), "", "")
    assert len(again.notes) == len({(n.kind, n.front, n.back) for n in found.notes})


# The program


def lives(program: Program) -> set[tuple[str, ...]]:
    """Cards with their words and how often they were answered."""
    cards = program("card", "list", "--json").json["cards"]
    return {(c["card"], c["front"], c["back"], c["deck"], str(c["reps"])) for c in cards}


def test_a_whole_collection_is_the_same_in_an_empty_home(own: Program, tmp_path: Path) -> None:
    path = tmp_path / "all.md"
    assert own("export", "markdown", "-o", str(path)).code == 0
    other = Program(tmp_path / "other")
    ran = other("import", str(path))
    assert ran.code == 0, ran.out
    assert lives(other) == lives(own)


def test_the_same_home_knows_its_notes_again(own: Program, tmp_path: Path) -> None:
    first = own("card", "list", "deck:Own", "--json").json["cards"][0]["card"]
    own.jsonl({"do": "rate", "card": first, "rating": "good"}, words=("Own",))
    before = lives(own)
    assert any(reps != "0" for *_, reps in before)
    path = tmp_path / "elsewhere" / "own.md"
    path.parent.mkdir()
    assert own("export", "markdown", "Own", "-o", str(path)).code == 0
    kept = own("import", str(path), "--json").json
    assert (kept["added"], kept["moved"], kept["orphaned"]) == (0, 0, 0)
    assert "No card was found" not in own("import", str(path)).out
    (tmp_path / "own.md").unlink()
    moved = own("import", str(path), "--json").json
    assert (moved["added"], moved["moved"], moved["orphaned"]) == (0, 3, 0)
    assert lives(own) == before


def test_what_is_left_out_is_told_before_what_is_only_different(
    capsys: pytest.CaptureFixture[str],
) -> None:
    odd = [replace(NOTE, front=f"{at}?", back="A\n\n## B") for at in range(25)]
    empty = replace(NOTE, front="")
    code = tell(MARKDOWN, bundle([*odd, empty]), Target(None, may_replace=False), 0, as_json=False)
    told = capsys.readouterr().err
    assert (code, told.startswith("error: "), told.count("\nnote: ")) == (1, True, 19)


def test_card_new_and_card_edit_in_a_file_of_several(srs: Program, tmp_path: Path) -> None:
    path = tmp_path / "several.md"
    path.write_text(f"one :: 1\n\n{NEXT_FILE}\n---\ndeck: B\n---\n\ntwo :: 2\n")
    assert srs("import", str(path)).code == 0
    ran = srs("card", "new", "--deck", "several", "--file", str(path), stdin="three :: 3\n")
    assert ran.code == 0, ran.err
    assert path.read_text() == (
        f"one :: 1\n\nthree :: 3\n\n{NEXT_FILE}\n---\ndeck: B\n---\n\ntwo :: 2\n"
    )
    cards = srs("card", "list", "deck:several or deck:B", "--json").json["cards"]
    decks = {card["front"]: card["deck"] for card in cards}
    assert decks == {"one": "several", "three": "several", "two": "B"}
    refused = srs("card", "new", "--deck", "C", "--file", str(path), stdin="four :: 4\n")
    assert refused.code == 2
    assert "its cards are of the deck several or B, not of C" in refused.err
    two = next(card["card"] for card in cards if card["front"] == "two")
    editor = Program(srs.home, environment={"EDITOR": "sed -i s/2/22/", "VISUAL": ""})
    edited = editor("card", "edit", two, "--json")
    assert edited.code == 0, edited.err
    cards = srs("card", "list", "deck:several or deck:B", "--json").json["cards"]
    assert {card["front"]: card["deck"] for card in cards} == decks
    assert {card["back"] for card in cards} == {"1", "3", "22"}

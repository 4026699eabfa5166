"""Exports for hashcards and for Obsidian: read back, they are the same cards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decks.cards import card_keys, face
from decks.cloze import fault, find_gaps
from decks.dialects import hashcards, obsidian
from decks.dialects.base import DeckText
from decks.model import Note, NoteKind, Parsed, Place, Severity, Variant
from decks.sm2 import ease_of, guessed
from exporters import Bundle, ExportCard, ExportNote, get_format, write
from exporters.base import History, Scheduling
from exporters.flavours.asked import asked
from exporters.flavours.obsidian import paragraphs
from exporters.writing import pieces
from srs import Rating, Wanted, Wish, open_collection
from srs.days import Calendar
from srs.model import CardState, Phase
from tests.program import Program

HASHCARDS, OBSIDIAN = get_format("hashcards"), get_format("obsidian")
DIALECTS = {"hashcards": hashcards.parse, "obsidian": obsidian.parse}
SCHEDULING = Scheduling((), 0.9, (60, 600), (600,), 36_500, 12, 200, 8, True)
TODAY = 20_514  # 2026-03-02


def uid(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def note(front: str, back: str = "", **more: object) -> ExportNote:
    kind = NoteKind.BASIC if back else NoteKind.CLOZE
    made = Note(kind=kind, front=front, back=back, deck="Deck", place=Place("d.md", 1))
    made = replace(made, **more)  # type: ignore[arg-type]
    keys = card_keys(made.kind, made.front)
    cards = tuple(ExportCard(uid(f"{front}/{key}"), key, at) for at, key in enumerate(keys))
    return ExportNote(uid(front), made, cards, 0)


def text_of(name: str, notes: Sequence[ExportNote], history: History | None = None) -> str:
    bundle = Bundle("All of it", notes, history=history)
    return b"".join(pieces(get_format(name), bundle)).decode()


def read(name: str, text: str) -> Parsed:
    return DIALECTS[name](DeckText(text, "x/cards.md", "cards.md", "cards"))


def body(name: str, *notes: ExportNote) -> str:
    """What stands below the name of the deck."""
    text = text_of(name, notes)
    above = '---\nname = "Deck"\n---\n\n' if name == "hashcards" else "#flashcards/Deck\n\n"
    assert text.startswith(above)
    return text.removeprefix(above).removesuffix("\n")


# What one sees of a text, roughly: no escapes, quotation marks, fences, and no length of rules.
RULE = re.compile(r"([-*_=])(?:\s?\1){2,}")
MARKS = re.compile(r"\\|>|\{\}|[�\ud800\0\ufeff]")


def seen(text: str) -> str:
    text = re.sub(r"`{3,}|~{3,}", "", MARKS.sub("", text))
    lines = ("".join(line.split()) for line in re.split(r"\r\n?|\n", text))
    return "".join(RULE.sub(r"\1\1\1", line) if RULE.fullmatch(line) else line for line in lines)


def faces(found: Sequence[Note]) -> list[tuple[str, str]]:
    return [
        (seen(one.front), seen(one.back))
        for each in found
        for key in card_keys(each.kind, each.front)
        for one in [face(each.kind, each.front, each.back, key)]
    ]


def expected(notes: Sequence[ExportNote]) -> list[tuple[str, str]]:
    return [(seen(one.front), seen(one.back)) for each in notes for one in asked(each.note)]


def errors(parsed: Parsed) -> list[str]:
    return [one.message for one in parsed.problems if one.severity is Severity.ERROR]


# Any text

WORDS = st.lists(
    st.sampled_from([
        *("Q:", "A:", "C:", "---", "***", "===", "+++", "?", "??", "::", ":::", "==", "\n", "\n\n"),
        *("\n```\n", "\n~~~py\n", "```", "`", "``", "$", "$$", "<!--", "-->", "%%", "#tag"),
        *("#flashcards/x", "# ", "## head", "\n", "- ", "  - ", "1. ", "> ", "[", "]", "!["),
        *("](x.png)", "[[", "]]", "\\", "\\[", " ^abc-1", "<!--SR:!2026-01-01,1,250-->", "\ud800"),
        "[!sr|card-metadata]",
        *("std::vector", "a", "b c", " ", "|", "{{c1::", "}}", "\ufeff", "\u3000", "\r", "\0", "!"),
        *("\nQ: x", "\n---\n", "\n?\n", "\n# x\n", "\n    code\n", "\n  ```\n", "\n> ```\n"),
    ]),
    min_size=1, max_size=14,
).map("".join)  # fmt: skip
SIDES = WORDS.map(str.strip).filter(lambda text: bool(seen(text)))
HARD = settings(max_examples=60, suppress_health_check=list(HealthCheck))


def cloze_text(parts: list[tuple[str, str, str]]) -> str:
    shapes = {"[": "[{0}]", "=": "=={0}==", "1": "{{{{c1::{0}}}}}", "h": "[{0} :: hint]"}
    return "".join(f"{words} {shapes[shape].format(gap)} " for words, gap, shape in parts).strip()


CLOZES = st.lists(
    st.tuples(WORDS, st.sampled_from(["x", "a b", "`y`", "$z$", "a::b", "p=q"]),
              st.sampled_from("[[=1h")),
    min_size=1, max_size=3,
).map(cloze_text).filter(lambda text: bool(find_gaps(text)) and not fault(text))  # fmt: skip


@st.composite
def any_note(draw: st.DrawFn) -> ExportNote:
    if draw(st.integers(0, 3)) == 0:
        return note(draw(CLOZES), why=draw(st.sampled_from(["", "", "as such"])))
    more = {
        "kind": draw(st.sampled_from([NoteKind.BASIC, NoteKind.BASIC, NoteKind.REVERSED])),
        "why": draw(st.just("") | SIDES), "flip": draw(st.just("")),
        "tags": tuple(draw(st.lists(st.sampled_from(["t", "srs", "7", "a b"]), max_size=2))),
    }  # fmt: skip
    return note(draw(SIDES), draw(SIDES), **more)


NOTES = st.lists(any_note(), min_size=1, max_size=4)


@pytest.mark.parametrize("name", ["hashcards", "obsidian"])
@HARD
@given(NOTES)
def test_every_card_is_read_back(name: str, notes: list[ExportNote]) -> None:
    text = text_of(name, notes)
    parsed = read(name, text)
    assert list(dict.fromkeys(faces(parsed.notes))) == list(dict.fromkeys(expected(notes))), text
    assert not errors(parsed)


# The programs themselves, as far as their cards go


def as_hashcards_reads(text: str) -> list[tuple[str, str]]:
    """Questions and answers by its rules: tags and rules count wherever they begin a line."""
    lines = iter(text.split("\n"))
    assert next(lines) == "---" == [next(lines), next(lines)][1]
    cards: list[list[list[str]]] = []
    for line in lines:
        assert line.strip() != "---"
        if line.startswith(("Q:", "C:")):
            cards.append([[line[:2], line[2:]]])
        elif line.startswith("A:"):
            assert cards[-1][0][0] == "Q:"
            assert len(cards[-1]) == 1
            cards[-1].append(["", line[2:]])
        elif cards:
            cards[-1][-1].append(line)
    assert all(len(card) == 1 + (card[0][0] == "Q:") for card in cards)
    return [
        ("\n".join(card[0][1:]).strip(), "\n".join(card[-1][1:]).strip())
        for card in cards
        if card[0][0] == "Q:"
    ]


def as_the_plugin_reads(text: str) -> list[str]:
    """The cards of Obsidian Spaced Repetition by the rules of most of its versions: a line with a
    separator is a card wherever it stands, blank lines end cards, fences begin in the first column.
    """
    cards: list[str] = []
    held: list[str] = []
    kind = ""
    lines = iter([*text.split("\n"), ""])
    for line in lines:
        if not line.strip().strip("\ufeff"):
            if kind:
                cards.append("\n".join(held))
            held, kind = [], ""
            continue
        assert not line.startswith("<!--") or line.startswith("<!--SR:")
        held.append(line)
        colons = line.find("::")
        is_code = line[:colons].count("`") % 2 == 1 == line[colons:].count("`") % 2
        is_code |= "``" in line or "\\`" in line  # it counts these wrongly
        if colons >= 0 and not is_code:
            cards.append(line)
            held, kind = [], ""
        elif line.strip() in ("?", "??"):
            kind = "lines" if len(held) > 1 else kind
        elif line.startswith(("```", "~~~")):
            marks = re.match("`+|~+", line)[0]  # type: ignore[index]
            held += _fence(lines, marks)
        elif not kind and re.search("==.+?==", line):
            kind = "gaps"
    return cards


def _fence(lines: Iterator[str], marks: str) -> list[str]:
    held: list[str] = []
    for line in lines:
        held.append(line)
        if line.startswith(marks):
            return held
    raise AssertionError("a fence swallowed all that follows")


@HARD
@given(NOTES)
def test_hashcards_finds_no_other_tags(notes: list[ExportNote]) -> None:
    text = text_of("hashcards", notes)
    found = as_hashcards_reads(text)
    wanted = expected(notes)
    assert {(seen(front), seen(back)) for front, back in found} <= set(wanted)


@HARD
@given(NOTES)
def test_the_plugin_finds_every_card_whole(notes: list[ExportNote]) -> None:
    notes = [*notes, note("f", "b")]  # without a tag, so that none is shared
    text = text_of("obsidian", notes)
    written = (one for each in notes for one in paragraphs(each, None, ()))
    assert as_the_plugin_reads(text) == [one.strip("\n") for one in written]


# Examples, to the letter


@pytest.mark.parametrize(
    ("front", "back", "written"),
    [
        ("One?", "A: two\n\nQ: three\nC: four", "Q: One?\nA: A: two\n\n Q: three\n C: four"),
        ("One?", "two\n---\nthree", "Q: One?\nA: two\n----\nthree"),
        ("One?", "- two\n- three", "Q: One?\nA:\n- two\n- three"),
        ("One?", "two\n\n# three", "Q: One?\nA: two\n\n # three"),
        ("One?", "# two\n\nthree", "Q: One?\nA: # two\n\nthree"),
        ("One?", "```yaml\n---\na: 1\n```", "Q: One?\nA:\n> ```yaml\n> ---\n> a: 1\n> ```"),
        ("One?", "two <!-- three", "Q: One?\nA: two <!-- three"),
        ("One?", "<!-- two", "Q: One?\nA: <\\!-- two"),
        ("One?", "```\ntwo", "Q: One?\nA:\n```\ntwo\n```"),
        ("A [gap].", "", "C: A [gap]."),
        ("A [gap], a [link](x) and `x[0]`", "", "C: A [gap], a \\[link\\](x) and `x\\[0\\]`"),
        ("![alt](x.png) [gap]", "", "C: ![alt](x.png) [gap]"),
        ("==gap== and \\[math\\]", "", "C: [gap] and \\\\[math\\\\]"),
        ("A [gap :: hint].", "", "Q: A [hint].\nA: A **gap**."),
        ("{{c1::a}} and {{c1::b}}", "", "Q: [...] and [...]\nA: **a** and **b**"),
    ],
)  # fmt: skip
def test_hashcards_to_the_letter(front: str, back: str, written: str) -> None:
    assert body("hashcards", note(front, back)) == written


@pytest.mark.parametrize(
    ("front", "back", "written"),
    [
        ("Unit of charge", "coulomb", "Unit of charge :: coulomb"),
        ("Which are the two?", "two\n\nthree", "Which are the two?\n?\ntwo\n <!-- -->\nthree"),
        ("One?", "- a\n\n  b\n- c", "One?\n?\n- a\n  <!-- -->\n  b\n- c"),
        ("One?", "a\n\n    code", "One?\n?\na\n   <!-- -->\n    code"),
        ("One?", "std::vector", "One?\n?\nstd:\\:vector"),
        ("One?", "`std::vector`", "One?\n?\n`std::vector`"),
        ("One?", "```cpp\nstd::sort\n\nx\n```", "One?\n?\n```cpp\nstd::sort\n\nx\n```"),
        ("One?", "- ```cpp\n  std::sort\n\n  x\n  ```\n- b",
         "One?\n?\n-\n```cpp\nstd::sort\n\nx\n```\n- b"),
        ("One?", "?", "One?\n?\n\\?"),
        ("One?", "a\n---\nb", "One?\n?\na\n----\nb"),
        ("#include does?", "#flashcards", "\\#include does?\n?\n\\#flashcards"),
        ("One?", "a %% b <!-- c -->", "One?\n?\na %\\% b <\\!-- c -->"),
        ("One?", "$a %% b$ and $A :: B$", "One?\n?\n$a %\\% b$ and $A :{}: B$"),
        ("One?", "a ^abc", "One?\n?\na \\^abc"),
        ("2. Which?", "the second", "2\\. Which?\n?\nthe second"),
        ("```\nx\n```", "code", " <!-- -->\n```\nx\n```\n?\ncode"),
        ("A [gap] and [gap].", "", "A ==gap== and ==gap==."),
        ("A [gap :: hint] == b.", "", "A ==gap;;hint== =\\= b."),
        ("{{c2::a}}, {{c1::b}}, {{c2::c}}", "", "==1;;a==, ==2;;b==, ==1;;c=="),
        ("A [gap;;s]", "", "A [...]\n?\nA **gap;;s**"),
        ("A [a==b].", "", "A [...].\n?\nA **a==b**."),
        ("One ` two?", "`<!-- a -->` b", "One \\` two?\n?\n`<!-- a -->` b"),
        ("A [gap], `a == b`", "", "A [...], `a == b`\n?\nA **gap**, `a == b`"),
    ],
)  # fmt: skip
def test_obsidian_to_the_letter(front: str, back: str, written: str) -> None:
    assert body("obsidian", note(front, back)) == written


TAME = st.lists(
    st.sampled_from([
        "A sentence, with `code`.", "- a\n- b\n\n  more of it\n- c", "1. one\n2. two", "$x^2$.",
        "```py\nx = [1]\n\ny\n```", "| a | b |\n| --- | --- |\n| 1 | 2 |", "> quoted\n>\n> more",
        "![alt](x.png)", "## A heading\nand text", "A [link](https://x.org/a_b).", "**bold**: yes",
    ]),
    min_size=1, max_size=5,
).map(lambda parts: "\n\n".join(["Plain words.", *parts, "End."]))  # fmt: skip


@pytest.mark.parametrize("name", ["hashcards", "obsidian"])
@settings(max_examples=40)
@given(TAME, TAME)
def test_what_looks_like_no_mark_is_read_back_to_the_letter(
    name: str, front: str, back: str
) -> None:
    for exported in (
        note(front, f"{back} So."),
        note(front, f"{back} So.", kind=NoteKind.REVERSED),
    ):
        parsed = read(name, text_of(name, [exported]))
        sides = [one for each in parsed.notes for one in asked(each)]
        assert [one[1:] for one in sides] == [one[1:] for one in asked(exported.note)]
        assert not errors(parsed)


def test_what_is_told_below_an_answer_is_kept() -> None:
    variant = Variant("And with two?", "Half.")
    exported = note("Q?", "A.", why="Because.", flip="- If not", variants=(variant,))
    answer = (
        "A.\n\n**Why:** Because.\n\n**Flip:**\n\n- If not\n\n**Variant:** And with two?\n\nHalf."
    )
    for name in ("hashcards", "obsidian"):
        (found,) = read(name, text_of(name, [exported])).notes
        assert found.back == answer


def test_a_gap_is_not_given_away_by_what_is_told_below() -> None:
    exported = note("A [gap] and [two].", why="A gap, for once.")
    for name in ("hashcards", "obsidian"):
        found = read(name, text_of(name, [exported])).notes
        assert [(one.front, one.back.partition("\n")[0]) for one in found] == [
            ("A [...] and two.", "A **gap** and two."), ("A gap and [...].", "A gap and **two**."),
        ]  # fmt: skip


def test_gaps_that_become_questions_are_told() -> None:
    notes = [note("A [gap]."), note("A [gap :: hint]."), note("A [g].", why="So."), note("a", "b")]
    told = [get_format(name).problems(Bundle("t", notes)) for name in ("hashcards", "obsidian")]
    assert list(map(len, told)) == [2, 1]
    assert {one.severity for each in told for one in each} == {Severity.NOTE}


def test_decks_and_tags_are_tags_that_obsidian_knows() -> None:
    notes = [
        note("a", "1", deck="ML: systems::C++", tags=("mlsd", "own tag", "srs", "2024")),
        note("b", "2", deck="ML: systems::C++", tags=("mlsd", "a::b", "🃏", "flashcards/x")),
        note("c", "3", deck="", tags=("mlsd",)),
        note("Why is [that]?", deck="CI/CD", tags=("mlsd", "t")),
    ]
    text = text_of("obsidian", notes)
    assert text.startswith("---\ntags: [mlsd]\n---\n\n#flashcards/ML-systems/C--\n")
    found = read("obsidian", text).notes
    assert [(one.deck, one.tags) for one in found] == [
        ("ML-systems::C--", ("mlsd", "own-tag", "tag/srs", "tag/2024")),
        ("ML-systems::C--", ("mlsd", "a/b", "tag/-", "tag/flashcards/x")),
        ("cards", ("mlsd",)),
        ("CI-CD", ("mlsd", "t")),
    ]


@pytest.mark.parametrize("deck", ['a "b" \\ c::d', "[x]", "---", "é" * 900, "#", "\u2028"])
def test_a_deck_of_any_name_has_front_matter(deck: str) -> None:
    found = read("hashcards", text_of("hashcards", [note("a", "b", deck=deck)]))
    assert not found.problems
    assert found.notes[0].deck == (deck[:500] if deck.strip() else "All of it")


def test_several_decks_go_by_the_title() -> None:
    notes = [note("a", "b"), note("c", "d", deck="Other", kind=NoteKind.REVERSED)]
    text = text_of("hashcards", notes)
    assert text == '---\nname = "All of it"\n---\n\nQ: a\nA: b\n\nQ: c\nA: d\n\nQ: d\nA: c\n'


# Schedules


def state(phase: Phase, **more: object) -> CardState:
    usual = CardState(phase, stability_days=12.4, difficulty=5.0, due_day=TODAY + 3)
    return usual._replace(**more)  # type: ignore[arg-type]


def history(states: dict[bytes, CardState]) -> History:
    return History(SCHEDULING, Calendar("UTC"), TODAY - 99, TODAY, states, (), 0)


def test_siblings_share_a_comment_in_their_order() -> None:
    exported = note("A [gap], [two], [three].")
    past = history({
        exported.cards[1].uid: state(Phase.REVIEW),
        exported.cards[2].uid: state(
            Phase.LEARNING, due_day=None, due_ms=TODAY * 86_400_000 + 40_000_000, difficulty=9.0
        ),
    })  # fmt: skip
    text = text_of("obsidian", [exported], past)
    assert text.endswith(
        "\nA ==gap==, ==two==, ==three==.\n"
        "<!--SR:!2000-01-01,1,250!2026-03-05,12,314!2026-03-02,1,208-->\n"
    )
    one, two, three = read("obsidian", text).notes[0].pasts
    assert one is None
    assert [past.standing.due_day for past in (two, three) if past and past.standing] == [
        TODAY + 3, TODAY,
    ]  # fmt: skip


def test_without_history_there_are_no_comments() -> None:
    assert "<!--" not in text_of("obsidian", [note("a", "b")])
    assert "<!--" not in text_of("obsidian", [note("a", "b")], history({}))
    assert get_format("obsidian").wants == {"history"}


@given(st.integers(1, 36_500), st.floats(1, 10))
def test_an_ease_gives_the_difficulty_back(days: int, difficulty: float) -> None:
    ease = round(100 * ease_of(days, difficulty)) / 100
    assert guessed(days, ease).stability_days == pytest.approx(days)
    assert guessed(days, ease).difficulty == pytest.approx(difficulty, abs=0.06)


MORNING_MS = TODAY * 86_400_000 + 28_800_000
CARDS = """\
C: A rollout runs [shadow], then [canary], then [full].

Unit of charge ::: coulomb

Q: First?
A: Again and again.

Q: Second?
A: Once,
and below a blank line.

Q: Never?
A: No.
"""


def lived(home: Path, source: Path) -> tuple[Bundle, dict[str, CardState]]:
    """A fortnight with some cards, of which the last is never answered."""
    with open_collection(home) as collection:
        collection.import_paths([str(source)], Wish(), MORNING_MS)
        wanted = Wanted(("Own",))
        for card in list(collection.find(wanted, MORNING_MS)):
            for day, rating in ((0, 4), (5, 3 if "First" not in card.front else 1), (14, 2)):
                (now,) = collection.find_cards(card.uid.hex())
                if card.front != "Never?":
                    collection.answer(now, Rating(rating), MORNING_MS + day * 86_400_000)
        cards = list(collection.find(wanted, MORNING_MS))
        states = {card.uid: card.state for card in cards if card.state.phase}
        bundle = collection.bundle("All", MORNING_MS, wanted)
    return replace(bundle, history=history(states)), {card.front: card.state for card in cards}


def test_obsidian_carries_where_the_cards_stand(tmp_path: Path, srs: Program) -> None:
    for name in ("own", "home"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.toml").write_text('zone = "UTC"\n')
    (tmp_path / "own.md").write_text(f"---\ndeck: Own\n---\n\n{CARDS}")
    bundle, before = lived(tmp_path / "own", tmp_path / "own.md")
    write(OBSIDIAN, bundle, tmp_path / "vault.md")
    later = MORNING_MS + 15 * 86_400_000
    assert srs("import", "--from", "obsidian", str(tmp_path / "vault.md")).code == 0
    with open_collection(tmp_path / "home") as collection:
        after = {card.front: card.state for card in collection.find(Wanted(("Own",)), later)}
    assert after.keys() == before.keys()
    for front, state in before.items():
        assert_stands_alike(state, after[front])


def assert_stands_alike(before: CardState, after: CardState) -> None:
    if before.phase in (Phase.NEW, Phase.REVIEW):
        assert (after.phase, after.due_day) == (before.phase, before.due_day)
    if before.phase is Phase.REVIEW:
        assert after.stability_days == max(1, round(before.stability_days or 0))
        assert after.difficulty == pytest.approx(before.difficulty, abs=0.05)
    elif before.phase:
        assert before.due_ms is not None
        assert after.due_day == Calendar("UTC").day_of(before.due_ms)


@pytest.mark.parametrize("name", ["hashcards", "obsidian"])
def test_the_built_in_decks_come_back_without_a_word(
    name: str, srs: Program, tmp_path: Path
) -> None:
    path = str(tmp_path / "deck.md")
    wrote = srs("export", name, "-o", path, "--json").json
    assert srs("export", name, "-o", f"{path}2").code == 0
    assert Path(path).read_bytes() == Path(f"{path}2").read_bytes()
    read_back = Program(tmp_path / "other")("import", path, "--json")
    assert read_back.code == 0
    assert not read_back.json["skipped"]
    assert len(faces(read(name, Path(path).read_text()).notes)) == wrote["cards"]

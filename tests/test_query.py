"""The query language: how it is read, and that SQL finds what the words of the manual promise."""

from __future__ import annotations

import operator
import random
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

import decks
from decks import Note
from decks.errors import UsageError
from srs import Card, Collection, Flag, Kind, Phase, Rating, Settings, Wanted, query
from srs.query import (
    All,
    And,
    Flagged,
    Is,
    Named,
    Node,
    Not,
    Or,
    Prop,
    Since,
    Words,
    both,
    either,
    negated,
    render,
)
from srs.query_text import Malformed, parse
from srs.store.create import in_memory

MONDAY_MS = 1_772_438_400_000  # 2026-03-02T08:00:00Z
DAY_MS = 86_400_000

SIGNS = st.sampled_from([
    *'ab :*()"\\-<>=,.0179é\n', "or", "and", "not", "is:", "deck:", "prop:", "rated:", "flag:",
    "due", "s<", '"', "tag:", "\0", "\ud800",
])  # fmt: skip
TEXTS = st.one_of(st.text(max_size=40), st.lists(SIGNS, max_size=14).map("".join))

NAMES = st.text(min_size=1, max_size=8).filter(
    lambda name: name.strip().strip("\0") and not any("\ud800" <= c <= "\udfff" for c in name)
)
NUMBERS = st.sampled_from(sorted(set(query.NUMBERS.values()) - {"retrievability"}))
LEAVES = st.one_of(
    st.builds(Words, NAMES),
    st.builds(Words, st.sampled_from(["skew", "p-val", "->", "10:30", "é", "or"]), st.just(True)),
    st.builds(Named, st.sampled_from(["deck", "tag", "concept", "type", "path", "note", "card"]),
              NAMES),
    st.builds(Named, st.just("level"), st.sampled_from(query.LEVELS)),
    st.builds(Named, st.just("kind"), st.sampled_from(query.KINDS)),
    st.builds(Is, st.sampled_from(query.STATES)),
    st.builds(Flagged, st.integers(0, 4)),
    st.builds(Prop, NUMBERS, st.sampled_from(query.COMPARISONS),
              st.floats(allow_nan=False, allow_infinity=False)),
    st.builds(Prop, st.just("retrievability"), st.sampled_from(query.COMPARISONS), st.floats(0, 1)),
    st.builds(Since, st.just("rated"), st.integers(1, 36_500), st.integers(0, 4)),
    st.builds(Since, st.sampled_from(["added", "edited", "introduced"]), st.integers(1, 36_500)),
)  # fmt: skip


def trees(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    """Queries as `parse` makes them: no And within And, no Not within Not."""
    return st.recursive(
        leaves,
        lambda nodes: st.one_of(
            st.lists(nodes, min_size=2, max_size=3).map(both),
            st.lists(nodes, min_size=2, max_size=3).map(either),
            nodes.map(negated),
        ),
        max_leaves=8,
    )


# Reading


def read(text: str) -> Node | Malformed:
    try:
        return parse(text)
    except Malformed as error:
        return error


@profile(max_examples=400)
@given(TEXTS)
def test_any_text_is_a_query_or_malformed_and_says_where(text: str) -> None:
    node = read(text)
    if isinstance(node, Malformed):
        assert 0 <= node.at <= len(text)
        assert f"at character {node.at + 1} of" in node.message
    else:
        assert parse(render(node)) == node


@profile(max_examples=200)
@given(trees(LEAVES))
def test_what_is_rendered_is_read_as_the_same_query(node: Node) -> None:
    assert parse(render(node)) == node


A, B, C = Words("a", True), Words("b", True), Words("c", True)


@pytest.mark.parametrize(
    "text, node",
    [
        ("", All()),
        (" \n ", All()),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a or b c", Or((A, And((B, C))))),
        ("(a or b) c", And((Or((A, B)), C))),
        ("-a", Not(A)),
        ("not not a", A),
        ("NOT -a", A),
        ("-(a b)", Not(And((A, B)))),
        ("a not b", And((A, Not(B)))),
        ("->", Words("->", True)),
        ("-", Words("-", True)),
        ("a - b", And((A, Words("-", True), B))),
        ('"a b"', Words("a b")),
        ('"and"', Words("and")),
        (r'"say \"a\""', Words('say "a"')),
        (r'"tag\:a"', Words("tag:a")),
        ('"note: a"', Words("note: a")),
        ("10:30", Words("10:30", True)),
        ("deck:a::b", Named("deck", "a::b")),
        ('deck:"a b"', Named("deck", "a b")),
        ('"deck:a b"', Named("deck", "a b")),
        ('-"DECK:a b"', Not(Named("deck", "a b"))),
        ("is:learn", Is("learning")),
        ("IS:Due", Is("due")),
        ("flag:2", Flagged(2)),
        ("flag:Red", Flagged(1)),
        ("flag:any", Is("flagged")),
        ("flag:none", Flagged(0)),
        ("prop:S<=1e1", Prop("stability", "<=", 10)),
        ('"prop:due = -3"', Prop("due", "=", -3)),
        ("prop:r!=1", Prop("retrievability", "!=", 1)),
        ("rated:7", Since("rated", 7)),
        ("rated:7:1", Since("rated", 7, 1)),
        ("rated:7:easy", Since("rated", 7, 4)),
        ("added:03", Since("added", 3)),
    ],
)
def test_what_is_written_is_what_is_meant(text: str, node: Node) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(
    "text, at, said",
    [
        ("dek:a", 0, "did you mean deck:?"),
        ("a http://b", 2, "put it in quotes"),
        ("a (b", 2, "not closed"),
        ("a) b", 1, "not opened"),
        ("()", 1, "after a parenthesis"),
        ("a or", 4, "missing after or"),
        ("or a", 0, "at the beginning"),
        ("a and or b", 6, "missing after and"),
        ("a -", 3, ""),
        ('a "b', 2, "not closed"),
        ('a"b"', 1, "within a word"),
        ('""', 0, "nothing between"),
        ("*", 0, "missing before *"),
        ("a*b", 1, "no meaning"),
        ("deck:", 5, "value is missing after deck:"),
        ('tag:""', 4, "value is missing after tag:"),
        ("is:suspnded", 3, "did you mean suspended?"),
        ("flag:pink", 5, "orange"),
        ("flag:5", 5, "blue"),
        ("level:boss", 6, "staff"),
        ("kind:clozes", 5, "did you mean cloze?"),
        ("prop:s", 5, "prop:s<10"),
        ("prop:stabilit<3", 5, "did you mean stability?"),
        ("prop:s<", 5, "nothing"),
        ("prop:s<nan", 5, "nan"),
        ("prop:r<80", 5, "between 0 and 1"),
        ("rated:0", 6, "rated:7"),
        ("rated:x", 6, "rated:7"),
        ("added:99999", 6, "added:7"),
        ("rated:7:best", 8, "again"),
        ("(" * 60 + "a" + ")" * 60, 50, "too many parentheses"),
        ("a " * 301, 600, "more than 300"),
        ("a" * 10_001, 10_000, "longer than"),
    ],
)
def test_a_malformed_query_says_where_and_what_else(text: str, at: int, said: str) -> None:
    if text == "a -":  # a minus alone is a word
        assert parse(text) == And((A, Words("-", True)))
        return
    with pytest.raises(Malformed) as caught:
        parse(text)
    assert caught.value.at == at
    assert said in f"{caught.value.message} {caught.value.hint}"
    assert len(caught.value.message) < 200


# Finding

FILES = {
    "serving/caches.md": "---\ntags: [serving, ml::online]\n---\n"
    "Q: Skewed café keys -> what?\nA: Hot spots.\nWhy: One key.\n\n"
    "C: A rollout runs [shadow], then {{c2::canary deployment}}.\n\n## own-concept\n\n"
    "### cold-user {type=contrast}\nQ: Cold user?\nA: Misses *every* read.\n"
    "Variant: With a warm replica? (It hits)\n",
    "plain.md": "drift ::: change of the world\n\nQ: What is skewness?\nA: Asymmetry.\n"
    "Flip: Were it symmetric.\n",
    "gone.md": "Q: Still there?\nA: Yes.\n\nQ: Orphaned canary?\nA: No.\n",
}  # fmt: skip
WORDS = [
    "skew", "cafe", "CAFÉ", "canary", "c2", "shadow", "warm", "hits", "world", "zz", "symmetric",
    "then canary deployment", "every read", "key", "spots", "->", "user?",
]  # fmt: skip
FINDABLE = st.one_of(
    st.builds(Words, st.sampled_from(WORDS), st.booleans()),
    st.builds(Named, st.just("deck"), st.sampled_from(["serving", "SERVING::caches", "pl*", "*"])),
    st.builds(Named, st.just("tag"), st.sampled_from(["ml", "SERVING", "none", "*line", "zz*"])),
    st.builds(Named, st.just("concept"), st.sampled_from(["own-concept", "own*", "zz*"])),
    st.builds(Named, st.just("type"), st.sampled_from(["contrast", "c*"])),
    st.builds(Named, st.just("path"), st.sampled_from(["plain.md", "serving", "*.md", "s*"])),
    st.builds(Named, st.just("kind"), st.sampled_from(query.KINDS)),
    st.builds(Named, st.just("level"), st.sampled_from(query.LEVELS)),
    st.builds(Named, st.just("note"), st.sampled_from(["cold-user", *"0123456789abcdef", "zz"])),
    st.builds(Named, st.just("card"), st.sampled_from([*"0123456789abcdef", "%", "zz"])),
    st.builds(Is, st.sampled_from(query.STATES)),
    st.builds(Flagged, st.integers(0, 4)),
    st.builds(Prop, NUMBERS, st.sampled_from(query.COMPARISONS),
              st.sampled_from([-3, 0, 1, 2, 3, 6.5, 21, 40])),
    st.builds(Prop, st.just("retrievability"), st.sampled_from(query.COMPARISONS),
              st.sampled_from([0.0, 0.5, 0.8, 0.95, 1.0])),
    st.builds(Since, st.just("rated"), st.sampled_from([1, 2, 9, 400]), st.integers(0, 4)),
    st.builds(Since, st.sampled_from(["added", "edited", "introduced"]),
              st.sampled_from([1, 2, 9, 400])),
)  # fmt: skip
ACTS = (
    "again", "again", "hard", "good", "easy", "easy", "easy", "suspend", "unsuspend", "bury",
    "reset", "flag", "undo", "relink",
)  # fmt: skip


class World:
    """A small collection with a random past, and what is needed to look through it slowly."""

    def __init__(self, collection: Collection, folder: Path, seed: int) -> None:
        self.collection = collection
        self.folder = folder
        self.now_ms = MONDAY_MS
        self.added: dict[bytes, int] = {}
        self.edited: dict[bytes, int] = {}
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        self.read()
        self._live(random.Random(seed))
        self.everything = [*self.cards(), *self.cards(orphans=True)]
        self.notes = collection.notes_by_uid(self.everything)

    def cards(self, *, orphans: bool = False) -> list[Card]:
        return list(self.collection.cards(self.collection.span(self.now_ms), orphans=orphans))

    def read(self) -> None:
        before = self._texts()
        self.collection.import_files(decks.read([self.folder]), self.now_ms)
        for note, text in self._texts().items():
            self.added.setdefault(note, self.now_ms)
            if before.get(note) != text:
                self.edited[note] = self.now_ms

    def _texts(self) -> dict[bytes, object]:
        found = [(c, False) for c in self.cards()] + [(c, True) for c in self.cards(orphans=True)]
        notes = self.collection.notes_by_uid([card for card, _ in found])
        gone = {card.note for card, orphan in found if orphan}
        gone -= {card.note for card, orphan in found if not orphan}
        return {u: (n.front, n.back, n.tags, n.deck, u in gone) for u, n in notes.items()}

    def _live(self, rng: random.Random) -> None:
        for number in range(rng.randrange(60)):
            self.now_ms += rng.choice([60_000, 700_000, DAY_MS // 2, DAY_MS, 6 * DAY_MS])
            self._act(rng, rng.choice(ACTS))
            if number % 20 == 9:
                (self.folder / f"late-{number}.md").write_text(f"Q: Late {number}?\nA: Yes.\n")
                (self.folder / "gone.md").write_text("Q: Still there?\nA: Yes.\n")
                text = (self.folder / "plain.md").read_text()
                (self.folder / "plain.md").write_text(text.replace("Asymmetry", "Lopsided"))
                self.read()

        self._act(rng, rng.choice([Kind.BURY, "good"]))
        self.now_ms += rng.choice([0, 60_000, 900_000, DAY_MS, 9 * DAY_MS])

    def _act(self, rng: random.Random, word: str) -> None:
        card = rng.choice(self.cards()[:6])
        if word == "undo":
            self.collection.undo(self.now_ms)
        elif word == "relink":
            other = rng.choice([*self.cards(), *self.cards(orphans=True)])
            with suppress(UsageError):  # the same card, or without a history
                plan = self.collection.plan_relink([other], [card])
                self.collection.relink(plan, self.now_ms)
        elif word == "flag":
            self.collection.flag(card, rng.choice(list(Flag)), self.now_ms)
        elif word in (Kind.SUSPEND, Kind.UNSUSPEND, Kind.BURY, Kind.RESET):
            self.collection.mark([card], word, self.now_ms)
        else:
            self.collection.answer(card, Rating[word.upper()], self.now_ms)

    def found(self, text: str, **options: Any) -> list[bytes]:
        return [c.uid for c in self.collection.find(Wanted(query=text), self.now_ms, **options)]

    # The slow way

    def expected(self, node: Node) -> set[bytes]:
        everyone = query.asks_for(node, "orphan")
        orphans = {card.uid for card in self.cards(orphans=True)}
        return {
            card.uid
            for card in self.everything
            if self.fits(node, card) and (everyone or card.uid not in orphans)
        }

    def fits(self, node: Node, card: Card) -> bool:
        note, state = self.notes[card.note], card.state
        today = self.collection.calendar.day_of(self.now_ms)
        match node:
            case All():
                return True
            case And(parts):
                return all(self.fits(part, card) for part in parts)
            case Or(parts):
                return any(self.fits(part, card) for part in parts)
            case Not(part):
                return not self.fits(part, card)
            case Words(text, prefix):
                return has_words(note, text, prefix)
            case Named(key, name):
                return self.answers_to(key, name.casefold(), card, note)
            case Is(word):
                return self.is_so(word, card, note, today)
            case Flagged(flag):
                return state.flag == flag
            case Prop(name, comparison, value):
                number = self.number(name, card, today)
                return number is not None and COMPARE[comparison](number, value)
            case Since(what, days, rating):
                since = today - days
                if what == "rated":
                    rows = self.collection.reviews(card)
                    return any(
                        since < self.day(row.at_ms) <= today and rating in (0, row.rating)
                        for row in rows
                    )
                if what == "introduced":
                    return state.first_day is not None and since < state.first_day <= today
                dates = self.added if what == "added" else self.edited
                return since < self.day(dates[card.note]) <= today
        raise AssertionError(node)

    def day(self, at_ms: int) -> int:
        return self.collection.calendar.day_of(at_ms)

    def answers_to(self, key: str, name: str, card: Card, note: Note) -> bool:
        match key:
            case "deck":
                return like(name, note.deck) or any(like(name, up) for up in above(note.deck))
            case "tag":
                if name == "none":
                    return not note.tags
                return any(like(name, up) for tag in note.tags for up in above(tag))
            case "concept" | "type":
                return getattr(note, key) != "" and like(name, getattr(note, key))
            case "path":
                # A name is one of the parts of the path, or spans several of them.
                parts = card.path.split("/")
                runs = ("/".join(parts[i:j]) for i in range(len(parts))
                        for j in range(i + 1, len(parts) + 1))  # fmt: skip
                return any(like(name, run) for run in runs)
            case "kind":
                return name == note.kind
            case "level":
                return False  # none of these concepts is of the curriculum
            case "note":
                return card.note.hex().startswith(name) or note.id == name
            case _:
                return card.uid.hex().startswith(name)

    def is_so(self, word: str, card: Card, note: Note, today: int) -> bool:
        state = card.state
        match word:
            case "due":
                due_day = state.due_day if state.due_day is not None else None
                now = state.due_ms is not None and state.due_ms <= self.now_ms
                return self.collection.can_be_asked(card, self.now_ms) and (
                    now or (due_day is not None and due_day <= today)
                )
            case "new" | "learning" | "review" | "relearning":
                return state.phase == Phase[word.upper()]
            case "suspended":
                return state.suspended
            case "buried":
                return state.buried_day == today
            case "leech":
                return state.lapses >= self.collection.settings.leech_lapses
            case "flagged":
                return state.flag != 0
            case "orphan":
                return card.uid in {orphan.uid for orphan in self.cards(orphans=True)}
            case "young" | "mature":
                mature = (state.stability_days or 0) >= 21
                return state.phase == Phase.REVIEW and mature == (word == "mature")
            case _:
                return bool(note.variants)

    def number(self, name: str, card: Card, today: int) -> float | None:
        state = card.state
        match name:
            case "stability":
                return state.stability_days
            case "difficulty":
                return state.difficulty
            case "retrievability":
                return self.collection.retrievability(state, self.now_ms)
            case "interval":
                if state.due_ms is not None:
                    return 0
                return None if state.due_day is None else state.due_day - (state.last_day or 0)
            case "due":
                due_ms = self.collection.due_ms(state)
                return None if due_ms is None else self.day(due_ms) - today
            case _:
                return float(getattr(state, name))


COMPARE = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
    "!=": operator.ne,
}  # fmt: skip


def like(pattern: str, name: str) -> bool:
    """Whether the pattern, in which * stands for anything, is the whole name."""
    head, star, rest = pattern.partition("*")
    name = name.casefold()
    if not star:
        return name == pattern
    return name.startswith(head) and any(
        like(rest, name[i:]) for i in range(len(head), len(name) + 1)
    )


def above(name: str) -> list[str]:
    """The name and those above it: a::b, a."""
    parts = name.split("::")
    return ["::".join(parts[:i]) for i in range(1, len(parts) + 1)]


def tokens(text: str) -> list[str]:
    base = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in base.casefold()).split()


def has_words(note: Note, text: str, prefix: bool) -> bool:
    front = (
        note.front.replace("{{c2::", "").replace("}}", "") if note.kind == "cloze" else note.front
    )
    sides = [side for variant in note.variants for side in variant]
    fields = [front, note.back, note.why, note.flip, "\n".join(sides)]
    wanted = tokens(text)
    if not wanted:
        return any(text in words for words in (note.front, note.back, note.why, note.flip))
    return any(in_a_row(wanted, tokens(words), prefix) for words in fields)


def in_a_row(wanted: list[str], there: list[str], prefix: bool) -> bool:
    size = len(wanted)
    for i in range(len(there) - size + 1):
        run = there[i : i + size]
        last = run[-1].startswith(wanted[-1]) if prefix else run[-1] == wanted[-1]
        if run[:-1] == wanted[:-1] and last:
            return True
    return False


@contextmanager
def world(seed: int) -> Iterator[World]:
    with TemporaryDirectory() as name:
        settings = Settings(leech_lapses=1, leech_action="tag")
        with Collection(in_memory(lambda _: None), name, settings) as collection:
            yield World(collection, Path(name), seed)


@pytest.fixture(scope="module")
def steady() -> Iterator[World]:
    with world(1) as here:
        yield here


@profile(max_examples=12)
@given(st.integers(0, 2**32), st.lists(trees(FINDABLE), min_size=20, max_size=30))
def test_sql_finds_what_reading_every_card_finds(seed: int, nodes: list[Node]) -> None:
    with world(seed) as here:
        for node in nodes:
            text = render(node)
            found = here.found(text)
            assert len(found) == len(set(found))
            assert set(found) == here.expected(parse(text)), text


RARE = {"relearning", "mature"}


def test_each_condition_finds_some_and_leaves_some() -> None:
    """Else the law above would hold of nothing."""
    told: dict[str, set[bool]] = {}
    texts = [
        "skew", '"then canary deployment"', "->", "cafe", "hits", "deck:serving", "tag:ml",
        "tag:none", "concept:own*", "type:contrast", "path:plain.md", "kind:cloze",
        "note:cold-user", *(f"is:{state}" for state in set(query.STATES) - RARE), "flag:0",
        "prop:s<10", "prop:d>5", "prop:r<0.9", "prop:ivl>3", "prop:due<=0", "prop:reps>1",
        "prop:lapses=0", "rated:9", "rated:400:again", "introduced:9", "edited:9",
        "rated:1", "rated:2", "introduced:1", "added:2", "edited:2", "edited:1",
    ]  # fmt: skip
    for seed in range(24):
        with world(seed) as here:
            count = len(here.found("is:orphan or -is:orphan"))
            for text in texts:
                whole = f"({text}) (is:orphan or -is:orphan)"
                found = here.found(whole)
                assert set(found) == here.expected(parse(whole)), text
                told.setdefault(text, set()).update({len(found) > 0, len(found) == count})
    assert {text for text, seen in told.items() if seen != {True, False}} == set()


@profile(max_examples=8)
@given(st.integers(0, 2**32))
def test_every_order_is_one_and_its_reverse_the_other_way(seed: int) -> None:
    names = ("due", "added", "deck", "stability", "difficulty", "retrievability", "lapses", "reps",
             "front")  # fmt: skip
    with world(seed) as here:
        everyone = set(here.found(""))
        for name in names:
            for reverse in (False, True):
                found = here.found("", order=name, reverse=reverse)
                assert set(found) == everyone
                assert here.found("", order=name, reverse=reverse, limit=3) == found[:3]
                if name in ("stability", "difficulty", "retrievability", "reps", "lapses", "due"):
                    today = here.day(here.now_ms)
                    cards = [here.collection.card(uid) for uid in found]
                    numbers = [here.number(name, card, today) for card in cards]
                    known = [number for number in numbers if number is not None]
                    assert known == sorted(known, reverse=reverse)
                    assert numbers[: len(known)] == known


@profile(max_examples=60)
@given(TEXTS)
def test_no_text_is_too_strange_to_look_for(steady: World, text: str) -> None:
    with suppress(UsageError):
        steady.found(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("drift | skew", "write or"),
        ("a && b", "write and"),
        ("!is:due", "-term"),
        ("nid:3f", "note:ID"),
        ("front:cache", "words alone"),
    ],
)
def test_habits_from_elsewhere_are_answered_with_what_is_written_here(text: str, told: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(text)
    assert told in caught.value.hint

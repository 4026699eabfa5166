"""The edit corpus through the program: histories stay with their cards, and go to no other."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import decks
from srs import Collection, Settings
from srs.store.create import in_memory
from tests.edits import Edit, Labelled, State, load

NOW_MS = 1_772_438_400_000
DAY_MS = 86_400_000
# Of 1,000 cards at most one may have another's history. Of 100 edited ones 91 keep theirs: the
# corpus was written by adversaries, and much of it is put in wholly other words.
# (An exact copy of a card in another file is kept once: it has none of its own.)
MOST_WRONG = 0.001
LEAST_KEPT = 0.91
EDITS = load()


def lay_out(root: Path, state: State) -> None:
    for path in [path for path in root.rglob("*") if path.is_file()]:
        if path.relative_to(root).as_posix() not in state.files:
            path.unlink()
    for name, text in state.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def live(collection: Collection, root: Path) -> dict[tuple[str, int, str], bytes]:
    cards = collection.cards(collection.span(NOW_MS))
    return {
        (Path(card.path).relative_to(root.resolve()).as_posix(), card.line, card.key): card.uid
        for card in cards
        if not card.path.startswith("builtin/")
    }


class Owners:
    """Who has which history, by label."""

    def __init__(self) -> None:
        self.cards: dict[str, bytes] = {}
        self.labels: dict[bytes, str] = {}

    def verdict(self, card: Labelled, uid: bytes | None, before: set[bytes]) -> str:
        """What became of a card: wrong, kept, lost, open (both are right), new or absent.

        `before` are the cards that there were before this state.
        """
        if uid is None:
            return "absent"
        expected = self.cards.get(card.label) if card.label else None
        self.cards[card.label or uid.hex()] = uid
        self.labels.setdefault(uid, card.label or uid.hex())
        if uid == expected or (card.label and self.labels[uid] == card.label and uid in before):
            return "kept"
        if uid in before:
            return "wrong"
        if expected is None:
            return "new"
        return "lost" if card.sure else "open"


def judged(edit: Edit) -> Iterator[tuple[str, Labelled, bool]]:
    """Every card of every later state: its verdict, and whether its words are new."""
    owners, texts = Owners(), dict[str, set[tuple[str, str]]]()
    with TemporaryDirectory() as name:
        root = Path(name, "cards")
        root.mkdir()
        with Collection(in_memory(lambda _: None), name, Settings()) as collection:
            for number, state in enumerate(edit.states):
                lay_out(root, state)
                collection.import_files(decks.read([root]), NOW_MS + number * DAY_MS)
                found = live(collection, root)
                before = set(owners.labels)
                for card in state.cards:
                    uid = found.get((card.path, card.note.place.line, card.key))
                    said = (card.note.front, card.note.back)
                    known = texts.setdefault(card.label, set())
                    edited = bool(known) and said not in known
                    known.add(said)
                    verdict = owners.verdict(card, uid, before)
                    if number:
                        yield verdict, card, edited


def judge(edits: list[Edit]) -> tuple[Counter[str], list[str]]:
    counts: Counter[str] = Counter()
    wrong = []
    for edit in edits:
        for verdict, card, edited in judged(edit):
            counts[verdict] += 1
            counts[f"edited {verdict}"] += edited
            if verdict == "wrong":
                wrong.append(f"{edit.name}: {card.note.front!r}")
    return counts, wrong


def test_the_corpus_is_large_and_a_third_of_it_was_sealed() -> None:
    assert len(EDITS) >= 300
    assert 3 * sum(edit.name.startswith("sealed") for edit in EDITS) >= len(EDITS) - 2
    assert len({edit.kind for edit in EDITS}) >= 20


def test_the_corpus() -> None:
    counts, wrong = judge(EDITS)
    all_cards = sum(counts[word] for word in ("wrong", "kept", "lost", "open", "new", "absent"))
    assert len(wrong) <= MOST_WRONG * all_cards, wrong
    assert counts["edited kept"] >= LEAST_KEPT * (counts["edited kept"] + counts["edited lost"])
    unchanged = counts["lost"] - counts["edited lost"]
    assert unchanged == 0  # what was not edited never loses anything


def misspelt(text: str, rng: random.Random) -> str:
    """The text with two letters of a longer word exchanged."""
    words = text.split(" ")
    long_ones = [at for at, word in enumerate(words) if word.isalpha() and len(word) >= 6]
    if not long_ones:
        return text
    at = rng.choice(long_ones)
    cut = rng.randrange(1, len(words[at]) - 2)
    word = words[at]
    words[at] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(words)


def test_a_typo_anywhere_changes_nothing_for_anybody() -> None:
    rng = random.Random(6)
    edits = []
    for edit in EDITS[::5]:
        state = edit.states[0]
        sources = {
            name: "\n".join(
                misspelt(line, rng) if line.startswith(("Q:", "A:")) else line
                for line in text.split("\n")
            )
            for name, text in state.files.items()
        }
        cards = relabelled(state, sources)
        if cards is not None:
            edits.append(Edit(edit.name, "typo", (state, State(sources, cards))))
    counts, wrong = judge(edits)
    assert wrong == []
    assert counts["lost"] <= 0.01 * counts["kept"]


def relabelled(state: State, files: dict[str, str]) -> tuple[Labelled, ...] | None:
    """The same labels on the misspelt notes, which stand in the same order."""
    from decks.parse import parse

    notes = {}
    for name, text in files.items():
        for note in parse(text, name, "deck").notes:
            notes[name, note.place.line] = note
    cards = []
    for card in state.cards:
        note = notes.get((card.path, card.note.place.line))
        if note is None:
            return None
        cards.append(card._replace(note=note))
    return tuple(cards)


@pytest.mark.parametrize("edit", EDITS[::40], ids=lambda edit: edit.name)
def test_old_words_bring_the_history_back(edit: Edit) -> None:
    """Whatever was done to a folder, its first state finds all its cards again."""
    there_and_back = Edit(edit.name, edit.kind, (*edit.states, edit.states[0]))
    states = there_and_back.states
    last = [verdict for verdict, card, _ in judged(there_and_back)][-len(states[-1].cards) :]
    assert set(last) == {"kept"}

"""Laws of recognising notes: what the files hold now against what the collection remembers."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

import decks
from srs import Collection, Rating, Receipt, Settings, open_collection
from srs.store.create import in_memory

NOW_MS = 1_772_438_400_000
# (question, answer, id): few of each, so that edits often meet their like.
CARD = st.tuples(
    st.sampled_from([f"Question {n}?" for n in range(6)]),
    st.sampled_from([f"Answer {n}." for n in range(4)]),
    st.sampled_from(["", "", "", "first-id", "other-id"]),
)
FILES = st.dictionaries(st.sampled_from(["a.md", "b.md"]), st.lists(CARD, max_size=6), min_size=1)


def write(folder: Path, files: dict[str, list[tuple[str, str, str]]]) -> None:
    for name in ("a.md", "b.md"):
        (folder / name).unlink(missing_ok=True)
    for name, cards in files.items():
        text = "\n".join(f"Q: {q}\nA: {a}{f' ^{i}' if i else ''}\n" for q, a, i in cards)
        (folder / name).write_text(text)


def bring_in(collection: Collection, folder: Path) -> Receipt:
    return collection.import_files(decks.read([folder]), NOW_MS)


def own(collection: Collection) -> dict[bytes, tuple[str, str]]:
    """Cards by id, orphans included, with their words."""
    span = collection.span(NOW_MS)
    found = [*collection.cards(span), *collection.cards(span, orphans=True)]
    return {c.uid: (c.front, c.back) for c in found if not c.path.startswith("builtin/")}


@settings(max_examples=60)
@given(st.lists(FILES, min_size=2, max_size=4))
def test_no_import_changes_the_history_of_a_card_whose_text_did_not_change(
    versions: list[dict[str, list[tuple[str, str, str]]]],
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name, "cards")
        folder.mkdir()
        with Collection(in_memory(lambda _: None), name, Settings()) as collection:
            before: dict[bytes, tuple[str, str]] = {}
            named: set[str] = set()
            for files in versions:
                named |= {i for cards in files.values() for *_, i in cards}
                write(folder, files)
                receipt = bring_in(collection, folder)
                after = own(collection)
                assert set(before) <= set(after)  # nothing is ever deleted
                assert len(after) == len(before) + receipt.added
                written = {(q, a): i for cards in files.values() for q, a, i in cards}
                for uid, said in before.items():
                    # Words that still stand somewhere keep their history, unless an id decides.
                    if said in written and said != after[uid]:
                        assert named & {"first-id", "other-id"}, (said, after[uid])
                again = bring_in(collection, folder)
                assert (again.added, again.changed, again.moved, again.orphaned) == (0, 0, 0, 0)
                assert again.unchanged == receipt.notes
                before = after
            assert [f for f in collection.check(0) if f.severity == "error"] == []


def test_an_id_carries_history_through_any_edit(tmp_path: Path) -> None:
    folder = tmp_path / "cards"
    folder.mkdir()
    with open_collection(tmp_path / "home") as collection:
        write(folder, {"a.md": [("Old?", "Old.", "the-id")]})
        bring_in(collection, folder)
        (uid,) = own(collection)
        collection.answer(collection.card(uid), Rating.GOOD, NOW_MS)
        write(folder, {"b.md": [("Wholly new?", "Wholly new.", "the-id")]})
        assert bring_in(collection, folder).changed == 1
        card = collection.card(uid)
        assert (card.front, card.state.reps) == ("Wholly new?", 1)


def test_a_copy_in_another_file_is_not_a_second_card(tmp_path: Path) -> None:
    folder = tmp_path / "cards"
    folder.mkdir()
    with open_collection(tmp_path / "home") as collection:
        write(folder, {"a.md": [("Q?", "A.", "")], "b.md": [("Q?", "A.", "")]})
        receipt = bring_in(collection, folder)
        assert (receipt.added, receipt.skipped) == (1, ())
        assert "kept once" in receipt.problems[0].message


def test_an_id_taken_by_a_built_in_note_is_refused(tmp_path: Path) -> None:
    taken = decks.builtin()[0].parsed.notes[0].id
    source = tmp_path / "mine.md"
    source.write_text(f"Q: Mine?\nA: Mine. ^{taken}\n")
    with open_collection(tmp_path / "home") as collection:
        receipt = collection.import_files(decks.read([source]), NOW_MS)
        assert receipt.added == 0
        assert f"id {taken} is taken by builtin/" in receipt.skipped[0].message


def test_any_earlier_words_bring_the_history_back(tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    first = "Q: What does a watermark bound?\nA: Lateness.\n"
    others = ["Which port?\nA: 22", "Who signs?\nA: The notary", "Capital?\nA: Riga"]
    with open_collection(tmp_path / "home") as collection:

        def bring_in(text: str) -> bytes:
            notes.write_text(text)
            collection.import_files(decks.read([notes]), NOW_MS)
            (card,) = (c for c in collection.cards(collection.span(NOW_MS)) if c.deck == "notes")
            return card.uid

        uid = bring_in(first)
        assert bring_in(first.replace("Lateness.", "Lateness. ^mark")) == uid
        for number in range(9):  # only the id carries it through these
            assert bring_in(f"Q: {others[number % 3]} {number} ^mark\n") == uid
        assert bring_in("C: Lateness is bounded by a [watermark]. ^mark\n") == uid
        assert bring_in(first) == uid

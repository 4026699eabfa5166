"""Anki packages: writing one, against plain genanki and against Anki's own export."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import genanki
from markdown_it import MarkdownIt

from decks import Note, NoteKind, Place
from exporters import Answered, Bundle, ExportCard, ExportNote, History, Scheduling
from exporters.anki import fields_of_note as fields
from exporters.anki.package import FORMAT
from exporters.fields import html
from exporters.writing import write
from srs.days import Calendar
from srs.model import CardState, Phase
from srs.retracing import table_of
from srs.scheduling import Parameters
from tests.anki_backend import anki, import_package
from tests.bench.measure import Row, alternate, cpu_of_call, memory_of, row

_PAIRS, _FEW_PAIRS = 5, 3
_SIZES = ((1_000, 20), (10_000, 20), (10_000, 800), (50_000, 20))
_MOST_NOTES, _REVIEWS = 50_000, 500_000
_RENDERED = 1_000
_DAY_MS = 86_400_000
_NAMES = ("Front", "Back", "Why", "Flip", "Variants", "Concept", "Source", "Id")
_TEXT = (
    "a cache in front of the store saves reads only for keys that were read before latency"
    " throughput and p99 of each shard follow from the slowest replica so hedge requests"
)
_WORDS = _TEXT.split(" ")
_MARKDOWN = "What does `{0}` cost when **{1}** fails?\n\n- {2}\n- {3}\n\n```python\nx = {4}\n```\n"


class _Prepared(dict[bytes, str]):
    """Fields that are rendered already."""

    def put(self, name: bytes, made: str) -> None:
        raise AssertionError("rendered anew")

    def save(self) -> None:
        """Nothing to be saved."""


class _Told(NamedTuple):
    """Answers that were read from the log already."""

    answers: list[Answered]
    database: bytes

    def table(self) -> bytes:
        return self.database


def rows() -> Iterator[Row]:
    """Rendered fields to a file; the same with history; rendering by itself."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for notes, decks in _SIZES:
            yield from _against_genanki(folder, notes, decks)
        yield from _against_anki(folder)
    yield _rendering()


def _against_genanki(folder: Path, notes: int, decks: int) -> Iterator[Row]:
    bundle, theirs = made_up(notes, decks), folder / "theirs.apkg"
    series = alternate(
        lambda: cpu_of_call(lambda: write(FORMAT, bundle, folder / "ours.apkg")),
        lambda: cpu_of_call(lambda: plain(bundle, theirs)),
        _PAIRS if notes < _MOST_NOTES else _FEW_PAIRS,
    )
    what = f"{notes:,} notes, {decks} decks"
    yield row(f"{what}: CPU ms / plain genanki", series, 0.6, 1000.0)
    sizes = [(folder / "ours.apkg").stat().st_size], [theirs.stat().st_size]
    yield row(f"{what}: file, MB / plain genanki", sizes, 0.35, 1e-6)
    peaks = [peak_mb("ours", notes, decks)], [peak_mb("plain", notes, decks)]
    yield row(f"{what}: peak memory, MB / plain genanki", peaks, None)


def _against_anki(folder: Path) -> Iterator[Row]:
    bundle = made_up(_MOST_NOTES, 20, _REVIEWS)
    ours, theirs = folder / "ours.apkg", folder / "theirs.apkg"
    write(FORMAT, bundle, ours)
    with anki(folder / "anki") as col:
        import_package(col, ours)
        assert col.db.scalar("select count() from revlog") == _REVIEWS
        what = f"{_MOST_NOTES:,} notes, {_REVIEWS:,} reviews"
        for legacy, named in ((True, "the same format"), (False, "its present one")):
            series = alternate(
                lambda: cpu_of_call(lambda: write(FORMAT, bundle, ours)),
                lambda legacy=legacy: cpu_of_call(lambda: _export(col, theirs, legacy=legacy)),
                _FEW_PAIRS,
            )
            yield row(f"{what}: CPU ms / Anki's, {named}", series, 0.5, 1000.0)
            sizes = [ours.stat().st_size], [theirs.stat().st_size]
            yield row(f"{what}: file, MB / Anki's", sizes, None, 1e-6)


def _rendering() -> Row:
    texts = [note.note.front for note in made_up(_RENDERED, 1, markdown=True).notes]
    parser = MarkdownIt()
    series = alternate(
        lambda: cpu_of_call(lambda: [html(text) for text in texts]),
        lambda: cpu_of_call(lambda: [parser.render(text) for text in texts]),
        _PAIRS,
    )
    return row(f"{_RENDERED:,} texts to HTML: CPU ms / markdown-it alone", series, None, 1000.0)


def made_up(notes: int, decks: int, reviews: int = 0, *, markdown: bool = False) -> Bundle:
    """Notes of some 750 bytes whose fields are rendered already, and their history."""
    rng = random.Random(1)
    made = tuple(_note(rng, number, decks, markdown=markdown) for number in range(notes))
    kept, nothing = _Prepared(), Bundle("", ())
    for one in made:
        said = [one.note.front, one.note.back, "", "", "", "", "", one.uid.hex()]
        kept[fields.name_of(one, nothing)] = "\x1f".join(said)
    cards = [one.cards[0].uid for one in made]
    return Bundle("bench", made, kept=kept, history=_history(cards, reviews) if reviews else None)


def _note(rng: random.Random, number: int, decks: int, *, markdown: bool) -> ExportNote:
    uid = number.to_bytes(16, "big")
    if markdown:
        front = _MARKDOWN.format(*rng.choices(_WORDS, k=4), number)
    else:
        front = f"{number} {' '.join(rng.choices(_WORDS, k=30))}"
    back = " ".join(rng.choices(_WORDS, k=90))
    note = Note(NoteKind.BASIC, front, back, f"Deck {number % decks}", Place("d.md", 1))
    return ExportNote(uid, note, (ExportCard(uid, "front", 0),), 1_772_438_400_000)


def _history(cards: list[bytes], reviews: int) -> History:
    weights, calendar = Parameters().weights, Calendar("UTC")
    today = calendar.day_of(time.time_ns() // 1_000_000)
    first, each = today - 1000, reviews // len(cards)
    state = CardState(
        Phase.REVIEW, None, 42.5, 5.25, None, today + 9, first, today - 30,
        (today - 30) * _DAY_MS, each, 1, last_uid=b"x",
    )  # fmt: skip
    answers = [
        Answered(card, ((first + 30 * turn) * 86_400 + place) * 1000 + 7, 3, 8_000, 2, 2_592_000,
                 2_592_000, 5.25)
        for place, card in enumerate(cards)
        for turn in range(each)
    ]  # fmt: skip
    settings = Scheduling(weights, 0.9, (60, 600), (600,), 36_500, 12, 200, 8, True)
    states = dict.fromkeys(cards, state)
    told = _Told(answers, table_of(answers, cards))
    return History(settings, calendar, first, today, states, told, len(answers))


def plain(bundle: Bundle, path: Path) -> None:
    """What a script of genanki's manual would do."""
    named = [{"name": name} for name in _NAMES]
    sides = [{"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr>{{Back}}"}]
    model = genanki.Model(1_607_392_319, "Plain", fields=named, templates=sides)
    decks: dict[str, Any] = {}
    numbers = itertools.count(2_059_400_110)
    for exported in bundle.notes:
        name = exported.note.deck
        if name not in decks:
            decks[name] = genanki.Deck(next(numbers), name)
        rendered = bundle.kept.get(fields.name_of(exported, bundle)) if bundle.kept else None
        note = genanki.Note(model, (rendered or "").split("\x1f"), guid=exported.uid.hex())
        decks[name].add_note(note)
    genanki.Package(list(decks.values())).write_to_file(path)


def _export(col: Any, path: Path, *, legacy: bool) -> None:
    from anki.import_export_pb2 import ExportAnkiPackageOptions, ExportLimit

    options = ExportAnkiPackageOptions(
        with_scheduling=True, with_deck_configs=True, with_media=True, legacy=legacy
    )
    everything = ExportLimit(whole_collection={})
    col._backend.export_anki_package(out_path=str(path), options=options, limit=everything)


def peak_mb(side: str, notes: int, decks: int) -> float:
    """Resident megabytes of a process that makes the notes up and writes them, at the most."""
    command = [sys.executable, "-m", "tests.bench.exports", side, str(notes), str(decks)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Write once, as `peak_mb` asks; prints the peak."""
    side, notes, decks = sys.argv[1:]
    bundle = made_up(int(notes), int(decks))
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "out.apkg")
        plain(bundle, path) if side == "plain" else write(FORMAT, bundle, path)
    print(memory_of(os.getpid()).peak)


if __name__ == "__main__":
    main()

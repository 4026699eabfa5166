"""Anki itself, without its windows: what it makes of our packages and of review histories.

A test dependency only (AGPL); the product never imports it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from anki.collection import (
        Collection,
        ImportAnkiPackageOptions,
        ImportAnkiPackageRequest,
        ImportCsvRequest,
    )

    from anki._backend import RustBackend  # isort: skip
    from anki.cards import Card  # isort: skip - Anki's modules depend on this order


class Imported(NamedTuple):
    """How many notes an import made, changed, and left as they were."""

    new: int
    updated: int
    duplicate: int
    conflicting: int


@contextmanager
def anki(folder: Path) -> Iterator[Any]:
    """A fresh collection of Anki's."""
    folder.mkdir(parents=True, exist_ok=True)
    collection = Collection(str(folder / "collection.anki2"))
    try:
        yield collection
    finally:
        collection.close()


def import_package(collection: Any, path: Path) -> Imported:
    """Import as Anki's dialog does with its boxes ticked."""
    options = ImportAnkiPackageOptions(
        merge_notetypes=False, with_scheduling=True, with_deck_configs=True
    )
    request = ImportAnkiPackageRequest(package_path=str(path), options=options)
    log = collection.import_anki_package(request).log
    return Imported(len(log.new), len(log.updated), len(log.duplicate), len(log.conflicting))


def import_collection(folder: Path, path: Path) -> None:
    """Replace the collection in the folder, as Anki does with a collection package."""
    RustBackend().import_collection_package(
        col_path=str(folder / "collection.anki2"), backup_path=str(path),
        media_folder=str(folder / "collection.media"), media_db=str(folder / "media.db"),
    )  # fmt: skip


def field(collection: Any, guid: str, name: str) -> str:
    """A field of the note with that guid."""
    note_id = collection.db.scalar("select id from notes where guid = ?", guid)
    return str(collection.get_note(note_id)[name])


def card_of(collection: Any, number: int) -> Any:
    """The card with that id."""
    return Card(collection, number)


def import_table(collection: Any, path: Path) -> Imported:
    """Import a text file as Anki's dialog proposes to."""
    metadata = collection.get_csv_metadata(str(path), None)
    log = collection.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)).log
    conflicting = len(log.conflicting) + len(log.missing_notetype)
    return Imported(len(log.new), len(log.updated), len(log.duplicate), conflicting)

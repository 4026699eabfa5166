"""The names that a learner may type, read quickly and without a trace."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from decks.concepts import load_concepts
from srs.model import Flag
from srs.query import KINDS, LEVELS, STATES
from srs.query_text import KEYS
from srs.store import notes, selection
from srs.store.backup import backups
from srs.store.connection import FILE_NAME, uri

_NEEDS_QUOTES = re.compile(r'[\s()"]')  # within a query


class Names(NamedTuple):
    """What there is to be named."""

    decks: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()  # that have cards
    backups: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()  # of a query
    slugs: tuple[str, ...] = ()  # of all concepts, with cards or without


def known_names(home: Path) -> Names:
    """The names in the collection of a home; of one that is still to be made the built-in ones.

    Nothing is created, converted or waited for. Names of a collection that cannot be read are left
    out.
    """
    copies = tuple(copy.path.name for copy in backups(home))
    curriculum = load_concepts()
    if not (home / FILE_NAME).exists():
        decks = dict.fromkeys(concept.deck for concept in curriculum.values())
        found = Names(tuple(decks), (), tuple(curriculum), copies, slugs=tuple(curriculum))
        return found._replace(terms=_terms(found))
    try:
        with closing(_reader(home / FILE_NAME)) as connection:
            found = _read(connection)._replace(backups=copies)
            slugs = dict.fromkeys((*curriculum, *found.concepts))
            return found._replace(terms=_terms(found), slugs=tuple(slugs))
    except sqlite3.Error:
        return Names(backups=copies, slugs=tuple(curriculum))


def _reader(path: Path) -> sqlite3.Connection:
    # A file at rest is read as one that nobody changes: otherwise SQLite would leave files beside.
    at_rest = not Path(f"{path.resolve()}-wal").exists()
    mode = "mode=ro&immutable=1" if at_rest else "mode=ro"
    return sqlite3.connect(uri(str(path.resolve()), mode), uri=True, timeout=0)


def _read(connection: sqlite3.Connection) -> Names:
    files = (path for _, path in notes.deck_files(connection))
    stems = sorted({path.rpartition("/")[2].removesuffix(".md") for path in files})
    named = [name for _, name, _ in notes.deck_names(connection)]
    tags, concepts = selection.known_tags(connection), selection.known_concepts(connection)
    return Names((*stems, *named), tuple(tags), tuple(concepts))


def _terms(found: Names) -> tuple[str, ...]:
    """Keys that a query may have, and their values that can be told; none needs quotes."""
    flags = [flag.name.lower() for flag in Flag]
    values = {
        "deck": found.decks, "tag": found.tags, "concept": found.concepts, "is": STATES,
        "level": LEVELS, "kind": KINDS, "flag": (*flags, "any"),
    }  # fmt: skip
    told = [
        f"{key}:{value}" for key, some in values.items() for value in some
        if not _NEEDS_QUOTES.search(value)
    ]  # fmt: skip
    return (*(f"{key}:" for key in KEYS), *told)

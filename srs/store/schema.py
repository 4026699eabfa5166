"""The tables, as migrations that are never edited once released.

The review log is the truth; `card_state` is a cache of what follows from it. SQL by hand, because
the tables are STRICT, the indexes partial, and the log's guards are triggers.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache

from sqlite_utils import Database, Migrations

from srs.store.connection import APPLICATION_ID, SCHEMA_VERSION
from srs.store.guards import GUARDS

migrations = Migrations("driftdeck")

_FIRST = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT",
    """CREATE TABLE deck (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        builtin INTEGER NOT NULL DEFAULT 0,
        enabled INTEGER NOT NULL DEFAULT 1
    ) STRICT""",
    """CREATE TABLE note (
        id INTEGER PRIMARY KEY,
        uid BLOB NOT NULL UNIQUE,
        explicit_id TEXT NOT NULL,
        deck_id INTEGER NOT NULL REFERENCES deck (id),
        path TEXT NOT NULL,
        line INTEGER NOT NULL,
        builtin INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('basic', 'reversed', 'cloze')),
        front TEXT NOT NULL,
        back TEXT NOT NULL,
        why TEXT NOT NULL,
        flip TEXT NOT NULL,
        variants TEXT NOT NULL,  -- JSON: [[front, back], ...]
        tags TEXT NOT NULL,      -- JSON: [tag, ...]
        concept TEXT NOT NULL,
        type TEXT NOT NULL,
        sources TEXT NOT NULL,   -- JSON: [source, ...]
        as_of TEXT NOT NULL,
        text_hash BLOB NOT NULL,
        question_hash BLOB NOT NULL,
        content_hash BLOB NOT NULL,
        changed_ms INTEGER NOT NULL,
        orphan INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    "CREATE INDEX note_by_deck ON note (deck_id)",
    """CREATE TABLE card (
        uid BLOB PRIMARY KEY,
        note_id INTEGER NOT NULL REFERENCES note (id),
        key TEXT NOT NULL,
        ordinal INTEGER NOT NULL,
        gone INTEGER NOT NULL DEFAULT 0,  -- its deletion was taken out of the note
        UNIQUE (note_id, ordinal)
    ) STRICT""",
    """CREATE TABLE params (hash BLOB PRIMARY KEY, data TEXT NOT NULL) STRICT""",
    """CREATE TABLE review_log (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL UNIQUE,
        device BLOB NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN (
            'review', 'undo', 'suspend', 'unsuspend', 'bury', 'flag', 'reset', 'relink', 'start')),
        card BLOB NOT NULL,
        at_ms INTEGER NOT NULL,
        order_ms INTEGER NOT NULL,
        day INTEGER NOT NULL,
        offset_min INTEGER NOT NULL,
        rating INTEGER CHECK (rating BETWEEN 1 AND 4),
        duration_ms INTEGER,
        params BLOB REFERENCES params (hash),
        variant INTEGER,
        seed INTEGER,
        confidence INTEGER,
        typed TEXT,
        undoes BLOB,
        data TEXT,
        CHECK ((kind = 'review') = (rating IS NOT NULL)),
        CHECK ((kind = 'review') = (params IS NOT NULL)),
        CHECK ((kind = 'undo') = (undoes IS NOT NULL))
    ) STRICT""",
    "CREATE INDEX log_by_card ON review_log (card, order_ms, uid)",
    "CREATE INDEX log_by_order ON review_log (order_ms)",
    "CREATE INDEX log_by_undone ON review_log (undoes) WHERE undoes IS NOT NULL",
    """CREATE TABLE card_state (
        card BLOB PRIMARY KEY REFERENCES card (uid),
        note_id INTEGER NOT NULL REFERENCES note (id),
        deck_id INTEGER NOT NULL REFERENCES deck (id),
        position INTEGER NOT NULL,        -- place in the order of new cards
        hidden INTEGER NOT NULL DEFAULT 0, -- orphan, deletion gone, or deck disabled
        phase INTEGER NOT NULL DEFAULT 0 CHECK (phase BETWEEN 0 AND 3),
        step INTEGER,
        stability_days REAL,
        difficulty REAL,
        due_ms INTEGER,
        due_day INTEGER,
        first_day INTEGER,
        last_day INTEGER,
        last_ms INTEGER,
        reps INTEGER NOT NULL DEFAULT 0,
        lapses INTEGER NOT NULL DEFAULT 0,
        suspended INTEGER NOT NULL DEFAULT 0,
        buried_day INTEGER,
        last_uid BLOB
    ) STRICT""",
    # Queries must repeat these predicates to the letter, or SQLite scans the table instead.
    """CREATE INDEX state_by_due_day ON card_state (due_day, card)
        WHERE suspended = 0 AND hidden = 0 AND due_day IS NOT NULL""",
    """CREATE INDEX state_by_due_ms ON card_state (due_ms, card)
        WHERE suspended = 0 AND hidden = 0 AND due_ms IS NOT NULL""",
    """CREATE INDEX state_new ON card_state (position, card)
        WHERE suspended = 0 AND hidden = 0 AND phase = 0""",
    """CREATE INDEX state_new_by_deck ON card_state (deck_id, position, card)
        WHERE suspended = 0 AND hidden = 0 AND phase = 0""",
    "CREATE INDEX state_by_note ON card_state (note_id)",
    *GUARDS.values(),
)


@migrations()
def first_schema(db: Database) -> None:
    """Everything of version 0.1.0."""
    for statement in _FIRST:
        db.conn.execute(statement)


_SECOND = (
    "ALTER TABLE card_state ADD COLUMN ahead_day INTEGER",
    # A rebuild reads nothing but this index; looking up a million rows would take three times as
    # long.
    "DROP INDEX log_by_card",
    """CREATE INDEX log_by_card
        ON review_log (card, order_ms, uid, kind, at_ms, day, rating, params)""",
    # "Today" is asked by study day: after a day on which the clock stood ahead, order_ms goes on
    # from there and says nothing about days. The latest order_ms is that of the last row, unless
    # a merge noted a later one.
    "DROP INDEX log_by_order",
    "CREATE INDEX log_by_day ON review_log (day)",
)


@migrations()
def clocks_and_rebuilds(db: Database) -> None:
    """What wrong clocks and rebuilds of the whole cache need. The states must be rebuilt after."""
    for statement in _SECOND:
        db.conn.execute(statement)


_THIRD = (
    "ALTER TABLE card_state ADD COLUMN passed INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE card_state ADD COLUMN flag INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE card_state ADD COLUMN flag_note TEXT NOT NULL DEFAULT ''",
    # What the package's curriculum says, kept here so that the first card need not wait for it to
    # be read.
    """CREATE TABLE concept (
        slug TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        level TEXT NOT NULL,
        needs TEXT NOT NULL  -- slugs of the direct prerequisites, with blanks between
    ) STRICT""",
    "CREATE INDEX note_by_concept ON note (concept) WHERE concept <> ''",
)


@migrations()
def flags_and_concepts(db: Database) -> None:
    """What flags and the order of the curriculum need. The concepts must be filled in after."""
    for statement in _THIRD:
        db.conn.execute(statement)


# The index of words follows the notes when words are next looked for (see `srs.store.search`):
# SQLite lets no trigger write to it where the schema is not trusted.
SEARCH = {
    "note_text": """CREATE VIRTUAL TABLE note_text USING fts5(front, back, why, flip, variants,
        tokenize='unicode61 remove_diacritics 2')""",
    "note_unread": "CREATE TABLE note_unread (id INTEGER PRIMARY KEY) STRICT",
    **{
        f"note_unread_{event}": f"""CREATE TRIGGER note_unread_{event} AFTER {event.upper()}{of}
            ON note BEGIN INSERT OR IGNORE INTO note_unread VALUES ({row}.id); END"""
        for event, of, row in (
            ("insert", "", "new"),
            ("update", " OF front, back, why, flip, variants", "new"),
            ("delete", "", "old"),
        )
    },
}
_FOURTH = (
    # What was known before each answer, and counts of that: see `srs.tallies`. Both can be made
    # anew from the log at any time.
    """CREATE TABLE recollection (
        card BLOB PRIMARY KEY,
        introduced INTEGER,       -- study day of the first answer
        known BLOB NOT NULL,      -- numbers of four bytes, see `srs.measuring`
        predicted BLOB NOT NULL,
        transfer BLOB NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE tally (
        measure TEXT NOT NULL,
        key INTEGER NOT NULL,
        answers INTEGER NOT NULL,
        recalled INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        PRIMARY KEY (measure, key)
    ) STRICT, WITHOUT ROWID""",
    # When the note came in. Of older ones the first sign of it: its last change, or an answer.
    "ALTER TABLE note ADD COLUMN added_ms INTEGER NOT NULL DEFAULT 0",
    """UPDATE note SET added_ms = min(changed_ms, coalesce((SELECT min(r.at_ms) FROM card c
        JOIN review_log r ON r.card = c.uid WHERE c.note_id = note.id), changed_ms))""",
    *SEARCH.values(),
    "INSERT INTO note_unread SELECT id FROM note",
)


@migrations()
def tallies_and_search(db: Database) -> None:
    """What statistics and the search for words need."""
    for statement in _FOURTH:
        db.conn.execute(statement)


_FIFTH = (
    # What `srs sync` reads again.
    """CREATE TABLE source (
        path TEXT PRIMARY KEY,   -- of a folder or file, absolute and resolved
        deck TEXT NOT NULL,      -- that all its notes belong to; '' where files decide
        dialect TEXT NOT NULL,   -- format of its files
        excludes TEXT NOT NULL,  -- JSON: [pattern, ...], in the notation of .gitignore
        added_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # A deck file as it was when last read whole: while its stamp is the same it need not be read.
    """CREATE TABLE source_file (
        path TEXT PRIMARY KEY,   -- absolute and resolved
        source TEXT NOT NULL,    -- path of the source that it was read for
        stamp BLOB NOT NULL,     -- see `decks.walk.Stamp`
        notes INTEGER NOT NULL,
        cards INTEGER NOT NULL,
        card_lines INTEGER NOT NULL,
        prose_lines INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # What a note said before: its history comes back with any of these words.
    """CREATE TABLE wording (
        note_id INTEGER NOT NULL REFERENCES note (id),
        text_hash BLOB NOT NULL,
        kind TEXT NOT NULL,
        front TEXT NOT NULL,
        back TEXT NOT NULL,
        until_ms INTEGER NOT NULL,
        PRIMARY KEY (note_id, text_hash)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX log_of_relinks ON review_log (card) WHERE kind = 'relink'",
)


@migrations()
def sources_and_wordings(db: Database) -> None:
    """What reading sources again and recognising edited notes need."""
    for statement in _FIFTH:
        db.conn.execute(statement)


_SIXTH = (
    # When the note last came to say something else, as other programs are told. `changed_ms` rises
    # as well when it moves to another deck, or is in sight again. Of older notes no more is known.
    "ALTER TABLE note ADD COLUMN said_ms INTEGER NOT NULL DEFAULT 0",
    "UPDATE note SET said_ms = changed_ms",
)


@migrations()
def times_of_words(db: Database) -> None:
    """What other programs need, so as to keep the learner's words there when nothing changed."""
    for statement in _SIXTH:
        db.conn.execute(statement)


_SEVENTH = (
    # JSON of what makes a note an estimate: see `srs.estimates`.
    "ALTER TABLE note ADD COLUMN estimate TEXT NOT NULL DEFAULT ''",
)


@migrations()
def estimates(db: Database) -> None:
    """What notes need whose numbers are drawn anew at each showing."""
    for statement in _SEVENTH:
        db.conn.execute(statement)


_EMPTY_INDEX = {
    "note_text_config": "('version', 4)",
    "note_text_data": "(1, x''), (10, x'00000000000000')",
}


def remake_search(connection: sqlite3.Connection) -> None:
    """Make the index of words anew; it is filled when words are next looked for.

    Call inside `transaction`.
    """
    _make_whole(connection)
    for name in reversed(SEARCH):
        kind = SEARCH[name].split()[1].replace("VIRTUAL", "TABLE")
        connection.execute(f"DROP {kind} IF EXISTS {name}")
    for statement in (*SEARCH.values(), _FOURTH[-1]):
        connection.execute(statement)


def _make_whole(connection: sqlite3.Connection) -> None:
    """Give the index what an empty one consists of: SQLite drops none that it cannot read."""
    present = _definitions(connection)
    if "note_text" not in present:
        return
    for name, sql in _expected().items():
        if name.startswith("note_text_") and name not in present:
            connection.execute(sql)
    for table, rows in _EMPTY_INDEX.items():
        connection.execute(f"INSERT OR REPLACE INTO {table} VALUES {rows}")


def tables(connection: sqlite3.Connection) -> dict[str, str]:
    """What the database consists of, by name, white space apart. Statistics are left out."""
    return {name: " ".join(sql.split()) for name, sql in _definitions(connection).items()}


def _definitions(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    return {name: sql for name, sql in rows if not name.startswith("sqlite_stat")}


def expected_tables() -> dict[str, str]:
    """`tables` of a collection of the present schema."""
    return {name: " ".join(sql.split()) for name, sql in _expected().items()}


@cache
def _expected() -> dict[str, str]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        build(connection)
        return _definitions(connection)


def restore_missing(connection: sqlite3.Connection) -> list[str]:
    """Make what is missing of the tables and indexes, or not as it should be; the names.

    Tables that are there are left alone. Call inside `transaction`.
    """
    present, expected = tables(connection), expected_tables()
    wrong = [name for name, sql in expected.items() if present.get(name) != sql]
    mended = [name for name in wrong if name.startswith(tuple(SEARCH))]
    if mended:
        remake_search(connection)
    for name in wrong:
        if name in mended:
            continue
        kind, _, _ = expected[name].removeprefix("CREATE ").partition(" ")
        if kind == "INDEX":
            connection.execute(f"DROP INDEX IF EXISTS {name}")
        elif name in present:
            continue
        if kind in ("TABLE", "INDEX"):
            connection.execute(_expected()[name])
            mended.append(name)
    return mended


def build(connection: sqlite3.Connection) -> None:
    """Bring a database of any older schema, or an empty one, to the present schema."""
    migrations.apply(Database(connection, execute_plugins=False, recursive_triggers=False))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

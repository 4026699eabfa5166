"""Packages that somebody made to do harm, or that broke on the way."""

from __future__ import annotations

import io
import json
import os
import resource
import shutil
import sqlite3
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from decks import anki as packages
from decks.anki import Package, container, database, protobuf
from decks.anki.container import Medium
from decks.anki.media import by_safe_name, safe_name
from decks.errors import DataError, UserError
from decks.model import Severity
from tests.test_export_anki import SAMPLE, package

Change = Callable[[sqlite3.Connection], object]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a good package."""
    folder = tmp_path_factory.mktemp("sound")
    with zipfile.ZipFile(package(folder, SAMPLE)) as archive:
        archive.extract("collection.anki2", folder)
    return folder / "collection.anki2"


def read(tmp_path: Path, members: dict[str, bytes], name: str = "x.apkg") -> Package:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return packages.read(str(path), name)


def changed(sound: Path, tmp_path: Path, change: Change) -> Package:
    """What is read of the good database after a change."""
    copy = tmp_path / "copy"
    shutil.copy(sound, copy)
    with closing(sqlite3.connect(copy)) as connection:
        change(connection)
        connection.commit()
    return read(tmp_path, {"collection.anki2": copy.read_bytes(), "media": b"{}"})


def test_a_good_one_is_read(sound: Path, tmp_path: Path) -> None:
    found = changed(sound, tmp_path, lambda connection: None)
    assert len(found.parsed.notes) == 3
    assert found.own


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"Q: not a zip", b"PK\3\4" + b"x" * 100, b"\0" * 5000]
)
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.apkg"
    path.write_bytes(data)
    with pytest.raises(DataError, match="not an Anki package"):
        packages.read(str(path), "x.apkg")
    with pytest.raises(UserError):
        packages.extract(str(path), ["a.png"], str(tmp_path / "media"))


def test_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("missing", ".", "pipe"):
        with pytest.raises(DataError):
            packages.read(str(tmp_path / name), name)


def test_a_cut_package_is_refused(sound: Path, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(sound, "collection.anki2")
    whole = buffer.getvalue()
    path = tmp_path / "x.apkg"
    for end in (len(whole) - 1, len(whole) - 30, len(whole) // 2):
        path.write_bytes(whole[:end])
        with pytest.raises(DataError):
            packages.read(str(path), "x.apkg")
    broken = bytearray(whole)
    broken[len(whole) // 2] ^= 255
    path.write_bytes(broken)
    with pytest.raises(DataError):
        packages.read(str(path), "x.apkg")


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"a.txt": b"x"}, "no collection"),
        ({"meta": b"\x08\x09", "collection.anki2": b"x"}, "newer Anki"),
        ({"meta": b"\x08\x03", "collection.anki2": b"x"}, "is not in it"),
        ({"meta": b"\xff" * 20, "collection.anki2": b"x"}, "newer Anki"),
        ({"collection.anki2": b""}, "no collection|no SQLite"),
        ({"collection.anki2": b"not a database at all" * 100}, "no SQLite"),
        ({"collection.anki21b": b"no zstd"}, "cannot be unpacked"),
        ({"collection.anki21b": zstd(b"SQLite format 3\0" + b"x" * 5000)}, "no SQLite"),
    ],
)
def test_odd_members_are_told(tmp_path: Path, members: dict[str, bytes], message: str) -> None:
    with pytest.raises(DataError, match=message) as error:
        read(tmp_path, members)
    assert error.value.hint
    assert error.value.path == "x.apkg"


def test_bombs_do_not_go_off(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "_FREE_BYTES", 1 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    zeros = b"\0" * (24 << 20)
    for members in (
        {"collection.anki2": zeros},
        {"collection.anki21b": zstd(zeros), "meta": b"\x08\x03"},
        {"collection.anki2": sound.read_bytes(), "media": zeros},
    ):
        with pytest.raises(DataError, match="too much"):
            read(tmp_path, members)
    again = zstd(zstd(b"\0" * (1 << 20)) * 20)
    with pytest.raises(DataError):
        read(tmp_path, {"collection.anki21b": again})
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KB


def test_a_window_of_gigabytes_is_refused(tmp_path: Path) -> None:
    frame = bytes.fromhex("28b52ffd") + b"\x00" + b"\xa8" + b"\x01\x00\x00"  # asks for 2 GiB
    with pytest.raises(DataError, match="cannot be unpacked"):
        read(tmp_path, {"collection.anki21b": frame})


def test_what_it_is_not_meant_to_hold_is_refused(sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.apkg"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(sound, "collection.anki2")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("collection.anki2", b"x")
    with pytest.raises(DataError, match="two files of one name"):
        packages.read(str(path), "x")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.write(sound, "collection.anki2")
    with pytest.raises(DataError, match="unknown way"):
        packages.read(str(path), "x")
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(sound, "collection.anki2")
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.rfind(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match="encrypted"):
        packages.read(str(path), "x")


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    """The bomb that is small because all its members are one."""
    path = tmp_path / "x.apkg"
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"\0" * 100_000) + packed.flush()
    check = zlib.crc32(b"\0" * 100_000)
    with path.open("wb") as file:
        file.write(
            struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, check, len(body), 100_000, 1, 0)
            + b"0"
            + body
        )
        start = file.tell()
        for name in (b"0", b"1", b"2", b"collection.anki2"):
            file.write(
                struct.pack(
                    "<4s6H3L5H2L",
                    b"PK\1\2",
                    20,
                    20,
                    0,
                    8,
                    0,
                    33,
                    check,
                    len(body),
                    100_000,
                    len(name),
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                )
                + name
            )
        size = file.tell() - start
        file.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 4, 4, size, start, 0))
    with pytest.raises(DataError, match="on top of each other"):
        packages.read(str(path), "x")


RENAMED = "ALTER TABLE notes RENAME TO real_notes;"
HOSTILE_SQL = {
    "view": f"{RENAMED} CREATE VIEW notes AS SELECT * FROM real_notes",
    "endless view": f"{RENAMED} CREATE VIEW notes AS WITH RECURSIVE c(x) AS"
    " (SELECT 1 UNION ALL SELECT x FROM c)"
    " SELECT x AS id, x AS guid, x AS mid, x AS tags, x AS flds FROM c",
    "virtual": f"{RENAMED} CREATE VIRTUAL TABLE notes USING fts4(id, guid, mid, tags, flds)",
    "no col": "DROP TABLE col",
    "empty col": "DELETE FROM col",
    "newer": "UPDATE col SET ver = 99",
    "no fields": "ALTER TABLE notes RENAME COLUMN flds TO gone",
    "generated": f"{RENAMED} CREATE TABLE notes (id INTEGER PRIMARY KEY, guid, mid, tags,"
    " flds AS (upper(guid))); INSERT INTO notes VALUES (1, 'g', 1, '')",
}


@pytest.mark.parametrize("case", HOSTILE_SQL)
def test_hostile_schemas_are_refused(sound: Path, tmp_path: Path, case: str) -> None:
    start = time.process_time()
    with pytest.raises(DataError, match="damaged"):
        changed(sound, tmp_path, lambda connection: connection.executescript(HOSTILE_SQL[case]))
    assert time.process_time() - start < 30


def test_triggers_and_indices_run_nothing(sound: Path, tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        connection.executescript(
            "CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM notes; END;"
            "CREATE TABLE sink (x); CREATE INDEX i ON notes (length(flds));"
            "CREATE VIEW v AS SELECT load_extension('x');"
        )

    assert len(changed(sound, tmp_path, change).parsed.notes) == 3


def test_nothing_but_ankis_tables_can_be_read(sound: Path) -> None:
    with database.opened(sound, "x") as opened:
        for sql in (
            "SELECT * FROM graves",
            "SELECT upper(guid) FROM notes",
            "DELETE FROM notes",
            "PRAGMA user_version",
            "ATTACH ':memory:' AS x",
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION SELECT x FROM c) SELECT * FROM c",
            "CREATE TEMP TABLE t (x)",
            "SELECT load_extension('x')",
        ):
            with pytest.raises(sqlite3.DatabaseError):
                opened._connection.execute(sql).fetchall()


def test_a_query_may_not_take_for_ever(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_FREE_STEPS", 0)
    monkeypatch.setattr(database, "_STEPS_PER_BYTE", 0)
    monkeypatch.setattr(database, "_STEPS", 5)
    with pytest.raises(DataError, match="damaged"), database.opened(sound, "x") as opened:
        list(opened.rows("notes", ("id",)))


MOST = 2**63 - 1
ODD_ROWS = {
    "text in numbers": "UPDATE cards SET ivl = 'x', due = x'00', type = 'y'",
    "fractions": "UPDATE cards SET ivl = 2.5",
    "huge": f"UPDATE cards SET due = {MOST}, ivl = {MOST}, type = 2, left = {MOST}",
    "negative": f"UPDATE cards SET type = 2, due = -{MOST}, ivl = -5, reps = -3, ord = -1",
    "json": "UPDATE cards SET type = 2, queue = 2, data = '" + "[" * 5000 + "'",
    "infinite": 'UPDATE cards SET type = 2, ivl = 3, data = \'{"s": 1e999, "lrt": 1e400}\'',
    "log": "INSERT INTO revlog SELECT -id, id, 0, 9, 1e300, 'x', x'ff', 3, 77 FROM cards",
    "the future": f"INSERT INTO revlog SELECT {MOST} - id, id, 0, 3, 1, 1, 1, 1, 0 FROM cards",
    "blob": "UPDATE notes SET flds = x'fffe001f00', guid = x'ff', tags = x'00'",
    "no types": "UPDATE col SET models = '[]', decks = 'x', dconf = '{\"1\": 7}'",
    "deep json": "UPDATE col SET models = '" + "[" * 20_000 + "'",
    "other type": "UPDATE notes SET mid = 'x'",
    "no cards": "DELETE FROM cards",
    "one guid": "UPDATE notes SET guid = 'same'",
    "long guid": "UPDATE notes SET guid = hex(zeroblob(5000))",
    "ghosts": "UPDATE cards SET ord = 7, did = 99, odid = 98",
}


@pytest.mark.parametrize("case", ODD_ROWS)
def test_odd_rows_are_told_or_read(sound: Path, tmp_path: Path, case: str) -> None:
    found = changed(sound, tmp_path, lambda connection: connection.execute(ODD_ROWS[case]))
    assert len(found.parsed.fates) == 3
    for note in found.parsed.notes:
        (note.front + note.back + note.deck + note.id).encode()
        assert len(note.id) < 150
        assert note.front
    lines = {problem.place.line for problem in found.parsed.problems}
    assert all(fate == "c" or line in lines for line, fate in enumerate(found.parsed.fates, 1))


def model(qfmt: str, afmt: str, fields: int = 2, *, kind: int = 0) -> Change:
    def change(connection: sqlite3.Connection) -> None:
        made = {
            "77": {
                "id": 77,
                "name": "odd\ud800",
                "type": kind,
                "flds": [{"name": f"F{n}"} for n in range(fields)],
                "tmpls": [{"name": "c", "ord": 0, "qfmt": qfmt, "afmt": afmt}],
            }
        }
        connection.execute("UPDATE col SET models = ?", (json.dumps(made),))
        connection.execute(
            "UPDATE notes SET mid = 77, flds = ?",
            ("\x1f".join(f"field {n}" for n in range(fields)),),
        )

    return change


def test_cards_of_templates_that_are_gone_are_told(sound: Path, tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        model("{{F0}}", "{{F1}}")(connection)
        [text] = connection.execute("SELECT models FROM col").fetchone()
        made = json.loads(text)
        made["77"]["tmpls"].append({"name": "d", "ord": 1, "qfmt": "{{F1}}", "afmt": "{{F0}}"})
        connection.execute("UPDATE col SET models = ?", (json.dumps(made),))
        connection.execute("UPDATE cards SET ord = 5 + ord")

    found = changed(sound, tmp_path, change)
    assert found.parsed.fates == "sss"
    errors = [p.place.line for p in found.parsed.problems if p.severity is Severity.ERROR]
    assert errors == [1, 2, 3]


def test_deep_and_wide_templates_are_read(sound: Path, tmp_path: Path) -> None:
    start = time.process_time()
    deep = "{{#F0}}" * 5000 + "{{F0}}" + "{{/F0}}" * 5000
    [note, *_] = changed(
        sound, tmp_path, model(deep, f"{deep}<hr id=answer>{{{{F1}}}}")
    ).parsed.notes
    assert (note.front, note.back) == ("field 0", "field 1")
    found = changed(sound, tmp_path, model("{{F9999}}", "{{F1}}", 10_000))
    assert found.parsed.notes[0].front == "field 9999"
    found = changed(sound, tmp_path, model("{{#X}}{{F0}}", "{{/F0}}{{F1}}"))
    assert found.parsed.fates == "sss"
    wide = changed(sound, tmp_path, model("{{F0}}" * 100_000, "{{F1}}"))
    assert "s" not in wide.parsed.fates
    many = "{{c1::" * 5000 + "x" + "}}" * 5000

    def nested(connection: sqlite3.Connection) -> None:
        model("{{cloze:F0}}", "{{cloze:F0}}", kind=1)(connection)
        connection.execute("UPDATE notes SET flds = ?", (f"{many}\x1f",))

    changed(sound, tmp_path, nested)
    assert time.process_time() - start < 30


def test_a_note_of_megabytes_is_told(sound: Path, tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        model("{{F0}}", "{{F1}}")(connection)
        connection.execute(
            "UPDATE notes SET flds = ? WHERE rowid = (SELECT min(id) FROM notes)",
            ("a " * 10**6 + "\x1fb",),
        )

    found = changed(sound, tmp_path, change)
    assert found.parsed.fates.count("s") == 1
    assert "1 MiB" in found.parsed.problems[0].message


NAMES = [
    "../../up.png",
    "/etc/passwd.png",
    "C:\\x.png",
    "con.png",
    "NUL",
    ".hidden.png",
    "-x.png",
    "a\0b.png",
    "a/b.png",
    "x" * 300 + ".png",
    "trailing. ",
    "\u202egnp.png",
    "",
    "é.png",
    "e\u0301.png",
    "a%20b.png",
    "A.PNG",
    "a.png",
]


def test_media_get_names_that_lead_nowhere(sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "media"
    members = {str(place): str(place).encode() for place in range(len(NAMES))}
    media = json.dumps({str(place): name for place, name in enumerate(NAMES)}).encode()
    read(tmp_path, {"collection.anki2": sound.read_bytes(), "media": media, **members})
    made = by_safe_name(Medium(name, str(place)) for place, name in enumerate(NAMES) if name)
    assert len({name.casefold() for name in made}) == len(made) >= len(NAMES) - 2
    problems = packages.extract(str(tmp_path / "x.apkg"), made, str(folder))
    assert len(problems) == 2
    assert all("not a picture" in problem.message for problem in problems)
    assert {path.name for path in tmp_path.iterdir()} == {"media", "x.apkg"}
    for path in folder.iterdir():
        assert path.is_file()
        assert path.read_bytes() == made[path.name].member.encode()


@settings(max_examples=30)
@given(st.text(max_size=60))
def test_safe_names_are_safe_and_stay(name: str) -> None:
    made = safe_name(name)
    assert safe_name(made) == made
    assert made not in ("", ".", "..")
    assert not set(made) & set('/\\:*?"<>|\0')
    assert len(made.encode()) <= 130
    assert made[0] not in ".-"


def test_a_medium_that_is_too_large_leaves_nothing(
    tmp_path: Path, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "LARGEST_MEDIUM", 10)
    members = {"collection.anki2": sound.read_bytes(), "media": b'{"0": "a.png"}', "0": b"x" * 11}
    read(tmp_path, members)
    [problem] = packages.extract(str(tmp_path / "x.apkg"), ["a.png"], str(tmp_path / "media"))
    assert "too much" in problem.message
    assert not list((tmp_path / "media").iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk is full here")
@pytest.mark.parametrize("size", [11, 100_000])  # found out on closing, and on writing
def test_a_full_disk_is_no_fault_of_the_package(
    tmp_path: Path, sound: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    members = {"collection.anki2": sound.read_bytes(), "media": b'{"0": "a.png"}'}
    read(tmp_path, {**members, "0": b"x" * size})
    folder = tmp_path / "media"
    folder.mkdir()
    draft = str(folder / ".media-draft")

    def full(**_: object) -> tuple[int, str]:
        Path(draft).touch()
        return os.open("/dev/full", os.O_WRONLY), draft

    monkeypatch.setattr("decks.anki.media.tempfile.mkstemp", full)
    with pytest.raises(DataError, match="cannot be written: no space left") as caught:
        packages.extract(str(tmp_path / "x.apkg"), ["a.png"], str(folder))
    assert caught.value.path == str(folder)
    assert "import the package again" in caught.value.hint
    assert not list(folder.iterdir())


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_as_protocol_buffers(data: bytes) -> None:
    for number, value in protobuf.fields(data):
        assert number > 0
        assert isinstance(value, bytes) or 0 <= value < 1 << 64
    protobuf.floats(data)


def test_varints_and_lengths_are_bounded() -> None:
    assert list(protobuf.fields(b"\x08" + b"\xff" * 500 + b"\1")) == []
    assert list(protobuf.fields(b"\x0a\xff\xff\xff\xff\x0f")) == []
    assert protobuf.integer({1: (1 << 64) - 1}, 1) == -1
    assert list(protobuf.fields(b"\x08\x96\x01\x12\x01a\x1d\0\0\x80?")) == [
        (1, 150),
        (2, b"a"),
        (3, b"\0\0\x80?"),
    ]

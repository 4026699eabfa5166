"""Portable backups: what is exported comes back, to the last bit, and nothing else gets in."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as profile
from hypothesis import strategies as st

import exporters.portable
from decks.errors import DataError, UsageError
from srs import Collection, Wanted, begin_from, open_collection, portable_reading, portable_text
from srs.portable_text import Part, Unfit, items
from tests.portables import blocks, exported, holdings
from tests.program import CARDS, Program
from tests.stats_lives import ACTS, Act, Device, live
from tests.test_migrations import stored

LATER_MS = 1_900_000_000_000
DAY_MS = 86_400_000
# The clock of one device stands ahead of the other's, whose answers come in later.
OUT_OF_ORDER = [Act(0, "sweep", 3, 40 * DAY_MS), Act(1, "sweep", 5, 0), Act(0, "merge", 0, 0)]
HANDED_ON = [Act(0, "sweep", 52, DAY_MS), Act(0, "relink", 49, 1_000),
             Act(0, "relink", 17, DAY_MS), Act(0, "relink", 16, 1_000)]  # fmt: skip
TAKEN_BACK = [Act(0, "sweep", 51, DAY_MS), Act(0, "undo old", 0, 1_000), Act(0, "rate", 47, 1_000),
              Act(0, "relink", 63, DAY_MS), Act(0, "undo", 9, DAY_MS)]  # fmt: skip
LIVES = profile(max_examples=6, suppress_health_check=list(HealthCheck))


@contextmanager
def lived(acts: list[Act]) -> Iterator[tuple[Path, list[Device]]]:
    """A folder, and two devices in it after all that."""
    with TemporaryDirectory() as name:
        devices = live(Path(name), acts, lambda device: None)
        try:
            yield Path(name), devices
        finally:
            for device in devices:
                device.collection.close()


def errors(collection: Collection) -> list[str]:
    return [f.message for f in collection.check(LATER_MS) if f.severity == "error"]


# What comes back


@LIVES
@example(OUT_OF_ORDER)
@example(HANDED_ON)
@given(ACTS)
def test_a_collection_comes_back_to_the_last_bit(acts: list[Act]) -> None:
    with lived(acts) as (folder, devices):
        file = folder / "backup"
        for device in devices:
            file.write_bytes(exported(device.collection, device.at_ms))
            begin_from(folder / "again", file)
            assert holdings(folder / "again") == holdings(device.home)
            with open_collection(folder / "again", mend=False) as collection:
                assert exported(collection, LATER_MS) == file.read_bytes()
                assert errors(collection) == []
            shutil.rmtree(folder / "again")


@LIVES
@example(OUT_OF_ORDER)
@given(ACTS)
def test_taking_in_is_merging_and_twice_is_once(acts: list[Act]) -> None:
    with lived(acts) as (folder, (one, two)):
        file, merged = folder / "backup", folder / "merged"
        file.write_bytes(exported(two.collection, two.at_ms))
        shutil.copytree(one.home, merged)
        with open_collection(merged, mend=False) as collection:
            came = collection.merge(two.home / "collection.db", LATER_MS)
        found = one.collection.read_back(file, LATER_MS)
        assert found.came == came
        assert holdings(one.home) == holdings(merged)
        again = one.collection.read_back(file, LATER_MS)
        assert not any(again.came)
        assert holdings(one.home) == holdings(merged)


@LIVES
@example(HANDED_ON, "deck:main")
@example(TAKEN_BACK, "is:new")
@given(ACTS, st.sampled_from(["deck:main", "deck:second", "is:new", "Three", "-is:new"]))
def test_a_selection_is_all_that_its_cards_need_and_no_more(acts: list[Act], query: str) -> None:
    with lived(acts) as (folder, (device, _)), suppress(UsageError):
        bundle = device.collection.bundle("any", device.at_ms, Wanted(query=query))
        file = folder / "backup"
        file.write_bytes(exported(device.collection, device.at_ms, Wanted(query=query)))
        begin_from(folder / "again", file)
        there, here = holdings(device.home), holdings(folder / "again")
        assert {row[1] for row in here["note"]} == {note.uid for note in bundle.notes}
        assert set(here["review_log"]) <= set(there["review_log"])
        kept = {row[0] for row in here["card"]}
        numbers = {row[0]: row[3:] for row in there["card_state"]}
        assert {row[0]: row[3:] for row in here["card_state"]} == {
            card: numbers[card] for card in kept
        }
        with open_collection(folder / "again", mend=False) as collection:
            assert collection.check(LATER_MS) == [] or not warned(collection)


def warned(collection: Collection) -> list[str]:
    """What shows that a row came along without those that it belongs to, or to nobody."""
    about = ("orphan-rows", "relinks")
    return [f.message for f in collection.check(LATER_MS) if f.check in about]


@pytest.mark.parametrize("version", [1, 5])
def test_what_older_versions_left_comes_back(tmp_path: Path, version: int) -> None:
    """Their hashes are those that are made anew."""
    old = stored(tmp_path / "old", version)
    open_collection(tmp_path / "old").close()
    with closing(sqlite3.connect(old)) as connection:  # as if all had changed decks since
        connection.execute("UPDATE note SET said_ms = changed_ms - id")
        connection.commit()
    with open_collection(tmp_path / "old") as collection:
        (tmp_path / "backup").write_bytes(exported(collection, LATER_MS))
    begin_from(tmp_path / "again", tmp_path / "backup")
    with closing(sqlite3.connect(old)) as connection:  # a column that nothing reads any more
        connection.execute("UPDATE note SET question_hash = x''")
        connection.commit()
    assert holdings(tmp_path / "again") == holdings(tmp_path / "old")


# The text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@profile(max_examples=50)
@given(st.dictionaries(st.text(max_size=4), JSON, max_size=5), st.integers(1, 40), st.booleans())
def test_json_of_any_shape_is_taken_apart(value: dict[str, Any], size: int, spread: bool) -> None:
    text = json.dumps(value, indent=2 if spread else None, ensure_ascii=size % 2 == 0)
    found: dict[str, Any] = {}
    for item in items(blocks(text.encode("utf-8", "surrogatepass"), size)):
        if item.part is Part.ROW:
            found[item.key].append(item.value)
        else:
            found[item.key] = [] if item.part is Part.TABLE else item.value
        assert 1 <= item.line <= text.count("\n") + 1
    assert found == value


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "ends too soon"),
        ("[1]", 1, "{ is missing"),
        ('{"a": 1\n,\n"b": [\n{"c": 2}\n', 5, "ends too soon"),
        ('{"a":\n"never ended', 2, "ends too soon"),
        ('{"a": [1\n2]}', 2, ", is missing"),
        ('{"a":\n[{"b": 1,\n}]}', 3, "no json"),
        ('{"a": 1}\n\nmore', 3, "after the end"),
        ('{"a": [1,\n{"b": 1, "b": 2}]}', 2, "twice"),
        ('{"a":\n' + "9" * 5000 + "}", 2, "number that is too long"),
        ('{"a":\n' + "[" * 100_000, 2, "nested"),
        ('{"a":\n[NaN]}', 2, "no number"),
        ('{"a": [\n"' + "x" * 500_000 + '"]}', 2, "row that is too long"),
        ('{"a": 1,\n\n1: 2}', 3, "no name"),
    ],
)
def test_broken_json_is_told_with_its_line(
    text: str, line: int, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portable_text, "_LONGEST", 150_000)
    with pytest.raises(Unfit) as caught:
        list(items(blocks(text.encode(), 1 << 16)))
    assert what in caught.value.what.lower()
    assert caught.value.line == line


def test_bytes_that_are_no_text_are_told_with_their_line() -> None:
    data = b'{"a": 1,\n"b": [\n"\xff"]}'
    for size in (1, 7, 100):
        with pytest.raises(Unfit) as caught:
            list(items(blocks(data, size)))
        assert caught.value.line == 3


def test_both_sides_are_of_one_version() -> None:
    assert exporters.portable.VERSION == portable_reading.VERSION


# Files that are no sound backup


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A backup with a row of most kinds, taken apart."""
    folder = tmp_path_factory.mktemp("sample")
    acts = [Act(0, "sweep", 3, 0), Act(0, "undo", 0, 1_000), Act(0, "flag", 1, 1_000),
            Act(0, "edit", 1, 1_000), Act(0, "relink", 9, 1_000)]  # fmt: skip
    devices = live(folder, acts, lambda device: None)
    text = exported(devices[0].collection, devices[0].at_ms)
    for device in devices:
        device.collection.close()
    found: dict[str, Any] = json.loads(text)
    return found


def last(rows: list[dict[str, Any]], **members: object) -> dict[str, Any]:
    return next(row for row in reversed(rows) if members.items() <= row.items())


WRONG = {
    "rating is not a whole number from 1 to 4": lambda f: review(f).update(rating=5),
    "rating is not a whole": lambda f: review(f).update(rating=True),
    "rating is missing": lambda f: review(f).pop("rating"),
    "rating stands in a row of kind": lambda f: last(f["log"], kind="undo").update(rating=3),
    "undoes stands in a row of kind": lambda f: review(f).update(undoes="ab" * 16),
    "undoes is missing": lambda f: last(f["log"], kind="undo").pop("undoes"),
    "kind is none of": lambda f: review(f).update(kind="delete"),
    "contradicts a row before it": lambda f: review(f).update(uid=f["log"][0]["uid"]),
    "seq does not grow": lambda f: review(f).update(seq=1),
    "params names none": lambda f: f["parameters"].clear(),
    "data are no parameters": lambda f: f["parameters"][0].update(data='{"weights":["x"]}'),
    "at_ms is not a whole number": lambda f: review(f).update(at_ms=1e15),
    "order_ms is not a whole number": lambda f: review(f).update(order_ms=2**63 - 1),
    "day is not": lambda f: review(f).update(day=10**9),
    "typed holds half a character": lambda f: review(f).update(typed="\ud800"),
    "'extra' is not known": lambda f: review(f).update(extra=1),
    "no object stands here": lambda f: f["log"].append(7),
    "cards holds what is no object": lambda f: f["notes"][0]["cards"].append(7),
    "card is no id": lambda f: review(f).update(card="00"),
    "uid is no id": lambda f: f["notes"][0].update(uid=f["notes"][0]["uid"].upper()),
    "note.uid": lambda f: f["notes"].append(f["notes"][0]),
    "card.uid": lambda f: f["notes"][0].update(cards=f["notes"][1]["cards"]),
    "card.ordinal": lambda f: f["notes"][0]["cards"].append(f["notes"][0]["cards"][0]),
    "a note without a card": lambda f: f["notes"][0].update(cards=[]),
    "is none of the decks": lambda f: f["notes"][0].update(deck="Elsewhere"),
    "deck is no name": lambda f: f["notes"][0].update(deck="a\0b"),
    "front has no gap": lambda f: f["notes"][0].update(front="none", variants=[["a", "b"]]),
    "variants holds what is no pair": lambda f: f["notes"][0].update(variants=[["a"]]),
    "variants is no list": lambda f: f["notes"][0].update(variants={}),
    "tags is no text": lambda f: f["notes"][0].update(tags=[1]),
    "cards ordinal is not": lambda f: f["notes"][0]["cards"][0].update(ordinal=-1),
    "kind is none": lambda f: f["notes"][0].update(kind="essay"),
    "orphan is neither": lambda f: f["notes"][0].update(orphan=0),
    "deck.name": lambda f: f["decks"].append(f["decks"][0]),
    "path is no absolute path": lambda f: f["sources"].append(
        {"path": "../here", "deck": "", "dialect": "", "excludes": [], "added_ms": 0, "files": []}
    ),
    "settings: unknown key": lambda f: f.update(settings="nonsense = 1"),
    "settings is no text": lambda f: f.update(settings={}),
    "complete is missing": lambda f: f.pop("complete"),
    "device is no id": lambda f: f.update(device=5),
    "log is missing": lambda f: f.pop("log"),
    "log stands where notes should": lambda f: f.pop("notes"),
    "more is not known": lambda f: f.update(more=[]),
    "more stands": lambda f: f.update(more=1),
    "written by a newer driftdeck": lambda f: f.update(driftdeck=3),
    "driftdeck is not a whole number": lambda f: f.update(driftdeck="1"),
}  # fmt: skip


def review(found: dict[str, Any]) -> dict[str, Any]:
    return last(found["log"], kind="review")


def written(found: object) -> str:
    """As we write it: a row a line."""
    return json.dumps(found, indent=1)


@pytest.mark.parametrize("what", WRONG)
def test_a_row_that_cannot_be_is_refused_with_its_line(
    sample: dict[str, Any], tmp_path: Path, what: str
) -> None:
    found = json.loads(json.dumps(sample))
    WRONG[what](found)
    file = tmp_path / "backup"
    file.write_text(written(found))
    with pytest.raises(DataError) as caught:
        begin_from(tmp_path / "home", file)
    error = caught.value
    assert what.removeprefix("more stands") in error.message
    assert (error.path, error.line > 0, bool(error.hint)) == (str(file), True, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup"]


def test_what_the_log_says_of_strangers_is_kept(sample: dict[str, Any], tmp_path: Path) -> None:
    """As a collection keeps it that lost rows with a damaged file: told, and no obstacle."""
    found = json.loads(json.dumps(sample))
    gone = review(found)
    found["log"] = [row for row in found["log"] if row is not gone]
    last(found["log"], kind="undo").update(undoes=gone["uid"])
    last(found["log"], kind="flag").update(card="ab" * 16)
    (tmp_path / "backup").write_text(written(found))
    assert begin_from(tmp_path / "home", tmp_path / "backup").held.findings == 1


@profile(max_examples=20, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32 - 1))
def test_a_file_that_was_damaged_anyhow_is_refused_or_sound(
    sample: dict[str, Any], seed: int
) -> None:
    rng = random.Random(seed)
    data = bytearray(damaged(rng, sample))
    with TemporaryDirectory() as name:
        file, home = Path(name, "backup"), Path(name, "home")
        file.write_bytes(data)
        try:
            begin_from(home, file)
        except DataError:
            assert not home.exists()
            return
        with open_collection(home, mend=False) as collection:
            assert {f.check for f in collection.check(LATER_MS) if f.severity == "error"} <= {
                "orphan-rows", "parameters"
            }  # fmt: skip
            for card in collection.find(Wanted(), LATER_MS):
                collection.ask(card.uid)


ODD = [None, True, 0, -1, 2**53, 1.5, "", "x", "[a] [b]", "\0", [], {}, [[]], "ab" * 16]


def damaged(rng: random.Random, sample: dict[str, Any]) -> bytes:
    found = json.loads(json.dumps(sample))
    if rng.random() < 0.7:
        for _ in range(rng.randrange(1, 4)):
            rows = rng.choice([found["log"], found["log"], found["notes"], found["decks"]])
            row = rng.choice(rows)
            row = rng.choice(row["cards"]) if "cards" in row and rng.random() < 0.3 else row
            row[rng.choice(list(row))] = rng.choice(ODD)
        return written(found).encode("utf-8", "surrogatepass")
    data = bytearray(written(found).encode())
    if rng.random() < 0.3:
        return bytes(data[: rng.randrange(len(data))])
    for _ in range(rng.randrange(1, 5)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


# The program


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home that has answers, an undo and a setting, and its backup."""
    folder = tmp_path_factory.mktemp("made")
    program = Program(folder / "home")
    (folder / "own.md").write_text(CARDS)
    assert program("import", str(folder / "own.md")).code == 0
    rated = [{"do": "rate", "rating": word} for word in ("good", "again", "easy")]
    assert program.jsonl(*rated, {"do": "undo"}).code == 0
    (program.home / "config.toml").write_text('# Mine.\nzone = "Europe/Berlin"\n')
    ran = program("export", "json", "-o", str(folder / "backup.json"), "--json")
    assert (ran.code, ran.json["notes"] > 50) == (0, True)
    return folder


@pytest.fixture
def backup(made: Path, tmp_path: Path) -> Path:
    """That backup."""
    return Path(shutil.copy(made / "backup.json", tmp_path))


@pytest.fixture
def used(made: Path, srs: Program) -> Program:
    """The program with that collection."""
    shutil.copytree(made / "home", srs.home)
    return srs


def test_a_backup_becomes_the_collection_of_a_new_home(
    used: Program, backup: Path, tmp_path: Path
) -> None:
    new = Program(tmp_path / "new")
    tried = new("import", str(backup), "--dry-run", "--json")
    assert not new.home.exists()
    ran = new("import", str(backup), "--json")
    assert (tried.code, ran.code) == (0, 0)
    assert {**tried.json, "written": True} == ran.json
    assert (ran.json["added"], ran.json["notes"], ran.json["files"]) == (
        ran.json["notes"], len(holdings(used.home)["note"]), 1
    )  # fmt: skip
    assert (ran.json["backup"]["reviews"], ran.json["backup"]["undos"]) == (3, 1)
    assert holdings(new.home) == holdings(used.home)
    assert (new.home / "config.toml").read_text() == (used.home / "config.toml").read_text()
    assert sorted(path.name for path in new.home.iterdir()) == ["collection.db", "config.toml"]
    assert new.database.stat().st_mode & 0o777 == 0o600
    again = tmp_path / "again.json"
    assert new("export", "json", "-o", str(again), now="2027-01-01T00:00:00Z").code == 0
    assert again.read_bytes() == backup.read_bytes()
    assert new("doctor").code == 0
    assert new("undo", "--json").json["undone"]["kind"] == "review"
    assert "3 unchanged" in new("sync").out


def test_a_backup_is_taken_into_the_collection_that_is_there(backup: Path, tmp_path: Path) -> None:
    other = Program(tmp_path / "other")
    (tmp_path / "mine.md").write_text("Q: Mine?\nA: Yes.\n")
    assert other("import", str(tmp_path / "mine.md")).code == 0
    (other.home / "config.toml").write_text('zone = "UTC"\n')
    before = holdings(other.home)
    tried = other("import", str(backup), "--dry-run")
    assert "Would come in: 3 answers, 1 undo, 3 notes, 4 cards." in tried.out
    assert holdings(other.home) == before
    ran = other("import", "--from", "json", str(backup))
    assert (ran.code, "Came in: 3 answers, 1 undo, 3 notes, 4 cards." in ran.out) == (0, True)
    assert "Your settings stay as they are" in ran.out
    assert "UTC" in (other.home / "config.toml").read_text()
    after = holdings(other.home)
    assert len(other("backup", "--list", "--json").json["backups"]) == 1
    assert "Nothing new there." in other("import", str(backup)).out
    assert holdings(other.home) == after
    (source,) = other("sync", "--list", "--json").json["sources"]
    assert source["path"].endswith("mine.md")


def test_settings_that_are_there_are_kept(backup: Path, tmp_path: Path) -> None:
    new = Program(tmp_path / "new")
    new.home.mkdir()
    (new.home / "config.toml").write_text('zone = "UTC"\n')
    assert "Your settings stay as they are" in new("import", str(backup)).out
    assert (new.home / "config.toml").read_text() == 'zone = "UTC"\n'


def test_a_selection_comes_beside_the_builtin_decks(
    used: Program, backup: Path, tmp_path: Path
) -> None:
    file = tmp_path / "own.json"
    assert used("export", "json", "Own", "-o", str(file)).code == 0
    found = json.loads(file.read_bytes())
    assert (len(found["notes"]), len(found["log"]), "settings" in found) == (3, 4, False)
    new = Program(tmp_path / "new")
    assert "3 notes" in new("import", str(file), "--dry-run").out
    assert not new.home.exists()
    assert "Came in: 3 answers, 1 undo, 3 notes, 4 cards." in new("import", str(file)).out
    assert len(holdings(new.home)["note"]) == len(holdings(used.home)["note"])
    assert new("doctor").code == 0


def test_what_is_left_out_of_sessions_is_in_the_backup(own: Program, tmp_path: Path) -> None:
    text = CARDS.replace("\nC: A rollout runs [shadow] first, then [canary].\n", "")
    (tmp_path / "own.md").write_text(text)
    assert own("import", str(tmp_path / "own.md")).code == 0
    assert own("deck", "disable", "Own").code == 0
    file = tmp_path / "backup.json"
    assert own("export", "json", "-o", str(file)).code == 0
    notes = [n for n in json.loads(file.read_bytes())["notes"] if n["deck"] == "Own"]
    assert [note["orphan"] for note in notes] == [False, False, True]


NO_BACKUPS = {
    b"[]": "1: not a portable backup",
    b'{"cards": []}': 'one begins with {"driftdeck": 1',
    b'\xef\xbb\xbf{ "driftdeck": 3, "new": {}}': "upgrade driftdeck",
    b'{"driftdeck": 1,\n"complete": true,\n"decks": [': ":3: the file ends too soon",
}


def test_a_file_that_is_no_backup_is_refused(used: Program, tmp_path: Path) -> None:
    file, new = tmp_path / "wrong.json", Program(tmp_path / "new")
    before = holdings(used.home)
    for content, said in NO_BACKUPS.items():
        file.write_bytes(content)
        ran = used("import", str(file))
        assert ran.code == 3
        assert "wrong.json:" in ran.err
        assert said in ran.err
    assert new("import", str(file)).code == 3
    assert used("import", "--from", "json", str(file), "--json").json["error"]["line"] == 3
    assert holdings(used.home) == before
    found = {path.name for path in used.home.iterdir()} - {"cache"}
    assert found == {"collection.db", "config.toml"}
    assert not new.home.exists()


def test_a_backup_is_read_by_itself(used: Program, backup: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "a b.txt"  # known by what it says, not by its name
    backup.rename(elsewhere)
    assert used("import", str(elsewhere), str(tmp_path)).code == 2
    assert used("import", str(elsewhere), "--deck", "Mine").code == 2
    assert used("import", "--from", "json", str(tmp_path)).code == 2
    assert "Nothing new there." in used("import", str(elsewhere)).out


def test_where_there_are_backups_the_learner_is_sent_there(
    used: Program, backup: Path, tmp_path: Path
) -> None:
    (used.home / "backups").mkdir()
    (used.home / "backups" / "collection-20260302T080000Z.db.gz").touch()
    used.database.unlink()
    ran = used("import", str(backup))
    assert (ran.code, "srs restore" in ran.err) == (3, True)


def test_a_new_home_that_has_no_collection_exports_the_same_each_time(tmp_path: Path) -> None:
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for file in files:
        assert Program(tmp_path / "none")("export", "json", "-o", str(file)).code == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    begin_from(tmp_path / "new", files[0])
    with open_collection(tmp_path / "new") as collection:
        assert (collection.notices, collection.next_card(LATER_MS) is None) == ((), False)

"""Commands from outside: what they say, what they return, what they leave untouched."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.program import SRS, Program


def fingerprint(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_reading_a_missing_collection_makes_none(srs: Program) -> None:
    for words in (["due"], ["deck", "list"], ["card", "list"], ["undo"], ["doctor"], []):
        assert srs(*words).code == 0, words
        assert not srs.home.exists(), words
    assert srs("due", "--json").json["new"] == 12


def test_the_first_review_makes_the_collection_and_says_where(srs: Program) -> None:
    ran = srs("review", stdin="q\n")
    assert ran.code == 0
    assert str(srs.home) in ran.err
    assert srs.database.exists()
    assert "made" not in srs("review", stdin="q\n").err


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(own: Program, closed: str) -> None:
    for words in ("review", "due"):
        command = f"{SRS} {words} {closed}"
        done = subprocess.run(command, shell=True, env=own.env(), capture_output=True, check=False)
        assert done.returncode == 0, done
        assert b"Traceback" not in done.stderr


def test_backups_without_a_collection_are_not_an_empty_start(srs: Program) -> None:
    (srs.home / "backups").mkdir(parents=True)
    (srs.home / "backups" / "2026-03-01.db.gz").write_bytes(b"x")
    for words in (["due"], ["review"]):
        ran = srs(*words)
        assert ran.code == 3
        assert "srs restore" in ran.err
    assert not srs.database.exists()


@pytest.mark.parametrize("named", [None, "", "/somewhere/else"])
def test_the_default_home_is_the_platforms(
    named: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import platformdirs

    from srs.cli.context import APP_NAME, default_home

    if named is None:
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_DATA_HOME", named)
    wanted = platformdirs.user_data_dir(APP_NAME, appauthor=False)
    assert default_home(os.environ) == wanted


def test_flags_stand_before_or_after_the_command(own: Program) -> None:
    before = Program(own.home.parent / "elsewhere")("--home", str(own.home), "--json", "due")
    after = Program(own.home.parent / "elsewhere")("due", "--json", "--home", str(own.home))
    assert before.json == after.json


@pytest.mark.parametrize(
    "words, code, said",
    [
        (["revew"], 2, "did you mean srs review"),
        (["due", "--nope"], 2, "no such option"),
        (["review", "No such deck"], 2, "no deck"),
        (["card", "show", "ffffffffffff"], 2, "no card"),
        (["import", "missing.md"], 2, "missing.md"),
        (["export", "dvi", "-o", "x"], 2, "no format"),
        (["export", "anki", "-o", "no/such/folder/x.apkg"], 3, "folder"),
        (["config", "set", "desired_retention", "2"], 2, "0.70 to 0.97"),
        (["config", "get", "nope"], 2, "unknown key"),
        (["help", "nope"], 2, "topics"),
    ],
)
def test_a_wrong_request(own: Program, words: list[str], code: int, said: str) -> None:
    before = fingerprint(own.home)
    ran = own(*words)
    assert ran.code == code
    lines = ran.err.strip().splitlines()
    assert lines[0].startswith("error: ")
    assert len(lines) <= 2
    assert said in ran.err
    assert fingerprint(own.home) == before


def test_a_clock_that_is_no_instant(own: Program) -> None:
    ran = own("due", now="yesterday")
    assert ran.code == 2
    assert "2026-11-21T08:00:00+01:00" in ran.err


def test_an_error_in_json(own: Program) -> None:
    ran = own("review", "No such deck", "--json")
    assert ran.json["error"]["code"] == 2
    assert "no deck" in ran.json["error"]["message"]
    assert "error: no deck" in ran.err


# Databases that are not fit


def broken(kind: str, database: Path) -> None:
    data = database.read_bytes()
    if kind == "text":
        database.write_text("Dear diary\n" * 500)
    elif kind == "truncated":
        database.write_bytes(data[: len(data) // 2])
    elif kind == "zero bytes":
        database.write_bytes(b"")
    elif kind == "garbage page":
        database.write_bytes(data[:4096] + b"\xa5" * 8192 + data[12288:])
    else:
        with closing(sqlite3.connect(database)) as db:
            number = 99 if kind == "newer" else 0
            pragma = "user_version" if kind == "newer" else "application_id"
            db.execute(f"PRAGMA {pragma} = {number}")
            db.commit()


@pytest.mark.parametrize("kind", ["text", "truncated", "zero bytes", "newer", "foreign"])
@pytest.mark.parametrize(
    "words", [["review"], ["due"], ["import", "own.md"], ["doctor"], ["undo"]], ids=" ".join
)
def test_a_database_that_is_not_fit(own: Program, kind: str, words: list[str]) -> None:
    broken(kind, own.database)
    before = fingerprint(own.home)
    source = [str(own.home.parent / word) if word.endswith(".md") else word for word in words]
    ran = own(*source)
    assert ran.code in ((1, 3) if words == ["doctor"] and kind == "truncated" else (3,))
    if ran.code == 3:
        assert ran.err.startswith("error: ")
        assert "hint: " in ran.err
    assert fingerprint(own.home) == before


def test_a_home_that_cannot_be_written(own: Program) -> None:
    with tempfile.TemporaryDirectory() as name:  # outside of pytest's folders, which are private
        folder = Path(name)
        folder.chmod(0o755)
        home = folder / "home"
        shutil.copytree(own.home, home)
        shutil.chown(home / "collection.db", 65534) if not os.geteuid() else None
        home.chmod(0o555)
        before = fingerprint(home)
        # Root may write all the same, so it looks on as somebody else.
        somebody = ["setpriv", "--reuid=65534", "--clear-groups"] if not os.geteuid() else []
        for words in (["due"], ["review"], ["undo"]):
            done = subprocess.run(
                [*somebody, SRS, *words, "--home", str(home)],
                capture_output=True,
                text=True,
                env=own.env(),
                stdin=subprocess.DEVNULL,
                check=False,
            )
            assert done.returncode == 3, done
            assert "cannot be written" in done.stderr
            assert "Traceback" not in done.stderr
        assert fingerprint(home) == before


# Import


def test_one_bad_card_does_not_stop_the_file(srs: Program, tmp_path: Path) -> None:
    text = "C: An [unclosed gap\n\nQ: One?\nA: Yes, one.\n\nA: Without a question.\n\n### twice\nQ: Two?\nA: Two.\n\n### twice\nQ: Three?\nA: Three.\n"  # noqa: E501
    (tmp_path / "bad.md").write_text(text)
    ran = srs("import", str(tmp_path / "bad.md"), "--json")
    assert ran.code == 1
    receipt = ran.json
    assert receipt["added"] == 2
    assert [entry["line"] for entry in receipt["skipped"]] == [1, 6, 13]
    assert all(entry["path"].endswith("bad.md") and entry["hint"] for entry in receipt["skipped"])
    assert sum(receipt["lines"].values()) == len(text.splitlines())


def test_a_bad_file_does_not_stop_the_folder(srs: Program, tmp_path: Path) -> None:
    folder = tmp_path / "cards"
    folder.mkdir()
    (folder / "latin.md").write_bytes(b"Q: ok?\nA: caf\xe9\n")
    (folder / "good.md").write_text("Q: Good?\nA: Good.\n")
    ran = srs("import", str(folder), "--json")
    assert ran.code == 1
    assert ran.json["added"] == 1
    assert ran.json["skipped"][0]["path"].endswith("latin.md")
    assert ran.json["skipped"][0]["line"] == 2


def test_nothing_to_import_is_no_error(srs: Program, tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_text("")
    (tmp_path / "folder").mkdir()
    for name in ("empty.md", "folder"):
        ran = srs("import", str(tmp_path / name))
        assert ran.code == 0
        assert "note: " in ran.err


def test_dry_run_and_strict_write_nothing(own: Program, tmp_path: Path) -> None:
    (tmp_path / "more.md").write_text("Q: More?\nA: More.\n\nQ: Broken\n")
    before = own("card", "list", "--json").json
    assert own("import", "--dry-run", str(tmp_path / "more.md"), "--json").json["added"] == 1
    assert own("import", "--strict", str(tmp_path / "more.md")).code == 1
    assert own("card", "list", "--json").json == before


def test_history_outlives_edits_moves_and_loss(own: Program, tmp_path: Path) -> None:
    review = own.jsonl({"do": "rate", "rating": "easy"}, words=("Own",)).events[1]
    source = tmp_path / "own.md"
    text = source.read_text()

    def reps() -> int:
        shown = own("card", "show", review["card"], "--json").json
        return int(shown["reps"])

    def receipt(path: Path = source) -> dict[str, int]:
        found: dict[str, int] = own("import", str(path), "--json").json
        return {
            k: found[k] for k in ("added", "changed", "moved", "relinked", "orphaned", "unchanged")
        }

    same = {"added": 0, "changed": 0, "moved": 0, "relinked": 0, "orphaned": 0, "unchanged": 0}
    assert receipt() == same | {"unchanged": 3}
    source.write_text(text.replace("Is it safe to go on?", "Is it safe?"))  # the answer edited
    assert receipt() == same | {"changed": 1, "unchanged": 2}
    assert reps() == 1
    source.write_text(text.replace("Q: What does a canary ask?\nA: Is it safe to go on?\n", ""))
    assert receipt() == same | {"orphaned": 1, "unchanged": 2}  # the text gone
    assert own("card", "list", "Own", "--json").json["cards"][0]["front"].startswith("What does an")
    assert len(own("card", "list", "--orphans", "--json").json["cards"]) == 1
    source.write_text(text.replace("Is it safe to go on?", "Is it safe?"))  # and back
    assert receipt() == same | {"relinked": 1, "unchanged": 2}
    moved = tmp_path / "elsewhere.md"
    source.rename(moved)
    assert receipt(moved) == same | {"moved": 3}
    assert reps() == 1
    moved.write_text("")
    assert receipt(moved) == same  # an emptied file takes nothing with it
    assert reps() == 1
    assert own("doctor").code == 0


def test_a_gap_added_keeps_the_others(own: Program, tmp_path: Path) -> None:
    source = tmp_path / "own.md"
    before = {c["front"]: c["card"] for c in own("card", "list", "Own", "--json").json["cards"]}
    source.write_text(source.read_text().replace("A rollout", "A [rollout]"))
    own("import", str(source))
    after = {c["front"]: c["card"] for c in own("card", "list", "Own", "--json").json["cards"]}
    assert len(after) == 5
    for front in (
        "A rollout runs [...] first, then canary.",
        "A rollout runs shadow first, then [...].",
    ):
        assert after[front] == before[front]


# Doctor


def plant(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            assert db.execute(statement).rowcount != 0, statement
        db.commit()


@pytest.mark.parametrize(
    "check, statement",
    [
        ("replay", "UPDATE card_state SET stability_days = stability_days * 1.001 WHERE reps > 0"),
        ("replay", "UPDATE card_state SET due_day = due_day + 1 WHERE due_day IS NOT NULL"),
        ("replay", "UPDATE card_state SET reps = reps + 1 WHERE reps > 0"),
        ("replay", "UPDATE card_state SET phase = 2, due_day = 0 WHERE phase = 0"),
        ("triggers", "DROP TRIGGER review_log_no_delete"),
        ("foreign-keys", "DELETE FROM note WHERE id = 1"),
        (
            "foreign-keys",
            "INSERT INTO card_state (card, note_id, deck_id, position) VALUES (x'00', 1, 1, 1)",
        ),
        (
            "orphan-rows",
            "INSERT INTO review_log (uid, device, kind, card, at_ms, order_ms, day, offset_min,"
            " undoes) VALUES (x'01', x'02', 'undo', x'03', 1, 1, 1, 0, x'04')",
        ),
        ("cards", "DELETE FROM card_state WHERE reps = 0"),
        ("cards", "UPDATE card_state SET hidden = 1 WHERE reps = 0"),
    ],
)
def test_doctor_finds_planted_damage(own: Program, check: str, statement: str) -> None:
    own.jsonl({"do": "rate", "rating": "easy"}, {"do": "rate", "rating": "again"}, words=("Own",))
    sound = own("doctor", "--json").json
    assert (sound["ok"], sound["findings"]) == (True, [])
    plant(own.database, statement)
    before = own.database.read_bytes()
    ran = own("doctor", "--json")
    assert ran.code == 1
    assert not ran.json["ok"]
    assert check in {finding["check"] for finding in ran.json["findings"]}
    assert all(f["message"] and f["hint"] for f in ran.json["findings"])
    assert own.database.read_bytes() == before


def test_a_missing_guard_is_put_back_aloud(own: Program) -> None:
    plant(own.database, "DROP TRIGGER review_log_no_update")
    assert "guards of the review log" in own("due").err
    assert own("doctor").code == 0


def test_the_log_refuses_to_change(own: Program) -> None:
    own.jsonl({"do": "rate", "rating": "good"})
    with closing(sqlite3.connect(own.database)) as db:
        for statement in ("UPDATE review_log SET rating = 1", "DELETE FROM review_log"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(statement)


# Small things


def test_undo_across_sessions(own: Program) -> None:
    own.jsonl({"do": "rate", "rating": "good"})
    own.jsonl({"do": "suspend"})
    first, second, third = (own("undo", "--json").json["undone"] for _ in range(3))
    assert (first["kind"], first["rating"]) == ("suspend", None)
    assert (second["kind"], second["rating"]) == ("review", "good")
    assert third is None
    assert all(card["phase"] == "new" for card in own("card", "list", "--json").json["cards"])


def test_suspend_and_unsuspend(own: Program) -> None:
    card = own("card", "list", "Own", "--json").json["cards"][0]["card"]
    assert own("card", "suspend", card).code == 0
    assert own("card", "show", card, "--json").json["suspended"]
    assert own("card", "unsuspend", card[:12]).code == 0
    assert not own("card", "show", card, "--json").json["suspended"]


def test_settings(own: Program) -> None:
    assert own("config", "get", "new_per_day").out == "12\n"
    assert own("config", "set", "new_per_day", "2").code == 0
    assert own("due", "--json").json["new"] == 2
    (own.home / "config.toml").write_text("new_per_day = 2\nnew_pr_day = 3\n")
    ran = own("due")
    assert ran.code == 3
    assert "config.toml:2" in ran.err
    assert "new_pr_day" in ran.err


def test_a_dialogue_of_lines(own: Program) -> None:
    ran = own("review", "Own", stdin="?\n\n\n1\nr\n4\nu\ns\nb\nq\n")
    assert ran.code == 0
    said = ran.out
    for words in ("[3 left] Own", "Q: What does a canary ask?", "A: Is it safe to go on?",
                  "1 again (1m)  2 hard (5.5m)  3 good (10m)", "saved: again, due in 1m",
                  "saved: easy", "taken back: easy; 1 answer", "suspended", "buried until tomorrow",
                  "1 card in under a minute, 1 answer, all saved."):  # fmt: skip
        assert words in said, words
    assert own("doctor").code == 0


def test_the_summary_as_json_is_alone_on_stdout(own: Program) -> None:
    ran = own("review", "Own", "--json", stdin="r\n4\n")
    assert ran.json["reviews"] == 1
    assert "Q: What does a canary ask?" in ran.err


def test_people_are_told_times_by_their_own_clock(own: Program) -> None:
    own.jsonl(
        {"do": "reveal", "typed": "is it safe?\nor not"}, {"do": "rate", "rating": "good"},
        words=("Own",),
    )  # fmt: skip
    east = replace(own, environment={"TZ": "Asia/Tokyo"})
    card = next(c["card"] for c in own("card", "list", "Own", "--json").json["cards"] if c["reps"])
    shown = east("card", "show", card).out
    assert "2026-03-02 17:00  good" in shown
    assert "Typed on 2026-03-02 17:00:\nis it safe?\nor not\n" in shown
    own("config", "set", "zone", "America/New_York")
    assert "Taken back: good, 2026-03-02 03:00\n" in east("undo").out


def test_piped_output_is_plain(own: Program) -> None:
    for words in (["due"], ["deck", "list"], ["card", "list"], ["help"], ["config", "get"]):
        ran = own(*words)
        assert ran.code == 0
        assert "\x1b" not in ran.out


def test_every_command_has_help_with_an_example(srs: Program) -> None:
    import click

    from srs.cli import srs_command

    def walk(command: click.Command, words: list[str]) -> None:
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                assert found is not None
                walk(found, [*words, name])
        else:
            assert command.help, words
            assert f"srs {' '.join(words)}" in command.help, words

    walk(srs_command, [])


def test_a_copied_home_is_whole(own: Program, tmp_path: Path) -> None:
    """At rest the collection is one file: no -wal that a copy would miss."""
    own.jsonl({"do": "rate", "rating": "good"})
    assert sorted(p.name for p in own.home.iterdir()) == ["collection.db"]
    copy = Program(tmp_path / "copy")
    copy.home.mkdir()
    shutil.copy(own.database, copy.database)
    assert json.loads(copy("undo", "--json").out)["undone"]["rating"] == "good"


@pytest.mark.parametrize(
    "words, stream, code",
    [(["due"], "stdout", 3), (["nosuch"], "stderr", 2), (["due"], "stderr", 0)],
)
def test_a_full_disk_behind_the_output_changes_no_exit_code(
    own: Program, words: list[str], stream: str, code: int
) -> None:
    with Path("/dev/full").open("w") as full:
        streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: full}
        done = subprocess.run([SRS, *words], env=own.env(), check=False, **streams)
    assert done.returncode == code

"""Importing and syncing as a person meets them: receipts, watching, reviews meanwhile, mischief."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from srs import Wish, open_collection
from srs.cli.clock import parse_instant
from tests.program import MORNING, SRS, Program

_PATIENCE_S = 20


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def settle(folder: Path) -> None:
    """Wait until what is in the folder is old enough for its stamps to be trusted."""
    newest = max(path.stat().st_ctime for path in folder.rglob("*.md"))
    time.sleep(max(0.0, newest + 2.05 - time.time()))


def line_count(folder: Path) -> int:
    """Counted from the bytes alone, by universal line ends."""
    total = 0
    for path in folder.rglob("*.md"):
        data = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        total += data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    return total


def rows(program: Program) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the collection holds."""
    with closing(sqlite3.connect(program.database)) as connection:
        sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'note_text%'"
        names = [name for (name,) in connection.execute(sql)]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def test_the_receipt_accounts_for_every_line(srs: Program, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    write(folder / "a.md", "---\ntags: [x]\n---\n\nQ: q\nA: a\n\nWhy: w\n\n# prose\n")
    write(folder / "b.md", "one :: 1\r\n\r\nQ: no answer\r\n\r\ntwo :: 2")
    write(folder / "c.md", b"\xef\xbb\xbfC: a [gap] here\rprose\r")
    write(folder / "bad.md", b"one\n\xff\nthree")
    write(folder / "empty.md", "")
    write(folder / "README.md", "words\n\nQ: q\nA: b\n")
    write(folder / "templates" / "t.md", "Q: {{q}}\n")
    write(folder / "same.md", "one :: 1\n")
    counted = line_count(folder)
    settle(folder)
    receipt = srs("import", str(folder), "--json").json
    assert sum(receipt["lines"].values()) == counted
    assert receipt["lines"]["skipped"] >= 3
    assert receipt["files"] == 8
    synced = srs("sync", "--json").json
    assert (synced["lines"], synced["files"]) == (receipt["lines"], 8)
    assert synced["unchanged"] == synced["notes"] == 3
    (source,) = synced["sources"]
    assert source == {"path": str(folder), "deck": None, "format": "native", "exclude": []}


def test_a_sync_says_what_changed_and_what_is_missing(
    srs: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "srs import PATH" in srs("sync").out
    write(tmp_path / "notes" / "a.md", "one :: 1\n")
    write(tmp_path / "notes" / "b.md", "".join(f"question {n} :: answer {n}\n" for n in range(30)))
    write(tmp_path / "single.md", "two :: 2\n")
    assert srs("import", "notes", "single.md", "--exclude", "old/").code == 0
    listed = srs("sync", "--list").out
    assert f"{tmp_path}/notes: 2 files, without old/\n" in listed
    (tmp_path / "single.md").unlink()
    (tmp_path / "notes" / "b.md").unlink()
    ran = srs("sync")
    assert ran.code == 1
    assert "error: single.md:1: this source is missing; its cards stay" in ran.err
    assert "hint: bring it back, or forget it with srs sync --forget single.md" in ran.err
    assert "orphaned: notes/b.md:1: question 0\n" in ran.out
    assert "and 10 more\nOrphans keep their history" in ran.out
    assert "srs card relink OLD NEW" in ran.out
    assert "1 note, 1 card in 1 file: 30 orphaned, 1 unchanged.\n" in ran.out
    assert srs("sync", "--list", "--json").json["sources"][1]["missing"]
    assert srs("sync", "--forget", "single.md").code == 0
    assert srs("sync").code == 0
    assert srs("sync", "--watch", "--dry-run").code == 2


def test_a_missing_path_makes_no_collection(srs: Program, tmp_path: Path) -> None:
    assert srs("import", str(tmp_path / "nowhere")).code == 2
    assert not srs.database.exists()


class Watching:
    """`srs sync --watch`, and what it has said so far."""

    def __init__(self, program: Program, log: Path) -> None:
        self.log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [SRS, "sync", "--watch"], env=program.env(), stdout=out, stderr=out
            )

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while text not in self.log.read_text():
            assert time.monotonic() < deadline, f"{text!r} not in:\n{self.log.read_text()}"
            time.sleep(0.05)

    @property
    def open_files(self) -> list[str]:
        folder = Path(f"/proc/{self.process.pid}/fd")
        return [str(path.readlink()) for path in folder.iterdir() if path.is_symlink()]


@contextmanager
def watching(program: Program, folder: Path) -> Iterator[Watching]:
    watcher = Watching(program, folder / "watch.log")
    try:
        yield watcher
    finally:
        watcher.process.kill()
        watcher.process.wait()


def test_watching_follows_what_editors_do(srs: Program, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    cards = write(folder / "a.md", "one :: 1\n")
    assert srs("import", str(folder)).code == 0
    with watching(srs, tmp_path) as watcher:
        watcher.wait_for("Watching 1 source")
        write(folder / ".a.md.swp", "x")
        write(folder / "new.md", "one :: 1\n\ntwo :: 2\n").replace(cards)  # saved by renaming
        watcher.wait_for(" a.md: 1 added\n")
        write(folder / "deep" / "b.md", "three :: 3\n")
        watcher.wait_for(" deep/b.md: 1 added\n")
        write(folder / "deep" / "b.md", "three :: 3\n\nQ: no answer\n")
        watcher.wait_for("b.md:3: question without an answer")
        write(folder / "deep" / "b.md", "three :: 3\n\nfour :: 4\n")
        watcher.wait_for(" deep/b.md: 1 added\n")
        assert watcher.log.read_text().count("question without an answer") == 1
        folder.rename(tmp_path / "away")
        watcher.wait_for("this source is missing")
        (tmp_path / "away").rename(folder)
        time.sleep(0.5)
        write(folder / "deep" / "b.md", "three :: 3\n\nfour :: 4\n\nfive :: 5\n")
        watcher.wait_for(" deep/b.md: 1 added\n")
        watcher.process.send_signal(signal.SIGINT)
        assert watcher.process.wait(_PATIENCE_S) == 130
    assert "Traceback" not in watcher.log.read_text()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux")
def test_watching_holds_nothing_while_nothing_happens(srs: Program, tmp_path: Path) -> None:
    cards = write(tmp_path / "a.md", "one :: 1\n")
    assert srs("import", str(cards)).code == 0
    with watching(srs, tmp_path) as watcher:
        watcher.wait_for("Watching 1 source")
        time.sleep(0.3)
        assert not [name for name in watcher.open_files if str(srs.home) in name]
        with closing(sqlite3.connect(srs.database, isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
            write(cards, "one :: 1\n\ntwo :: 2\n")
            watcher.wait_for("in use by another program")
            other.execute("ROLLBACK")
        watcher.wait_for(" a.md: 1 added\n")  # without a further change
        watcher.process.send_signal(signal.SIGTERM)
        assert watcher.process.wait(_PATIENCE_S) == 143


class Session:
    """`srs review --jsonl`, spoken to line by line."""

    def __init__(self, program: Program) -> None:
        self.process = subprocess.Popen(
            [SRS, "review", "--jsonl", "--now", MORNING], env=program.env(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def event(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return dict(json.loads(self.process.stdout.readline()))

    def rate(self, card: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        wish = {"do": "rate", "card": card, "rating": "good", "duration_ms": 1000}
        self.process.stdin.write(json.dumps(wish) + "\n")
        self.process.stdin.flush()
        return self.event()


def test_a_session_and_an_import_do_not_notice_each_other(srs: Program, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    for number in range(6):
        write(folder / f"{number}.md", f"Q: question number {number}?\nA: answer {number}\n")
    assert srs("import", str(folder)).code == 0
    session = Session(srs)
    answered = []
    for number in range(5):
        shown = session.event()
        assert shown["event"] == "card"
        if number == 1:  # the card on the table becomes an orphan
            (folder / "1.md").unlink()
            write(
                folder / "new.md",
                "".join(f"n{n * 7919:x} :: x{n * 104729:x}\n" for n in range(700)),
            )
        elif number == 2:
            write(folder / "2.md", "Q: question number 2?\nA: another answer altogether\n")
            write(folder / "3.md", "Q: question number 3?\nA: answer 3\n\nlate :: 3\n")
        with open_collection(srs.home) as collection:
            collection.import_paths([str(folder)], Wish(), parse_instant(MORNING))
        saved = session.rate(shown["card"])
        assert saved["event"] == "saved", saved
        answered.append(shown["card"])
    session.process.kill()
    session.process.communicate()
    log = "SELECT hex(card) FROM review_log WHERE kind = 'review' ORDER BY seq"
    orphans = "SELECT hex(c.uid) FROM card c JOIN note n ON n.id = c.note_id WHERE n.orphan"
    with closing(sqlite3.connect(srs.database)) as connection:
        reviewed = [card.lower() for (card,) in connection.execute(log)]
        orphaned = [card.lower() for (card,) in connection.execute(orphans)]
    assert (reviewed, orphaned) == (answered, [answered[1]])
    assert srs("doctor").code == 0


def mischief(folder: Path) -> None:
    """Much that no learner wants to have read, each thing in a folder named after it."""
    for name in ("loop", "fifo", "zero", "long", "folder"):
        (folder / name).mkdir(parents=True)
    (folder / "loop" / "x.md").symlink_to("x.md")
    (folder / "loop" / "round").symlink_to(folder)
    os.mkfifo(folder / "fifo" / "x.md")
    (folder / "zero" / "x.md").symlink_to("/dev/zero")
    (folder / "folder" / "x.md").mkdir()
    with (folder / "long" / "x.md").open("wb") as file:
        for _ in range(100):
            file.write(b"x" * (1 << 20))
    write(folder / "nul" / "x.md", b"Q: a\0\nA: b\n")
    write(folder / "surrogates" / "x.md", b"a :: \xed\xa0\x80\n")
    write(folder / "name" / os.fsdecode(b"x\xff.md"), "b :: c\n")
    write(folder / Path(*["deep" * 50] * 15) / "x.md", "")


REASONS = {
    "fifo": "not a regular file", "long": "larger than 64 MiB", "loop": "too many levels of symb",
    "name": "the file's name is not valid UTF-8", "nul": "a character that is not text",
    "surrogates": "not valid UTF-8 (byte 0xED)", "zero": "not a regular file",
}  # fmt: skip


def limited(program: Program, *words: str) -> subprocess.CompletedProcess[str]:
    """The program with at most 1 GiB of memory and ten seconds of CPU."""
    shell = ["sh", "-c", 'ulimit -v 1048576; ulimit -t 10; exec "$@"', "sh", SRS, *words]
    return subprocess.run(
        shell, env=program.env(), capture_output=True, text=True, check=False, timeout=60
    )


def test_mischief_hurts_nobody(own: Program, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    mischief(folder)
    before = rows(own)
    ran = limited(own, "import", str(folder), "--json")
    assert ran.returncode == 1, ran.stderr
    skipped = json.loads(ran.stdout)["skipped"]
    assert {
        Path(one["path"]).parent.name: one["reason"] for one in skipped
    }.keys() == REASONS.keys()
    for one in skipped:
        assert one["reason"].startswith(REASONS[Path(one["path"]).parent.name])
        assert one["hint"]
    after = rows(own)
    same = before.keys() - {"source", "source_file", "meta"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    write(folder / "good.md", "good :: card\n")
    receipt = json.loads(limited(own, "sync", "--json").stdout)
    assert (receipt["added"], receipt["orphaned"]) == (1, 0)


def test_errors_are_told_before_what_is_only_worth_knowing(own: Program, tmp_path: Path) -> None:
    cards = "".join(f"Q: q{at} ![](gone{at}.png)\nA: a\n\n" for at in range(30))
    (tmp_path / "cards.md").write_text(f"{cards}Q: Who forgot it?\n")
    ran = own("import", str(tmp_path / "cards.md"))
    assert ran.err.startswith("error: ")
    assert "cards.md: 28 more like that" in ran.err
    assert ran.err.count("\n") == 7

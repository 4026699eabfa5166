"""Estimates in the program: how they are asked, logged, kept, edited, and sent elsewhere."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import decks
from decks.estimates.drawing import draw
from decks.estimates.wording import filled, fixed
from decks.model import Note
from decks.parse import parse
from srs import Rating, Review, open_collection, portable_rows
from srs.estimates import loaded
from srs.portable_text import Unfit
from srs.session import Rate, Reread, Reveal, TakeBack, Write
from tests.learner import EDITED, FIRST, LATER, Boxes, Learner
from tests.program import Program, Screen
from tests.seeing import seen
from tests.test_merge import device

DECK = """\
---
deck: Sums
---

## request-batching

### batch-fill {type=estimate}
Q: {arrivals} requests arrive per second and wait {window_ms} ms each. How many share a batch?
A: Rate times window.
Why: At {arrivals} a second a longer window brings more.
Params: arrivals = 1000 | 2000 | 5000; window_ms = 10 | 50
Answer: arrivals * window_ms / 1000 [requests | calls]
Tolerance: 20%
"""
PLAIN = "Q: What is a batch?\nA: Requests that share a pass.\n"
EDITED_DECK = DECK.replace("1000 | 2000 | 5000", "3000 | 7000").replace("Tolerance: 20%", "")
MONDAY_MS = 1_772_438_400_000
MINUTE_MS = 60_000
ENTER, ESCAPE = "\r", "\x1b"
LABEL = "Your answer, in requests"
BRACE = re.compile(r"\{(?:arrivals|window_ms|ans)")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home that has the estimate of DECK, and a deck without one."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "sums.md").write_text(DECK)
    (folder / "plain.md").write_text(PLAIN)
    assert Program(folder / "home")("import", *map(str, folder.glob("*.md"))).code == 0
    return folder


@pytest.fixture
def sums(made: Path, tmp_path: Path) -> Program:
    """The program with a home of that kind."""
    shutil.copytree(made / "home", tmp_path / "home")
    return Program(tmp_path / "home")


@pytest.fixture
def file(sums: Program, tmp_path: Path) -> Path:
    """The deck file of a home of one's own, to be edited."""
    path = tmp_path / "sums.md"
    path.write_text(DECK)
    shutil.rmtree(sums.home)
    assert sums("import", str(path)).code == 0
    return path


def note() -> Note:
    """What DECK holds."""
    (found,) = parse(DECK, "", "").notes
    return found


def question(seed: int) -> str:
    """The question of a draw."""
    estimate = note().estimate
    assert estimate is not None
    return filled(note().front, estimate, draw(estimate, seed))


def card(program: Program, name: str = "batch-fill", now: str = "") -> dict[str, Any]:
    found: dict[str, Any] = program("card", "show", name, "--json", now=now).json
    return found


def rate(rating: str, **more: Any) -> dict[str, Any]:
    return {"do": "rate", "rating": rating, **more}


def rows(program: Program) -> list[tuple[Any, ...]]:
    """Answers that stand: rating, draw, what was typed."""
    undone = "SELECT undoes FROM review_log WHERE undoes IS NOT NULL"
    sql = (
        "SELECT rating, seed, typed, variant FROM review_log"
        f" WHERE kind = 'review' AND uid NOT IN ({undone}) ORDER BY seq"
    )
    with closing(sqlite3.connect(program.database)) as connection:
        return connection.execute(sql).fetchall()


# As JSON lines


def test_an_estimate_as_json_lines(sums: Program) -> None:
    lines = ({"do": "reveal", "typed": "1k calls"}, rate("hard"))
    asked, answer, _, *_ = sums.jsonl(*lines, words=("Sums",)).events
    assert (asked["unit"], asked["variant"]) == ("requests | calls", None)
    assert asked["front"] == question(asked["seed"])
    estimate = note().estimate
    assert estimate is not None
    right = draw(estimate, asked["seed"]).answer
    told = answer["estimate"]
    assert (told["answer"], told["unit"], told["tolerance"]) == (right, estimate.unit, "20%")
    assert (told["typed"], told["suggested"]) == (1000, "again")
    assert re.fullmatch(r"1,000 requests: .* too much, which suggests again", told["said"])
    assert told["follow_up"]["front"] == "What would double it?"
    assert "- arrivals: doubled, " in told["follow_up"]["back"]
    assert answer["back"].startswith(f"**{right:.0f} requests**\n\nRate times window.")
    assert not BRACE.search(json.dumps([asked, answer]))
    assert rows(sums) == [(2, asked["seed"], "1k calls", None)]
    (review,) = card(sums)["reviews"]
    assert (review["seed"], review["typed"]) == (asked["seed"], "1k calls")
    again = sums.jsonl(words=("Sums",), now="2026-03-02T08:30:00Z").events[0]
    assert again["seed"] != asked["seed"]


def test_the_numbers_are_others_at_each_showing_and_can_be_had_again(sums: Program) -> None:
    lines = [*[rate("again")] * 12, {"do": "undo"}, rate("easy")]
    events = sums.jsonl(*lines, words=("Sums",)).events
    shown = [event for event in events if event["event"] == "card"]
    assert len(shown) == 14
    assert all(event["front"] == question(event["seed"]) for event in shown)
    assert all(one["seed"] != other["seed"] for one, other in pairwise(shown[:13]))
    assert len({event["seed"] for event in shown}) > 3
    logged = [(rating, seed) for rating, seed, *_ in rows(sums)]
    asked = [(1, event["seed"]) for event in shown[:11]]
    assert logged == [*asked, (4, shown[13]["seed"])]  # after the undo it was drawn anew


def test_what_is_said_of_answers_that_are_none(sums: Program) -> None:
    typed = ("50 users", "[bold]dunno\x07", "", "   ")
    lines = [line for one in typed for line in ({"do": "reveal", "typed": one}, rate("again"))]
    events = sums.jsonl(*lines, words=("Sums",)).events
    found = [event["estimate"] for event in events if event["event"] == "answer"]
    said = "50 users: the answer is in requests, which suggests again"
    assert [(one["typed"], one["suggested"]) for one in found] == [
        (None, "again"), (None, None), (None, None), (None, None),
    ]  # fmt: skip
    assert (found[0]["said"], found[2]["said"]) == (said, None)


def test_a_plain_card_knows_of_no_numbers(sums: Program) -> None:
    asked, answer, *_ = sums.jsonl({"do": "reveal", "typed": "12"}, words=("plain",)).events
    assert (asked["unit"], asked["seed"], answer["estimate"]) == (None, None, None)


def test_a_cram_draws_numbers_and_logs_none(sums: Program) -> None:
    before = rows(sums)
    words = ("--cram", "Sums")
    asked, answer, *_ = sums.jsonl({"do": "reveal"}, rate("good"), words=words).events
    assert asked["front"] == question(asked["seed"])
    assert answer["estimate"]["answer"] > 0
    assert rows(sums) == before == []


# With an edit in between


class Clock:
    """A clock that goes on by a minute at each look."""

    def __init__(self) -> None:
        self.at_ms = MONDAY_MS

    def __call__(self) -> int:
        self.at_ms += MINUTE_MS
        return self.at_ms


def test_an_edit_in_between_keeps_the_numbers(sums: Program, file: Path) -> None:
    with open_collection(sums.home) as collection:
        review = Review(collection, Clock(), ["Sums"])
        before = review.card
        assert before is not None
        assert before.seed is not None
        review.do(Write("50"))
        file.write_text(DECK.replace("How many share a batch?", "How large is a batch?"))
        collection.import_files(decks.read([file]), MONDAY_MS)
        review.do(Reread())
        after = review.card
        assert after is not None
        assert after.front == before.front.replace("many share", "large is")
        assert (after.seed, review.session.typed) == (before.seed, "50")
        file.write_text(EDITED_DECK)
        collection.import_files(decks.read([file]), MONDAY_MS)
        review.do(Reread())
        assert review.card is not None
        assert "000 requests arrive" in review.card.front
        review.do(Reveal())
        review.do(Rate(Rating.GOOD, 1000))
        assert review.session.done
        review.do(TakeBack())
        file.write_text(DECK.split("Params:")[0])  # an estimate no more
        collection.import_files(decks.read([file]), MONDAY_MS)
        review.do(Reread())
        assert review.card is None or review.card.estimate is None


def test_numbers_that_change_cost_no_history(sums: Program, file: Path) -> None:
    (saved,) = (e for e in sums.jsonl(rate("easy"), words=("Sums",)).events if "review" in e)
    file.write_text(EDITED_DECK)
    rehearsed = sums("import", str(file), "--dry-run")
    assert "arrivals = [-1000 | 2000 | 5000-]{+3000 | 7000+}" in rehearsed.out
    assert "Tolerance: [-20-]{+10+}%" in rehearsed.out
    assert sums("import", str(file), "--json").json["changed"] == 1
    after = card(sums)
    assert [row["review"] for row in after["reviews"]] == [saved["review"]]
    assert (after["card"], after["due"]) == (saved["card"], saved["due"])
    assert after["estimate"]["tolerance"] == "10%"
    assert after["front"].startswith("3,000 requests")


# As a dialogue


def test_the_dialogue(sums: Program) -> None:
    # Enough to try each draw: the answer 50 is right for two of the six.
    said = sums("review", "Sums", stdin="d\nt 12.8k calls\nt 5\nd\n1\nt 5 GB\n3\n").out
    assert "first the number itself; Enter shows it" in said
    assert re.search(r"You: 12,800 requests: .* times too much, which suggests again", said)
    assert "the answer is on the screen already" in said
    assert "What would double it? (d)" in said
    assert said.count("- window ms: doubled, ") == 1
    assert "You: 5 GB: the answer is in requests, which suggests again" in said
    assert not BRACE.search(said)
    assert [(rating, typed) for rating, _, typed, _ in rows(sums)] == [
        (1, "12.8k calls"), (3, "5 GB"),
    ]  # fmt: skip


# On the screen


def quit_session(screen: Screen) -> None:
    screen.press("q")
    assert screen.end() == 0


def shown_answer(text: str) -> float:
    """The right answer to the question on the screen."""
    line = " ".join(text.split())
    found = re.search(r"([\d,]+) requests arrive per second and wait (\d+) ms", line)
    assert found, text
    return int(found[1].replace(",", "")) * int(found[2]) / 1000


@pytest.mark.parametrize("columns, lines, plain", [(80, 24, False), (40, 24, True)])
def test_the_screen(sums: Program, columns: int, lines: int, plain: bool) -> None:
    program = replace(sums, environment={"NO_COLOR": "1"} if plain else {})
    screen = program.screen("review", "Sums", columns=columns, lines=lines)
    screen.wait_for(LABEL)  # opens by itself
    screen.press("99")
    screen.wait_for("99")
    screen.press(ESCAPE)
    screen.wait_for("how sure")
    screen.press("d")
    screen.wait_for("first the number itself")
    screen.press("t")
    screen.wait_for("99")  # thought better of, not thrown away
    right = shown_answer(screen.text)
    screen.press(f"\x7f\x7f{right * 1.15:.1f} calls{ENTER}")
    shown = screen.wait_for("which suggests hard" if columns == 80 else "suggests hard")
    assert "1.15 times too much" in shown
    shown = screen.wait_for("▸2 hard")
    assert f"{right:,.0f} requests" in shown
    assert "doubled" not in shown
    assert "d double it" in shown
    time.sleep(0.3)
    screen.press("d")
    screen.wait_for("window ms: doubled")  # scrolled to, where the screen is too small
    assert not BRACE.search(screen.raw.decode(errors="replace"))
    if plain:
        assert not re.search(rb"\x1b\[[\d;]*3[1-7]m", screen.raw)
        quit_session(screen)
        return
    screen.press(ENTER)
    screen.wait_for(LABEL)
    assert "doubled" not in screen.text
    screen.press(f"5 GB{ENTER}")
    screen.wait_for("the answer is in requests")
    screen.wait_for("▸1 again")
    time.sleep(0.3)
    screen.press(" ")
    screen.wait_for(LABEL)
    screen.press(ENTER)  # nothing was typed: the question stays
    screen.wait_for("how sure")
    screen.press(" ")
    screen.wait_for("1 again")
    assert "▸" not in screen.text
    time.sleep(0.3)
    screen.press(ENTER)  # then it is good, as of any card
    screen.wait_for(LABEL)
    screen.press(ESCAPE)
    screen.wait_for("how sure")
    quit_session(screen)
    assert [rating for rating, *_ in rows(sums)] == [2, 1, 3]


# In lists


def test_cards_are_shown_with_the_numbers_of_a_draw(sums: Program) -> None:
    assert not BRACE.search(sums("card", "show", "batch-fill").out)
    shown = card(sums)
    assert shown["front"] == question(0)
    assert shown["estimate"] == {
        "parameters": {"arrivals": ["1000", "2000", "5000"], "window_ms": ["10", "50"]},
        "formula": "arrivals * window_ms / 1000", "unit": "requests | calls", "tolerance": "20%",
    }  # fmt: skip
    found = sums("card", "list", "type:estimate (per OR of)", "--json").json["cards"]
    assert len(found) > 30
    assert shown["card"] in {one["card"] for one in found}
    assert all(one["estimate"] and "{" not in one["front"] + one["back"] for one in found)


def test_statistics_tell_seen_draws_from_unseen_ones(sums: Program) -> None:
    with open_collection(sums.home) as collection:
        uid = bytes.fromhex(card(sums)["card"])
        for month in range(5):
            at_ms = MONDAY_MS + month * 60 * 24 * 60 * MINUTE_MS
            collection.answer(collection.ask(uid, at_ms), Rating.EASY, at_ms)
    found = sums("stats", "--json", now="2026-10-01T08:00:00Z").json["transfer"]
    first, *later = [seed for _, seed, *_ in rows(sums)]
    seen_before = [seed in (first, *later[:at]) for at, seed in enumerate(later)]
    assert len(later) == 4
    answers = (found["seen"]["answers"], found["unseen"]["answers"])
    assert answers == (sum(seen_before), 4 - sum(seen_before))


def test_a_card_is_written_in_a_pipe(sums: Program) -> None:
    text = DECK.split("### batch-fill {type=estimate}\n")[1].replace("share a", "fill a")
    ran = sums("card", "new", "--deck", "Mine", "--json", stdin=text)
    assert ran.code == 0, ran.err
    (uid,) = ran.json["cards"]
    assert len(uid) == 32
    assert len(estimates(sums)) == 38
    assert "Params: arrivals = 1000" in Path(ran.json["path"]).read_text()
    wrong = sums("card", "new", stdin=text.replace("1000 |", "none |"))
    assert wrong.code == 1
    assert "estimate: arrivals = none is no number" in wrong.err


def test_a_built_in_estimate_is_edited_in_a_copy(sums: Program, tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nsed -i "s/peak = 2 | 3 | 5/peak = 4/" "$1"\n')
    editor.chmod(0o755)
    mine = replace(sums, environment={"EDITOR": str(editor), "VISUAL": ""})
    ran = mine("card", "edit", "qps-peak")
    assert "1 note changed" in ran.out, ran.err
    after = card(sums, "qps-peak")
    assert after["estimate"]["parameters"]["peak"] == ["4"]
    assert "runs at 4 times" in after["front"]


# Kept


@pytest.fixture
def used(sums: Program) -> Program:
    """Some draws were answered."""
    sums.jsonl(*[rate("again", typed="50")] * 4, rate("easy"), words=("Sums",))
    assert len(rows(sums)) == 5
    return sums


def estimates(program: Program) -> dict[str, str]:
    """What the collection holds of each, by its id."""
    with closing(sqlite3.connect(program.database)) as connection:
        sql = "SELECT explicit_id, estimate FROM note WHERE estimate <> '' AND orphan = 0"
        return dict(connection.execute(sql).fetchall())


def test_two_devices_come_together(used: Program, tmp_path: Path) -> None:
    other = Program(tmp_path / "other")
    (tmp_path / "sums.md").write_text(DECK.replace("5000", "9000"))
    later = "2026-03-03T08:00:00Z"
    assert other("import", str(tmp_path / "sums.md"), now=later).code == 0
    other.jsonl(rate("good", typed="7 GB"), words=("Sums",), now=later)
    assert used("merge", str(other.database), now=later).code == 0
    assert len(card(used)["reviews"]) == 6
    assert "9000" in estimates(used)["batch-fill"]
    assert {row[1:3] for row in rows(other)} < {row[1:3] for row in rows(used)}


def test_a_backup_brings_them_back(used: Program, tmp_path: Path) -> None:
    before = rows(used), estimates(used)
    assert used("backup").code == 0
    used.database.unlink()
    assert used("restore").code == 0
    assert (rows(used), estimates(used)) == before


def test_a_damaged_file_gives_them_up(used: Program) -> None:
    before = rows(used), estimates(used)
    assert len(before[1]) == 37
    data = used.database.read_bytes()
    used.database.write_bytes(b"\0" * 100 + data[100:])  # its header is gone
    ran = used("doctor", "--repair")
    assert ran.code == 0, ran.err
    assert (rows(used), estimates(used)) == before
    assert used.jsonl(words=("Sums",), now="2026-04-20T08:00:00Z").events[0]["unit"]


def test_a_portable_backup_holds_all_of_them(used: Program, tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    assert used("export", "json", "-o", str(one)).code == 0
    new = Program(tmp_path / "new")
    assert new("import", str(one)).code == 0
    assert new("export", "json", "-o", str(other)).code == 0
    assert other.read_bytes() == one.read_bytes()
    assert (rows(new), estimates(new)) == (rows(used), estimates(used))
    held = json.loads(one.read_bytes())
    assert held["driftdeck"] == 2
    assert mine_of(held)["estimate"]["parameters"]["window_ms"] == ["10", "50"]
    assert sum("estimate" in found for found in held["notes"]) == 37


@pytest.mark.parametrize(
    "spoil",
    [
        lambda it: it.pop("unit"),
        lambda it: it.update(more=1),
        lambda it: it.update(formula=7),
        lambda it: it.update(formula="arrivals *"),
        lambda it: it.update(tolerance="none"),
        lambda it: it.update(parameters=[]),
        lambda it: it["parameters"].update(arrivals=[]),
        lambda it: it["parameters"].update(arrivals=["1_"]),
        lambda it: it["parameters"].update(arrivals=[7]),
        lambda it: it["parameters"].update(arrivals="7"),
        lambda it: it["parameters"].pop("arrivals"),
        lambda it: it["parameters"].update({"a b": ["1"]}),
    ],
)
def test_a_portable_note_with_an_estimate_that_cannot_be_is_refused(
    portable: Path, spoil: Callable[[dict[str, Any]], object]
) -> None:
    mine = mine_of(json.loads(portable.read_bytes()))
    assert loaded(portable_rows.note(mine)["estimate"]) == note().estimate
    spoil(mine["estimate"])
    with pytest.raises(Unfit, match="estimate"):
        portable_rows.note(mine)


def mine_of(held: dict[str, Any]) -> dict[str, Any]:
    """The note of DECK in a portable backup."""
    found: dict[str, Any] = next(n for n in held["notes"] if n["explicit_id"] == "batch-fill")
    return found


def test_a_portable_backup_with_an_estimate_that_cannot_be_is_refused(
    portable: Path, tmp_path: Path
) -> None:
    held = json.loads(portable.read_bytes())
    mine_of(held)["estimate"]["formula"] = "arrivals / (window_ms - 10)"
    file = tmp_path / "spoilt.json"
    file.write_text(json.dumps(held, indent=1))
    ran = Program(tmp_path / "new")("import", str(file))
    assert (ran.code, ran.out) == (3, "")
    assert re.search(r"spoilt\.json:\d+: .*estimate cannot be asked", ran.err)


@pytest.fixture(scope="module")
def portable(made: Path) -> Path:
    """A portable backup with the estimate of DECK."""
    path = made / "out.json"
    assert Program(made / "home")("export", "json", "-o", str(path)).code == 0
    return path


def test_a_portable_backup_of_the_first_version_is_read(portable: Path, tmp_path: Path) -> None:
    held = json.loads(portable.read_bytes()) | {"driftdeck": 1}
    for found in held["notes"]:
        found.pop("estimate", None)
    file = tmp_path / "old.json"
    file.write_text(json.dumps(held, indent=1))
    new = Program(tmp_path / "new")
    assert new("import", str(file)).code == 0
    assert "batch-fill" not in estimates(new)


# Elsewhere


def export(program: Program, name: str, path: Path, *words: str) -> Path:
    ran = program("export", name, *words, "-o", str(path))
    assert ran.code == 0, ran.err
    return path


def test_markdown_holds_them_as_they_are_written(used: Program, tmp_path: Path) -> None:
    path = export(used, "markdown", tmp_path / "out.md")
    assert "Params: arrivals = 1000 | 2000 | 5000; window_ms = 10 | 50\n" in path.read_text()
    parsed = parse(path.read_text(), "out.md", "")
    assert [problem.message for problem in parsed.problems] == []
    found = {one.id: one.estimate for one in parsed.notes if one.estimate}
    assert found == {one.id: one.estimate for one in [note(), *built_in()]}
    new = Program(tmp_path / "new")
    assert new("import", str(path), "--json").code == 0
    assert estimates(new) == estimates(used)
    assert used("import", str(path), "--dry-run", "--json").json["changed"] == 0


def built_in() -> list[Note]:
    return [one for deck in decks.builtin() for one in deck.parsed.notes if one.estimate]


@pytest.mark.parametrize("name", ["csv", "html", "hashcards", "obsidian"])
def test_other_programs_are_given_a_few_fixed_draws(
    sums: Program, tmp_path: Path, name: str
) -> None:
    path = export(sums, name, tmp_path / f"out.{name}", "Sums", "16-estimates")
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    text = "\n".join(one.read_bytes().decode() for one in files)
    for one in [note(), *built_in()]:
        if one.place.path and "16-estimates" not in one.place.path:
            continue
        assert one.estimate is not None
        for parameter in one.estimate.parameters:
            assert f"{{{parameter.name}" not in text
        assert ("Params:" in text, "Tolerance:" in text) == (False, False)
    fronts = [fixed(note()).front, *(variant.front for variant in fixed(note()).variants)]
    assert len(set(fronts)) == 4
    assert all(front in text for front in fronts)


def test_anki_is_given_a_few_fixed_draws(newcomer: Learner) -> None:
    text = DECK.split("---\n\n")[1]
    kept = {"deck": "Sums", "file": "sums.md"}
    assert newcomer.carry(text, now=FIRST, **kept)[:2] == (1, 0)
    there = newcomer.note("requests arrive")
    assert not any(BRACE.search(field) for field in there.values())
    assert seen(there["Front"]) == question(0)
    assert len(re.findall("requests arrive per second", there["Variants"])) == 3
    assert "10 requests" in seen(there.cards()[0].answer())
    newcomer.answer()
    # The template changes: the note is brought up to date, its history stays.
    assert newcomer.carry(text.replace("1000 |", "4000 |"), now=LATER, **kept).updated == 1
    there = newcomer.note("requests arrive")
    assert seen(there["Front"]).startswith("4,000 requests arrive")
    assert newcomer.standing() == (1, 1, 1, 0)


def test_an_anki_package_comes_back_without_changing_anything(newcomer: Learner) -> None:
    text = DECK.split("---\n\n")[1]
    newcomer.write(text, deck="Sums", file="sums.md", now=FIRST)
    program = Program(newcomer.here.home, now=EDITED)
    program.jsonl(rate("easy", typed="10"), words=("Sums",), now=FIRST)
    before = card(program)
    newcomer.take(newcomer.export("Sums", now=FIRST), Boxes())
    assert newcomer.standing() == (1, 1, 1, 0)  # its history goes along
    ran = program("import", str(newcomer.package), "--json")
    assert (ran.json["unchanged"], ran.json["changed"], ran.json["added"]) == (1, 0, 0)
    after = card(program)
    assert {**after, "retrievability": 0} == {**before, "retrievability": 0}
    # Where the note is known but was never sent out, it stays an estimate too; where it is not
    # known, the fixed draws are taken.
    other, new = Program(newcomer.folder / "other"), Program(newcomer.folder / "new")
    words = ("import", str(newcomer.package), "--json")
    with device(other.home) as collection:
        collection.import_files(decks.read([newcomer.folder / "sums.md"]), MONDAY_MS)
    assert other(*words).json["changed"] == 0
    assert json.loads(estimates(other)["batch-fill"])["tolerance"] == "20%"
    assert new(*words).json["added"] == 1
    assert "batch-fill" not in estimates(new)
    with closing(sqlite3.connect(new.database)) as connection:
        sql = "SELECT front, variants FROM note WHERE explicit_id = 'batch-fill'"
        ((front, variants),) = connection.execute(sql).fetchall()
    assert (front, len(json.loads(variants))) == (question(0), 3)

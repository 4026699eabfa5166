"""`srs lint` as a person and a script meet it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import decks
from decks.lint.rules import RULES
from tests.copied import copied
from tests.documented import HELP, blocks
from tests.lint_cards import qa
from tests.program import Program

BAD = qa("Is it fast?", "It depends.")
GOOD = qa("PSI stays below 0.1. Which drift is left?", "Concept drift.")


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of cards, in which the program runs."""
    folder = tmp_path / "cards"
    folder.mkdir()
    (folder / "bad.md").write_text(BAD)
    (folder / "good.md").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    return folder


def test_findings_stand_file_by_file_with_what_to_do(srs: Program, cards: Path) -> None:
    ran = srs("lint", "cards")
    assert ran.code == 0
    assert ran.err == ""
    assert ran.out.startswith("cards/bad.md, judged as your own cards\n")
    assert '  cards/bad.md:1  warning it-depends  "it depends" without what it' in ran.out
    assert "\n    hint: name what decides" in ran.out
    assert ran.out.endswith("\n2 notes in 2 files: 0 errors, 2 warnings.\n")
    assert "good.md" not in ran.out
    assert "\x1b" not in ran.out
    assert not srs.home.exists()


def test_exit_codes_tell_errors_and_with_strict_warnings(srs: Program, cards: Path) -> None:
    assert srs("lint", "cards", "--strict").code == 1
    assert srs("lint", "cards", "--strict", "--ignore", "yes-no,it-depends").code == 0
    assert srs("lint", "cards", "--as", "deck").code == 1


def test_json_has_the_keys_of_the_contract(srs: Program, cards: Path) -> None:
    ran = srs("lint", "cards", "--as", "deck", "--select", "yes-no", "--json")
    assert ran.code == 1
    (finding,) = ran.json.pop("findings")
    assert ran.json | {"findings": []} == {
        "schema": 1, "notes": 2, "errors": 1, "warnings": 0, "findings": [],
        "files": [{"path": "cards/bad.md", "as": "deck"}, {"path": "cards/good.md", "as": "deck"}],
    }  # fmt: skip
    assert finding.keys() == {"path", "line", "rule", "severity", "message", "hint"}
    assert (finding["path"], finding["line"], finding["rule"], finding["severity"]) == (
        "cards/bad.md", 1, "yes-no", "error",
    )  # fmt: skip


def test_without_a_path_the_sources_of_the_collection_are_linted(srs: Program, cards: Path) -> None:
    nothing = srs("lint")
    assert nothing.code == 2
    assert "srs lint cards/" in nothing.err
    assert srs("import", "cards").code == 0
    ran = srs("lint", "--json")
    assert ran.json["notes"] == 2
    assert {finding["severity"] for finding in ran.json["findings"]} == {"warning"}
    (cards / "bad.md").unlink()
    assert srs("lint", "--json").json["findings"] == []


def test_other_formats_are_linted_by_their_looks(srs: Program, cards: Path) -> None:
    vault = cards.parent / "vault"
    vault.mkdir()
    (vault / "a.md").write_text("#flashcards\n\nIs it fast?\n?\nIt depends.\n")
    (vault / "README.md").write_text(BAD)
    found = srs("lint", "vault", "--json").json
    assert found["notes"] == 1
    assert {finding["rule"] for finding in found["findings"]} == {"it-depends", "yes-no"}


def test_what_cannot_be_asked_is_said(srs: Program, cards: Path) -> None:
    assert "no such file" in srs("lint", "nowhere").err
    ran = srs("lint", "cards", "--select", "yesno")
    assert (ran.code, "did you mean yes-no?" in ran.err) == (2, True)
    (cards / "r.psv").write_text("a | b\n")
    refused = srs("lint", "cards", "--record", "cards/r.psv")
    assert (refused.code, "cards/r.psv:1" in refused.err) == (3, True)


@pytest.mark.parametrize("columns", [80, 40])
def test_it_fits_the_terminal(
    srs: Program, cards: Path, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)  # the terminal itself is to say
    screen = srs.screen("lint", "cards", columns=columns, lines=40)
    shown = screen.wait_for("warnings.")
    assert screen.end() == 0
    words = re.sub(r"\s+", " ", shown)
    assert "hint: ask what follows, which of two, or what decides: a guess is half right" in words
    assert "2 notes in 2 files: 0 errors, 2 warnings." in words
    assert b"\x1b[33m" in screen.raw  # the colour of a warning


def test_text_that_would_act_on_a_terminal_does_not(srs: Program, cards: Path) -> None:
    (cards / "bad.md").write_text(f"C: the [\x1b[31m] gap and \x1b[2J\n{BAD}")
    assert "\x1b" not in srs("lint", "cards").out


def test_the_rules_are_listed_as_they_are(srs: Program) -> None:
    told = srs("lint", "--list-rules").out
    assert [line.split()[0] for line in told.splitlines()[1:]] == [rule.id for rule in RULES]
    shapes = srs("lint", "--list-rules", "--json").json["rules"]
    assert [shape["rule"] for shape in shapes] == [rule.id for rule in RULES]


def test_the_page_has_every_rule_as_it_is() -> None:
    page = (HELP / "lint.md").read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| (\w+|–) \| (.*) \|$", page, re.MULTILINE)
    assert rows == [
        (rule.id, rule.level.value, rule.own.value if rule.own else "–", rule.wants)
        for rule in RULES
    ]


def test_the_bad_card_of_the_page_is_found_and_the_good_one_is_not(
    srs: Program, cards: Path
) -> None:
    bad, good = (block.text for block in blocks(HELP / "lint.md") if block.language == "markdown")
    (cards / "bad.md").write_text(bad)
    (cards / "good.md").write_text(good)
    found = srs("lint", "cards", "--strict", "--json").json
    assert found["notes"] == 2
    assert {finding["path"] for finding in found["findings"]} == {"cards/bad.md"}


def test_copies_from_a_folder_are_found(tmp_path: Path) -> None:
    note = decks.builtin()[0].parsed.notes[0]
    words = note.front.split()
    (tmp_path / "a.txt").write_text(f"Before it {' '.join(words[:12])} after it.")
    (tmp_path / "b.md").write_text(f"Before it {' '.join(words[:11])} after it.")
    (line,) = copied(tmp_path)
    assert note.id in line
    assert ": a.txt: " in line

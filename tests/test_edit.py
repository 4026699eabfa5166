"""Editing a card's source from the command line, with a real editor program."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tests.program import Program


@pytest.fixture
def edit(own: Program, tmp_path: Path) -> Any:
    """Edits a card by a line of shell, run on the file that the editor is given; what was said."""

    def run(card: str, shell: str, code: int = 0) -> Any:
        editor = tmp_path / "my editor.sh"
        log = tmp_path / "arguments"
        editor.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$@" > "{log}"\nfor file; do :; done\n{shell}\n'
        )
        editor.chmod(0o755)
        program = replace(own, environment={"EDITOR": f"'{editor}'", "VISUAL": ""})
        ran = program("card", "edit", card)
        assert ran.code == code, ran.err
        return ran

    return run


def cards(srs: Program, deck: str = "Own") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = srs("card", "list", deck, "--json").json["cards"]
    return found


def builtin_hash() -> str:
    folder = resources.files("decks") / "builtin"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def test_the_answer_is_mended_and_the_history_stays(
    own: Program, edit: Any, tmp_path: Path
) -> None:
    own.jsonl({"do": "rate", "rating": "easy"}, words=("Own",))
    card = next(card for card in cards(own) if card["reps"])
    ran = edit(card["card"], 'sed -i "s/safe to go on/safe to go on at all/" "$file"')
    assert "1 note changed" in ran.out
    after = next(one for one in cards(own) if one["card"] == card["card"])
    assert after["back"] == "Is it safe to go on at all?"
    assert (after["reps"], after["due"]) == (1, card["due"])
    assert (tmp_path / "arguments").read_text().splitlines()[-1] == str(tmp_path / "own.md")


def test_nothing_changed(own: Program, edit: Any) -> None:
    assert "nothing was changed" in edit(cards(own)[0]["card"], ":").out


def test_a_mistake_is_named_with_its_line_and_loses_nothing(own: Program, edit: Any) -> None:
    before = cards(own)
    ran = edit(before[0]["card"], 'sed -i "s/^A: Is it safe.*//" "$file"', code=1)
    assert "own.md:6: question without an answer" in ran.out
    assert cards(own) == before


def test_a_deleted_card_is_hidden_and_comes_back(own: Program, edit: Any) -> None:
    card = cards(own)[0]["card"]
    ran = edit(card, 'cp "$file" "$file.bak"; sed -i "/canary ask/,/safe to go/d" "$file"')
    assert "1 note gone from the file, history kept" in ran.out
    assert card not in [one["card"] for one in cards(own)]
    edit(cards(own)[0]["card"], 'mv "$file.bak" "$file"')
    assert card in [one["card"] for one in cards(own)]


def test_a_deck_given_by_hand_stays(own: Program, edit: Any, tmp_path: Path) -> None:
    for name, text in (("bare", ""), ("named", "---\ndeck: Other\n---\n")):
        file = tmp_path / f"{name}.md"
        file.write_text(f"{text}Q: In {name}?\nA: yes\n")
        own("import", str(file), "--deck", f"Given {name}")
        card = cards(own, f"Given {name}")[0]["card"]
        edit(card, 'sed -i "s/yes/no/" "$file"')
        assert [one["back"] for one in cards(own, f"Given {name}")] == ["no"]


def test_a_builtin_card_is_edited_in_a_copy(own: Program, edit: Any) -> None:
    before = builtin_hash()
    card = next(c for c in cards(own, "03-features") if c["source"]["path"].startswith("builtin/"))
    copies = own.home / "overrides"
    assert "nothing was changed" in edit(card["card"], ":").out
    assert list(copies.iterdir()) == []  # a copy that says the same is none
    own.jsonl({"do": "rate", "rating": "easy"}, words=("03-features",))
    assert "1 note changed" in edit(card["card"], 'sed -i "s/^A: /A: Mine. /" "$file"').out
    (copy,) = copies.iterdir()
    after = next(c for c in cards(own, "03-features") if c["card"] == card["card"])
    assert after["back"].startswith("Mine. ")
    assert after["source"]["path"] == str(copy.resolve())
    assert (after["deck"], after["concept"], after["tags"]) == (
        card["deck"], card["concept"], card["tags"]
    )  # fmt: skip
    assert builtin_hash() == before
    assert "1 note changed" in edit(card["card"], 'sed -i "s/Mine/Ours/" "$file"').out
    assert own("doctor").code == 0


def test_a_builtin_copy_with_a_mistake_is_opened_again(own: Program, edit: Any) -> None:
    card = cards(own, "03-features")[0]
    ran = edit(card["card"], 'sed -i "s/^A: /B: /" "$file"', code=1)
    assert "question without an answer" in ran.out
    assert cards(own, "03-features")[0]["back"] == card["back"]
    ran = edit(card["card"], 'grep -q "^B: " "$file" && sed -i "s/^B: /A: Mended. /" "$file"')
    assert "1 note changed" in ran.out


def test_a_copy_that_was_thrown_away_is_made_anew(own: Program, edit: Any) -> None:
    card = cards(own, "03-features")[0]
    edit(card["card"], 'sed -i "s/^A: /A: Mine. /" "$file"')
    (copy,) = (own.home / "overrides").iterdir()
    copy.unlink()
    assert "1 note changed" in edit(card["card"], 'sed -i "s/^A: /A: Again. /" "$file"').out
    assert cards(own, "03-features")[0]["back"].startswith("Again. ")


def test_a_file_that_is_gone(own: Program, edit: Any, tmp_path: Path) -> None:
    card = cards(own)[0]["card"]
    (tmp_path / "own.md").unlink()
    ran = edit(card, ":", code=2)
    assert "own.md: no such file" in ran.err


def test_an_editor_that_fails(own: Program, edit: Any) -> None:
    assert "ended with code 7" in edit(cards(own)[0]["card"], "exit 7", code=1).out
    program = replace(own, environment={"EDITOR": "/nowhere/ed", "VISUAL": ""})
    ran = program("card", "edit", cards(own)[0]["card"])
    assert ran.code == 2
    assert "/nowhere/ed" in ran.err


def test_as_json(own: Program, tmp_path: Path) -> None:
    program = replace(own, environment={"EDITOR": "true", "VISUAL": ""})
    card = cards(own)[0]["card"]
    ran = program("card", "edit", card, "--json")
    assert (ran.json["card"], ran.json["message"]) == (card, "nothing was changed")

"""`srs config`: whatever goes wrong, neither the settings nor what was written is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decks.errors import DataError
from srs.settings import KEYS, Settings, allowed, decode, encoded, get_text
from srs.settings_file import changes, keys_set, template, with_value, without_value
from tests.documented import Scene
from tests.program import Program, Screen

NAMES = st.sampled_from(list(KEYS))
VALUES = {
    "desired_retention": "0.85", "new_per_day": "3", "reviews_per_day": "50",
    "learning_steps": "5m", "relearning_steps": "1m 20m", "maximum_interval": "365",
    "rollover_hour": "3", "zone": "Asia/Tokyo", "prerequisites_first": "false",
    "leech_lapses": "5", "leech_action": "tag", "typed": "true", "theme": "light",
}  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Scene:
    """`srs config …` in this process, over a home without a collection."""
    (tmp_path / "here").mkdir()
    return Scene(tmp_path / "here")


def file(scene: Scene) -> Path:
    return scene.home / "config.toml"


# The text of the file


def test_the_template_sets_nothing_and_explains_everything() -> None:
    text = template()
    assert decode(text) == Settings()
    for name, key in KEYS.items():
        assert f"# {key.explanation}\n# ({allowed(name)})\n# {name} = " in text
    spelled = text.replace("# ", "", 1).replace("\n# ", "\n")
    lines = [line for line in spelled.splitlines() if line.partition(" = ")[0] in KEYS]
    assert decode("\n".join(lines)) == Settings()


@given(st.lists(NAMES, unique=True), st.booleans())
def test_set_and_unset_are_each_others_way_back(names: list[str], from_template: bool) -> None:
    start = template() if from_template else '# mine\ntyped = true  # "]"\n\n'
    text = start
    names = [name for name in names if name not in keys_set(start)]
    for name in names:
        text = with_value(text, name, VALUES[name])
        assert get_text(decode(text), name) == encoded(name, VALUES[name])
    assert set(changes(start, text)) == set(names)
    for name in reversed(names):
        text = without_value(text, name)
    assert text == start


def test_in_the_template_a_setting_stands_below_its_explanation() -> None:
    lines = with_value(template(), "new_per_day", "5").splitlines()
    at = lines.index("new_per_day = 5")
    assert lines[at - 1] == "# new_per_day = 12"


@pytest.mark.parametrize("line", ['"typed" = true', "'typed' = true", '"\\u0074yped" = true'])
def test_what_cannot_be_taken_out_is_said(line: str) -> None:
    with pytest.raises(DataError, match="typed cannot be taken out") as caught:
        without_value(f"{line}\n", "typed")
    assert "srs config edit" in caught.value.hint


def test_several_lines_are_one_setting() -> None:
    text = 'learning_steps = [\n  "1m",\n  "2m",\n]\ntyped = true\n'
    assert without_value(text, "learning_steps") == "typed = true\n"


# The commands


def test_alone_it_lists_every_setting_with_its_meaning(config: Scene) -> None:
    config.run("srs config set new_per_day 8")
    said = config.run("srs config").out
    assert "new_per_day = 8   (usually 12)\n  new cards a day;" in said
    assert "rollover_hour = 4\n" in said
    assert said == config.run("srs config list").out == config.run("srs config get").out
    assert all(f"{name} = " in said for name in KEYS)
    assert str(file(config)) in said


def test_as_json_every_key_says_what_it_may_be(config: Scene) -> None:
    config.run("srs config set theme dark")
    told = config.run("srs config --json").json
    assert told["settings"]["theme"] == '"dark"'
    theme = next(one for one in told["keys"] if one["key"] == "theme")
    assert (theme["value"], theme["default"], theme["set"]) == ('"dark"', '"auto"', True)
    assert theme["allowed"] == "one of auto, dark, light, plain"
    assert [one["key"] for one in told["keys"] if one["set"]] == ["theme"]
    assert config.run("srs config unset theme --json").json["settings"] == {"theme": '"auto"'}


@pytest.mark.parametrize("words", ["get nwe_per_day", "set nwe_per_day 3", "unset nwe_per_day"])
def test_an_unknown_key_is_guessed(config: Scene, words: str) -> None:
    ran = config.run(f"srs config {words}")
    assert ran.code == 2
    assert "did you mean new_per_day?" in ran.err
    assert not config.home.exists()


@pytest.mark.parametrize("words", ["set zone UTC", "unset zone", "set typed false"])
def test_what_is_written_in_an_odd_way_is_left_to_the_editor(config: Scene, words: str) -> None:
    config.home.mkdir()
    text = '"typed" = true\nzone = """\nUTC"""\n'
    file(config).write_text(text)
    ran = config.run(f"srs config {words}")
    assert ran.code == 3
    assert "srs config edit opens it" in ran.err
    assert file(config).read_text() == text


def test_unset_without_a_file_makes_none(config: Scene) -> None:
    assert config.run("srs config unset zone").out == 'zone = ""\n'
    assert not config.home.exists()


# Editing


def edited(scene: Scene, tmp_path: Path, body: str) -> Program:
    """The program with an editor that does `body` to the file `$1`."""
    editor = tmp_path / "editor.sh"
    editor.write_text(f"#!/bin/sh\nfor file; do :; done\n{body}\n")
    editor.chmod(0o755)
    return Program(scene.home, environment={"EDITOR": str(editor), "VISUAL": ""})


def draft(scene: Scene) -> Path:
    return scene.home / "config-draft.toml"


def test_a_fresh_file_begins_with_every_key(config: Scene, tmp_path: Path) -> None:
    body = f'cp "$file" {tmp_path}/seen; echo "new_per_day = 7" >> "$file"'
    ran = edited(config, tmp_path, body)("config", "edit")
    assert (ran.code, ran.out) == (0, "new_per_day = 7\n")
    assert (tmp_path / "seen").read_text() == template()
    assert file(config).read_text() == template() + "new_per_day = 7\n"
    assert not draft(config).exists()


def test_nothing_changed_leaves_nothing(config: Scene, tmp_path: Path) -> None:
    ran = edited(config, tmp_path, "true")("config", "edit")
    assert (ran.code, ran.out) == (0, "No setting was changed.\n")
    assert list(config.home.iterdir()) == []


def test_a_mistake_leaves_the_settings_and_keeps_the_draft(config: Scene, tmp_path: Path) -> None:
    config.run("srs config set new_per_day 8")
    before = file(config).read_bytes()
    bad = 'echo "# my thoughts" >> "$file"; echo "zone = Mars" >> "$file"'
    ran = edited(config, tmp_path, bad)("config", "edit")
    assert ran.code == 3
    assert f"{draft(config)}:3: not TOML" in ran.err
    assert "srs config edit goes on with this draft" in ran.err
    assert file(config).read_bytes() == before
    mend = 'sed -i "s/= Mars/= \\"UTC\\"/" "$file"'
    ran = edited(config, tmp_path, mend)("config", "edit", "--json")
    assert ran.json["settings"] == {"zone": '"UTC"'}
    assert "going on with the draft of the last time" in ran.err
    assert "# my thoughts" in file(config).read_text()
    assert not draft(config).exists()


def test_a_broken_file_can_be_mended(config: Scene, tmp_path: Path) -> None:
    config.home.mkdir()
    file(config).write_text("new_per_day = many\n")
    assert config.run("srs config").code == 3
    ran = edited(config, tmp_path, 'sed -i s/many/9/ "$file"')("config", "edit")
    assert (ran.code, ran.out) == (0, "new_per_day = 9\n")


def test_what_another_wrote_meanwhile_stays(config: Scene, tmp_path: Path) -> None:
    body = f'echo "typed = true" >> "$file"; echo "new_per_day = 1" > {file(config)}'
    ran = edited(config, tmp_path, body)("config", "edit")
    assert ran.code == 3
    assert "was changed by somebody else meanwhile" in ran.err
    assert file(config).read_text() == "new_per_day = 1\n"
    assert "typed = true" in draft(config).read_text()


def test_an_editor_that_fails_changes_nothing(config: Scene, tmp_path: Path) -> None:
    ran = edited(config, tmp_path, "exit 1")("config", "edit")
    assert ran.code == 3
    assert "the editor ended with code 1" in ran.err
    assert list(config.home.iterdir()) == []
    ran = replace(edited(config, tmp_path, ""), environment={"EDITOR": "/no/such"})(
        "config", "edit"
    )
    assert ran.code == 2
    assert list(config.home.iterdir()) == []


@pytest.mark.parametrize("body", ['rm "$file"', 'printf "\\377" > "$file"; exit 1', "exit 1"])
def test_only_a_draft_with_something_in_it_is_kept(
    config: Scene, tmp_path: Path, body: str
) -> None:
    config.home.mkdir()
    file(config).write_text("# mine\ntyped = true\n")
    ran = edited(config, tmp_path, body)("config", "edit")
    assert ran.code == 3
    assert "the settings stay as they were" in ran.err
    assert ("goes on with this draft" in ran.err) is draft(config).exists() is ("377" in body)
    assert file(config).read_text() == "# mine\ntyped = true\n"


def test_a_link_is_kept(config: Scene, tmp_path: Path) -> None:
    config.home.mkdir()
    real = tmp_path / "dotfiles.toml"
    real.write_text("typed = false\n")
    file(config).symlink_to(real)
    edited(config, tmp_path, 'echo "typed = true" > "$file"')("config", "edit")
    assert file(config).is_symlink()
    assert real.read_text() == "typed = true\n"


def test_on_a_terminal_one_may_edit_again(config: Scene, tmp_path: Path) -> None:
    once = 'if [ -e "$0.once" ]; then echo "new_per_day = 4" > "$file"; fi; touch "$0.once"'
    program = edited(config, tmp_path, f'echo "new_per_day = x" > "$file"; {once}')
    screen: Screen = program.screen("config", "edit")
    screen.wait_for("Edit it again? [Y/n]")
    assert "config-draft.toml:1" in "".join(screen.text.split("\n"))
    assert not file(config).exists()
    screen.press("\r")
    screen.wait_for("new_per_day = 4")
    assert screen.end() == 0
    assert file(config).read_text() == "new_per_day = 4\n"


def test_a_byte_order_mark_is_no_setting(srs: Program) -> None:
    srs.home.mkdir()
    (srs.home / "config.toml").write_text("\ufeffnew_per_day = 7\n")
    assert srs("config", "get", "new_per_day").out.strip() == "7"
    assert srs("due", "--json").json["new"] == 7


def test_a_broken_file_is_named_in_full_by_what_would_change_it(srs: Program) -> None:
    srs.home.mkdir()
    (srs.home / "config.toml").write_text("new_per_day = \n")
    ran = srs("config", "set", "new_per_day", "5")
    assert ran.code == 3
    assert f"{srs.home / 'config.toml'}:1" in ran.err

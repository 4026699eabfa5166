"""`srs undo`, `srs config` and `srs doctor`."""

from __future__ import annotations

from pathlib import Path

import click

from decks.errors import DataError, UserError
from srs import Collection, Rating
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say, table
from srs.cli.shapes import instant
from srs.settings import KEYS, Settings, decode, get_text, save, with_value


@click.command("undo")
@common
@pass_shell
def undo_command(shell: Shell) -> None:
    """Take back what was done last to a card, such as an answer; again for what was before.

    \b
    Example:
      srs undo
    """
    with shell.open() as collection:
        rows = collection.undo_act(shell.clock.now_ms())
        row, cards = (rows[0] if rows else None), len({row.card for row in rows})
        front = _front(collection, row.card) if row else ""
    rating = Rating(row.rating).name.lower() if row and row.rating else None
    if shell.as_json:
        undone = row and {
            "review": row.uid.hex(), "card": row.card.hex(), "rating": rating,
            "at": instant(row.at_ms), "kind": row.kind, "cards": cards,
        }  # fmt: skip
        report({"undone": undone})
    elif row is None:
        say("Nothing to undo.")
    else:
        more = f" of {cards} cards" if cards > 1 else ""
        say(f"Taken back: {rating or row.kind}{more}, {instant(row.at_ms)}\n{front}")


def _front(collection: Collection, uid: bytes) -> str:
    try:
        return collection.card(uid).front
    except UserError:  # the log outlives cards
        return ""


@click.group("config")
@common
def config_command() -> None:
    """Show and change settings."""


def _file(shell: Shell) -> Path:
    return Path(shell.home) / "config.toml"


def _text(shell: Shell) -> str:
    path = _file(shell)
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8", "mend the file or move it away") from error


def _settings(shell: Shell) -> Settings:
    return decode(_text(shell), str(_file(shell)))


@config_command.command("get")
@click.argument("key", required=False)
@common
@pass_shell
def config_get(shell: Shell, key: str | None) -> None:
    """Show one setting, or all of them.

    \b
    Example:
      srs config get desired_retention
    """
    settings = _settings(shell)
    keys = [key] if key else list(KEYS)
    values = {name: get_text(settings, name) for name in keys}
    if shell.as_json:
        report({"settings": values})
    elif key:
        say(values[key])
    else:
        rows = [(name, value, KEYS[name].explanation) for name, value in values.items()]
        table(("Setting", "Value", "What it does"), rows, right=())


@config_command.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("key")
@click.argument("value", nargs=-1, required=True)
@common
@pass_shell
def config_set(shell: Shell, key: str, value: tuple[str, ...]) -> None:
    """Change one setting; it governs from the next answer.

    \b
    Example:
      srs config set new_per_day 8
    """
    text = with_value(_text(shell), key, " ".join(value))
    path = _file(shell)
    shown = get_text(decode(text, str(path)), key)  # before it is written: it may not be sound
    save(path, text)
    if shell.as_json:
        report({"settings": {key: shown}})
    else:
        say(f"{key} = {shown}")

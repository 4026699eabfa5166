"""`srs config`: the settings listed, read, changed and edited."""

from __future__ import annotations

from pathlib import Path

import click

from decks.errors import DataError
from srs import settings_file
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say, shown_width
from srs.cli.safe import safe_line
from srs.settings import KEYS, Settings, allowed, decode, get_text


@click.group("config", invoke_without_command=True)
@common
@click.pass_context
def config_command(context: click.Context) -> None:
    """Show and change settings; alone: list them.

    \b
    Example:
      srs config
    """
    if context.invoked_subcommand is None:
        _list(context.ensure_object(Shell))


def settings_path(shell: Shell) -> Path:
    """Where the settings are kept."""
    return Path(shell.home) / settings_file.FILE_NAME


def _list(shell: Shell) -> None:
    path = settings_path(shell)
    text = settings_file.read(path)
    settings = decode(text, str(path))
    given = settings_file.keys_set(text)
    if shell.as_json:
        report(_shape(path, settings, given))
        return
    for name, key in KEYS.items():
        usual = get_text(Settings(), name)
        note = "" if name not in given else f"   (usually {usual})"
        click.secho(safe_line(f"{name} = {get_text(settings, name)}{note}"), bold=True)
        for line in shown_width(key.explanation, indent=2):
            click.secho(line, dim=True)
    say(f"\nKept in {path}" if text else "\nNothing is set yet: these are the usual values.")


def _shape(path: Path, settings: Settings, given: frozenset[str]) -> dict[str, object]:
    usual = Settings()
    return {
        "path": str(path),
        "settings": {name: get_text(settings, name) for name in KEYS},
        "keys": [
            {"key": name, "value": get_text(settings, name), "default": get_text(usual, name),
             "set": name in given, "allowed": allowed(name), "explanation": key.explanation}
            for name, key in KEYS.items()
        ],
    }  # fmt: skip


@config_command.command("list")
@common
@pass_shell
def config_list(shell: Shell) -> None:
    """List all settings with their values, and what each is good for.

    \b
    Example:
      srs config list --json
    """
    _list(shell)


@config_command.command("get")
@click.argument("key", required=False)
@common
@pass_shell
def config_get(shell: Shell, key: str | None) -> None:
    """Show the value of one setting; without KEY, all of them.

    \b
    Example:
      srs config get desired_retention
    """
    if key is None:
        _list(shell)
        return
    path = settings_path(shell)
    value = get_text(decode(settings_file.read(path), str(path)), key)
    if shell.as_json:
        report({"settings": {key: value}})
    else:
        say(value)


@config_command.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("key")
@click.argument("value", nargs=-1, required=True)
@common
@pass_shell
def config_set(shell: Shell, key: str, value: tuple[str, ...]) -> None:
    """Change one setting; it governs from the next answer.

    \b
    Examples:
      srs config set new_per_day 8
      srs config set learning_steps 1m 10m 1h
    """
    path = settings_path(shell)
    _put(shell, path, key, settings_file.with_value(_sound(path), key, " ".join(value)))


@config_command.command("unset")
@click.argument("key")
@common
@pass_shell
def config_unset(shell: Shell, key: str) -> None:
    """Bring one setting back to its usual value.

    \b
    Example:
      srs config unset new_per_day
    """
    path = settings_path(shell)
    _put(shell, path, key, settings_file.without_value(_sound(path), key))


def _sound(path: Path) -> str:
    """The text of the file, which must be in order before anything in it is changed."""
    text = settings_file.read(path)
    decode(text, str(path))
    return text


def _put(shell: Shell, path: Path, key: str, text: str) -> None:
    try:
        value = get_text(decode(text, str(path)), key)
    except DataError as error:  # it stood there in a way that `settings_file` does not know
        hint = "srs config edit opens it"
        raise DataError(f"{path}: {key} cannot be changed in it", hint) from error
    if text != settings_file.read(path):
        settings_file.save(path, text)
    if shell.as_json:
        report({"settings": {key: value}})
    else:
        say(f"{key} = {value}")


@config_command.command("edit")
@common
@pass_shell
def config_edit(shell: Shell) -> None:
    """Open the settings in your editor (VISUAL or EDITOR), and check what you wrote.

    You edit a draft. It takes the place of the settings only when it is sound; otherwise they stay
    as they were, and your draft is kept for the next time.

    \b
    Example:
      srs config edit
    """
    from srs.cli.config_draft import edit

    path = settings_path(shell)
    changed = edit(path)
    settings = decode(settings_file.read(path), str(path))
    if shell.as_json:
        report(
            {"path": str(path), "settings": {name: get_text(settings, name) for name in changed}}
        )
        return
    for name in changed:
        say(f"{name} = {get_text(settings, name)}")
    if not changed:
        say("No setting was changed.")

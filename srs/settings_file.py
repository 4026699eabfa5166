"""The text of `config.toml`, kept by hand: changed a key at a time, all else left as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from decks.errors import DataError
from srs.files import make_folder, replace_file
from srs.settings import KEYS, Settings, allowed, decode, encoded, get_text

FILE_NAME = "config.toml"
_HEAD = (
    "# Settings of driftdeck. Take the # away from a line to change it; srs help config says more."
)


def read(path: Path) -> str:
    """The text of the file; empty if there is none. Raises DataError if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read", "mend the file or move it away") from error


def save(path: Path, text: str) -> None:
    """Write the file whole, in a folder that is made if need be."""
    make_folder(path.parent)
    replace_file(path, text.encode())


def template() -> str:
    """A file that sets nothing: every key as a comment, with its meaning and what it may be."""
    usual = Settings()
    parts = [
        f"# {KEYS[name].explanation}\n# ({allowed(name)})\n# {name} = {get_text(usual, name)}\n"
        for name in KEYS
    ]
    return "\n".join([f"{_HEAD}\n", *parts])


def keys_set(text: str) -> frozenset[str]:
    """The keys that a sound file sets, be it to their usual values."""
    import tomllib

    return frozenset(tomllib.loads(text))


def with_value(text: str, name: str, typed: str) -> str:
    """The file's text with one key changed or added, all else kept.

    `typed` is what a person types: `0.92`, `1m 10m`, `Europe/Berlin`, or the same in TOML's
    notation. Raises UsageError for an unknown key or a value that is not allowed.
    """
    decode(text)  # a file that is broken already is not made worse
    line = f"{name} = {encoded(name, typed)}"
    found = _assignment(name).search(text)
    if found:
        return text[: found.start()] + line + text[found.end() :]
    commented = re.search(rf"^#[ \t]*{re.escape(name)}[ \t]*=.*$", text, re.MULTILINE)
    if commented:
        return f"{text[: commented.end()]}\n{line}{text[commented.end() :]}"
    lines = text if not text or text.endswith("\n") else f"{text}\n"
    return f"{lines}{line}\n"


def without_value(text: str, name: str) -> str:
    """The file's text with the key back at its usual value, all else kept.

    Raises UsageError for an unknown key, DataError when the key stands there in a way that this
    cannot undo.
    """
    get_text(decode(text), name)
    found = _assignment(name).search(text)
    if found:
        text = text[: found.start()] + text[found.end() :].removeprefix("\n")
    if _is_set(text, name):
        raise DataError(f"{name} cannot be taken out of the file", "srs config edit opens it")
    return text


def _is_set(text: str, name: str) -> bool:
    try:
        return name in keys_set(text)
    except ValueError:  # the rest of a value of several lines is left
        return True


def changes(before: str, after: str) -> Iterator[str]:
    """The keys whose values differ between two sound files."""
    old, new = decode(before), decode(after)
    return (name for name in KEYS if get_text(old, name) != get_text(new, name))


def _assignment(name: str) -> re.Pattern[str]:
    pattern = rf"^{re.escape(name)}[ \t]*=[^\n\[]*(?:\[[^\]]*\])?[^\n]*$"
    return re.compile(pattern, re.MULTILINE)

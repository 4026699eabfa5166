"""What the program has, asked of the program itself: a feature is named as a learner meets it.

- `srs review --level`: the command exists and takes these options
- `setting new_per_day`: there is such a setting
- `help review: how sure you are`: the page of the manual exists and says so
- `json stats: transfer.gap`: what the command reports has the key, of a list in its first member
- `field Variant`, `front as_of`: a card of a deck file, or its front matter, may have it
- `share what-breaks 12%`: so many built-in notes are of the type, or `operational`, or `sourced`
- `drill walk case-eta`: `srs drill` exists, and a built-in drill of this kind names the concept
- `no network`: no module can reach one
"""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import click

import decks
from decks.errors import DataError
from decks.parse import parse
from srs.cli import COMMANDS, srs_command
from srs.settings import KEYS
from tests.documented import HELP, ROOT, Scene
from tests.records import builtin

BUILTIN = Path(decks.__file__).parent / "builtin"
PLANNED = frozenset(("concept", "drill", "lint", "plan"))  # commands that may still be to come
_RECALL = frozenset(("definition", "cloze", "contrast"))  # all other types are operational
_NETWORK = frozenset(
    ("socket", "ssl", "urllib.request", "http", "ftplib", "smtplib", "requests", "httpx", "aiohttp")
)


def exists(feature: str) -> bool:
    """Whether the program has it. Raises DataError for what is written in none of these ways."""
    kind, _, rest = feature.partition(" ")
    if kind not in _KINDS:
        raise DataError(f"no such kind of feature: {feature}", "tests/features.py lists them")
    return _KINDS[kind](rest)


def _has_command(words: str) -> bool:
    names = [word for word in words.split() if not word.startswith("-")]
    if names[0] not in COMMANDS and names[0] not in PLANNED:
        raise DataError(f"srs {words}: no command, and none is planned")
    found = _command(names)
    options = {word for word in words.split() if word.startswith("-")}
    return found is not None and options <= {opt for param in found.params for opt in param.opts}


def _command(names: list[str]) -> click.Command | None:
    found: click.Command | None = srs_command
    for name in names:
        context = click.Context(found) if found else None
        found = found.get_command(context, name) if isinstance(found, click.Group) else None
    return found


def _has_setting(name: str) -> bool:
    return name in KEYS


def _says_help(rest: str) -> bool:
    page, _, words = rest.partition(": ")
    file = HELP / f"{page}.md"
    return file.exists() and words in " ".join(file.read_text(encoding="utf-8").split())


def _has_key(rest: str) -> bool:
    command, _, path = rest.partition(": ")
    found: Any = _report(command)
    for key in path.split("."):
        found = found[0] if isinstance(found, list) and found else found
        if not isinstance(found, Mapping) or key not in found:
            return False
        found = found[key]
    return True


@cache
def _report(command: str) -> Any:
    """What a command says of the built-in decks to a script."""
    with tempfile.TemporaryDirectory() as folder:
        return Scene(Path(folder)).run(f"srs {command} --json").json


def _has_field(name: str) -> bool:
    notes = parse(f"Q: q\nA: a\n{name}: b (c)", "x.md", "x").notes
    return [note.back for note in notes] == ["a"]


def _has_front(key: str) -> bool:
    text = f"---\n{key}: 2026-03\n---\n\nQ: q\nA: a\n"
    return not parse(text, "x.md", "x").problems


def _has_share(rest: str) -> bool:
    kind, _, least = rest.partition(" ")
    of_kind: Callable[[Any], bool] = {
        "sourced": lambda note: bool(note.sources),
        "operational": lambda note: note.type not in _RECALL,
    }.get(kind, lambda note: note.type == kind)
    notes = builtin().notes.values()
    return sum(map(of_kind, notes)) >= float(least.removesuffix("%")) / 100 * len(notes)


def _has_drill(rest: str) -> bool:
    kind, _, concept = rest.partition(" ")
    return "drill" in COMMANDS and any(
        _is_drill(file.read_text(encoding="utf-8"), kind, concept) for file in BUILTIN.rglob("*.md")
    )


def _is_drill(text: str, kind: str, concept: str) -> bool:
    head = text.partition("\n---\n")[0].splitlines()
    named = any(line.startswith("drill:") for line in head)
    about = not concept or concept in re.findall(r"[\w-]+", text)
    return named and f"kind: {kind}" in head and about


def _has_no(what: str) -> bool:
    assert what == "network"
    folders = (ROOT / name for name in ("srs", "decks", "exporters"))
    return not any(_reaches_out(file) for folder in folders for file in folder.rglob("*.py"))


def _reaches_out(file: Path) -> bool:
    text = file.read_text(encoding="utf-8")
    if not any(module in text for module in _NETWORK):
        return False
    nodes = list(ast.walk(ast.parse(text)))
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return any(
        name == module or name.startswith(f"{module}.") for name in named for module in _NETWORK
    )


_KINDS: Mapping[str, Callable[[str], bool]] = {
    "srs": _has_command,
    "setting": _has_setting,
    "help": _says_help,
    "json": _has_key,
    "field": _has_field,
    "front": _has_front,
    "share": _has_share,
    "drill": _has_drill,
    "no": _has_no,
}

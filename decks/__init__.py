"""The deck language: markdown in, notes and problems out. Names load on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decks.cards import Face, card_keys, face
    from decks.cloze import Gap, find_gaps
    from decks.concepts import Concept, Concepts, Source, load_concepts, load_glossary, load_sources
    from decks.errors import DataError, UsageError, UserError
    from decks.lint.engine import Linted
    from decks.lint.rule import Finding, Rule
    from decks.lint.rules import LintChoice, lint_rules
    from decks.linting import LintFolder, lint_paths
    from decks.load import Loaded, builtin, read, reread
    from decks.model import LineCounts, Note, NoteKind, Parsed, Place, Problem, Severity, Variant
    from decks.walk import check_paths

__all__ = [
    "Concept",
    "Concepts",
    "DataError",
    "Face",
    "Finding",
    "Gap",
    "LineCounts",
    "LintChoice",
    "LintFolder",
    "Linted",
    "Loaded",
    "Note",
    "NoteKind",
    "Parsed",
    "Place",
    "Problem",
    "Rule",
    "Severity",
    "Source",
    "UsageError",
    "UserError",
    "Variant",
    "builtin",
    "card_keys",
    "check_paths",
    "face",
    "find_gaps",
    "lint_paths",
    "lint_rules",
    "load_concepts",
    "load_glossary",
    "load_sources",
    "read",
    "reread",
]

_HOMES = {
    "cards": ("Face", "card_keys", "face"),
    "cloze": ("Gap", "find_gaps"),
    "concepts": ("Concept", "Concepts", "Source", "load_concepts", "load_glossary", "load_sources"),
    "errors": ("DataError", "UsageError", "UserError"),
    "lint.engine": ("Linted",),
    "lint.rule": ("Finding", "Rule"),
    "lint.rules": ("LintChoice", "lint_rules"),
    "linting": ("LintFolder", "lint_paths"),
    "load": ("Loaded", "builtin", "read", "reread"),
    "model": (
        "LineCounts",
        "Note",
        "NoteKind",
        "Parsed",
        "Place",
        "Problem",
        "Severity",
        "Variant",
    ),
    "walk": ("check_paths",),
}


def __getattr__(name: str) -> object:
    # `parse` is left out on purpose: the submodule of that name would shadow the function.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"decks.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

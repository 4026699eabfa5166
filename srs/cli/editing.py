"""Editing a card's source in the learner's editor, and taking up what was written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from decks.errors import UserError
from srs.cli import editor
from srs.cli.words import plural

if TYPE_CHECKING:
    from srs import Card, Collection


def edit(collection: Collection, card: Card, at_ms: int) -> str:
    """Open the card's source at its line, wait, and take up what changed; what to tell the learner.

    Raises UserError when there is no source or no editor.
    """
    source = collection.source(card)
    try:
        code = editor.run(editor.command(os.environ, source.path, source.line))
    except UserError:
        collection.take_up(source, at_ms)  # a copy made for nothing goes again
        raise
    receipt = collection.take_up(source, at_ms)
    if code:
        return f"the editor ended with code {code}; what it saved was read"
    if receipt is None:
        return "nothing was changed"
    if receipt.skipped:
        first = receipt.skipped[0]
        more = f" (and {len(receipt.skipped) - 1} more)" if len(receipt.skipped) > 1 else ""
        return f"{first.place.path}:{first.place.line}: {first.message}{more}"
    changed = receipt.changed + receipt.added + receipt.moved + receipt.relinked
    said = [f"{plural(changed, 'note')} changed"] if changed else []
    if receipt.orphaned:
        said.append(f"{plural(receipt.orphaned, 'note')} gone from the file, history kept")
    return ", ".join(said) or "nothing was changed"

"""Editing a card's source in the learner's editor, and taking up what was written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from decks.errors import UserError
from srs.cli import editor
from srs.cli.words import plural

if TYPE_CHECKING:
    from srs import Card, Collection


class Edited(NamedTuple):
    """What came of an edit."""

    message: str
    sound: bool = True  # all that was written came in


def edit(collection: Collection, card: Card, at_ms: int) -> Edited:
    """Open the card's source at its line, wait, and take up what changed.

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
        message = f"the editor ended with code {code}; what it saved was read"
        return Edited(message, sound=False)
    if receipt is None:
        return Edited("nothing was changed")
    if receipt.skipped:
        first = receipt.skipped[0]
        more = f" (and {len(receipt.skipped) - 1} more)" if len(receipt.skipped) > 1 else ""
        where = f"{first.place.path}:{first.place.line}"
        return Edited(f"{where}: {first.message}{more}", sound=False)
    changed = receipt.changed + receipt.added + receipt.moved + receipt.relinked
    said = [f"{plural(changed, 'note')} changed"] if changed else []
    if receipt.orphaned:
        said.append(f"{plural(receipt.orphaned, 'note')} gone from the file, history kept")
    return Edited(", ".join(said) or "nothing was changed")

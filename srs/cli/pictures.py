"""Pictures of a card: found in its text, opened with the system's viewer."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from decks.images import Image, images
from srs import Places
from srs.cli import opener


def pictures(texts: Iterable[str]) -> list[Image]:
    """The pictures in these texts, each once, in order."""
    return list(dict.fromkeys(image for text in texts for image in images(text)))


def open_picture(card_path: str, image: Image, places: Places | None = None) -> str:
    """Open the picture; what to tell the learner. Raises UsageError when that cannot be done."""
    path = opener.resolve(card_path, image.path, places)
    opener.show(opener.command(sys.platform, path))
    return f"opened {path.name}"

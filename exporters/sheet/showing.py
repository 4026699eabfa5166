"""The texts of a note as HTML: formulas as MathML, files by their names, gaps blank or filled.

Pure: the files themselves come when the page is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape

from decks.cloze import Gap
from decks.images import images, label
from exporters.fields import gapped_html, html, inline_html
from exporters.markup import Markup, element, join
from exporters.mathml import formula
from exporters.pictures import Shown
from exporters.sheet.files import shown

_MISSING = "?"  # no name of a file begins so
_BLANK = '<span class="blank" role="img" aria-label="blank">______</span>'
_ADDRESS = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)\]])", re.IGNORECASE)


class Texts:
    """How the texts of one note are shown; `media` gives the name of each file that they show."""

    def __init__(self, media: Mapping[str, str]) -> None:
        self._media = media

    def whole(self, text: str) -> Markup:
        """Markdown."""
        return _markup(html(text, self._of(text), _shown, formula))

    def blank(self, text: str) -> Markup:
        """A cloze text with its gaps to fill, all of one width."""
        return self._gapped(text, lambda gap: _BLANK + _hint(gap.hint))

    def filled(self, text: str) -> Markup:
        """A cloze text with its gaps filled and marked."""
        return self._gapped(text, lambda gap: f"<mark>{self._words(gap)}</mark>")

    def _words(self, gap: Gap) -> str:
        return inline_html(gap.text, self._of(gap.text), _shown, formula)

    def _gapped(self, text: str, show: Callable[[Gap], str]) -> Markup:
        return _markup(gapped_html(text, show, self._of(text), _shown, formula))

    def _of(self, text: str) -> Mapping[str, str]:
        """The names of its files; for one that is missing and has no words, what to say of it."""
        missing = {
            image.path: f"{_MISSING}{label(image)}"
            for image in images(text)
            if image.path not in self._media and not image.alt
        }
        return {**self._media, **missing} if missing else self._media


def linked(words: str) -> Markup:
    """Words in which each address of the web is a link."""
    pieces = _ADDRESS.split(words)
    return join(
        element("a", piece, href=piece) if place % 2 else piece
        for place, piece in enumerate(pieces)
    )


def _markup(made: str) -> Markup:
    return Markup(made.replace("<br>", "<br />"))  # XML, like the rest


def _hint(hint: str) -> str:
    return f' <span class="hint">({escape(hint)})</span>' if hint else ""


def _shown(found: Shown) -> str:
    if found.name.startswith(_MISSING):
        return escape(found.name.removeprefix(_MISSING))
    return shown(found)

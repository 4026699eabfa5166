"""What stands in the fields beside question and answer. Pure.

Where a title is shown in place of a key, the key stays beside it: `decks.anki.own` reads it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from decks.model import Variant
from exporters.base import DeckInfo
from exporters.fields import attribute, html, plain

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


def concept_html(concept: str, titles: Mapping[str, str]) -> str:
    """The concept by its title; "" for none."""
    return _cited("span", concept, titles.get(concept, "")) if concept else ""


def source_html(sources: Iterable[str], titles: Mapping[str, str]) -> str:
    """The sources in full, each on a line of its own; what has no title is shown as it is."""
    return "<br>".join(_cited("cite", source, titles.get(source, "")) for source in sources)


def variants_html(variants: Iterable[Variant], media: Mapping[str, str] | None = None) -> str:
    """The variants' questions, the answer to each folded away; `media` as `html` takes it."""
    shown = media or {}
    return "".join(
        f"<div>{html(variant.front, shown)}</div>"
        f"<details><summary>Answer</summary>{html(variant.back, shown)}</details>"
        for variant in variants
    )


def deck_html(about: DeckInfo) -> str:
    """What Anki shows above a deck: where it comes from, under which licence, and its sources."""
    origin = "A deck of driftdeck." if about.builtin else "Written with driftdeck."
    licence = f" Licence: {plain(about.licence)}." if about.licence else ""
    sources = "".join(f"<li>{plain(source)}</li>" for source in about.sources)
    listed = f"<details><summary>Sources</summary><ul>{sources}</ul></details>" if sources else ""
    return f"<p>{origin}{licence}</p>{listed}"


def _cited(tag: str, key: str, title: str) -> str:
    shown = plain(title or key)
    if _ADDRESS.fullmatch(key):
        shown = f'<a href="{attribute(key)}">{shown}</a>'
    told = f' data-key="{attribute(key)}"' if title not in ("", key) else ""
    return f"<{tag}{told}>{shown}</{tag}>"

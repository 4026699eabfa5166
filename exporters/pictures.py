"""How a picture, sound or film of a note is shown by another program. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

# PDF is none of these: nothing shows one inside a card, and Anki keeps no file that is linked to.
_KINDS = {
    **dict.fromkeys(
        ("png", "jpg", "jpeg", "gif", "webp", "svg", "bmp", "tiff", "avif", "heic"), "picture"
    ),
    **dict.fromkeys(("mp3", "ogg", "oga", "opus", "wav", "m4a", "flac"), "sound"),
    **dict.fromkeys(("mp4", "webm"), "film"),
}
_LOOSE = frozenset(("svg", "bmp", "tiff", "wav", "pdf"))


class Shown(NamedTuple):
    """A file where a note shows it. Its words are escaped: fit for an attribute, and for Anki."""

    name: str  # in `Bundle.media`
    alt: str
    title: str
    width_px: int  # as the author asked for; 0: its own


Show = Callable[[Shown], str]  # the HTML for it; empty where only its words can be shown


def kind_of(name: str) -> str:
    """What the file is by its name: "picture", "sound" or "film"; empty for anything else."""
    return _KINDS.get(_suffix(name), "")


def is_packed(name: str) -> bool:
    """Whether the file is of a kind that no compression makes smaller."""
    return _suffix(name) not in _LOOSE


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower()


def in_anki(shown: Shown) -> str:
    """A picture as HTML; a sound or film as Anki's own sign for what it plays."""
    kind = kind_of(shown.name)
    if kind == "picture":
        return image(shown, shown.name)
    return f"[sound:{shown.name}]" if kind else ""


def image(shown: Shown, source: str) -> str:
    """The element that shows a picture which lies at `source`."""
    title = f' title="{shown.title}"' if shown.title else ""
    width = f' width="{shown.width_px}"' if shown.width_px else ""
    return f'<img src="{source}" alt="{shown.alt}"{title}{width}>'

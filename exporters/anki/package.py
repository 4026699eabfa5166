"""Anki packages (.apkg): whole in memory before a byte is written, so never half of one."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator

from decks.progress import Progress
from exporters.anki.database import collection
from exporters.base import Bundle, Format, Want, silent

_QUICKEST = 1  # of deflate: half the time of the usual level for a twentieth more bytes


def render(bundle: Bundle, progress: Progress = silent) -> Iterator[bytes]:
    """An Anki package; equal bundles give equal bytes.

    Cards are where the learner's history has brought them, or new in a bundle without one.
    """
    return zipped("collection.anki2", collection(bundle, progress), bundle)


def render_whole(bundle: Bundle, progress: Progress = silent) -> Iterator[bytes]:
    """A package that takes the place of a whole profile, with FSRS switched on."""
    return zipped("collection.anki21", collection(bundle, progress, is_whole=True), bundle)


def zipped(name: str, database: bytes, bundle: Bundle) -> Iterator[bytes]:
    """An archive of the database and the bundle's media, dated 1980 whenever it is written."""
    names = {str(number): file for number, file in enumerate(bundle.media.values())}
    listed = json.dumps({number: file.name for number, file in names.items()})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _add(archive, name, database)
        _add(archive, "media", listed.encode())
        for number, file in names.items():
            _add(archive, number, file.read(), zipfile.ZIP_STORED)
    yield buffer.getvalue()


def _add(
    archive: zipfile.ZipFile, name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED
) -> None:
    info = zipfile.ZipInfo(name)
    info.compress_type = method
    info.create_system = 3
    archive.writestr(info, data, compresslevel=_QUICKEST)


_WANTS = frozenset({Want.HISTORY, Want.MEDIA})
FORMAT = Format("anki", ".apkg", "Anki package; import it again to update", render, _WANTS)
WHOLE = Format(
    "colpkg", ".colpkg", "Anki collection for a fresh profile", render_whole, _WANTS,
    "the whole profile",
)  # fmt: skip

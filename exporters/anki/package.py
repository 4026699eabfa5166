"""Anki packages (.apkg): whole in memory before a byte is written, so never half of one."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator

from decks.progress import Progress
from exporters.anki.database import collection
from exporters.base import Bundle, Format, Want, silent

_QUICKEST = 1  # of deflate: half the time of the usual level for a twentieth more bytes


def render(bundle: Bundle, progress: Progress = silent) -> Iterator[bytes]:
    """An Anki package; equal bundles give equal bytes.

    Cards are where the learner's history has brought them, or new in a bundle without one.
    """
    media = list(bundle.media.values())
    names = json.dumps({str(number): file.name for number, file in enumerate(media)})
    members = [("collection.anki2", collection(bundle, progress)), ("media", names.encode())]
    return zipped(members)


def zipped(members: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """An archive of these files, dated 1980 whenever it is written."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICKEST) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            archive.writestr(info, data)
    yield buffer.getvalue()


FORMAT = Format(
    "anki", ".apkg", "Anki package; import it again to update", render,
    frozenset({Want.HISTORY, Want.MEDIA}),
)  # fmt: skip

"""Anki packages (.apkg): whole in memory before a byte is written, so never half of one."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator

from decks.progress import Progress
from exporters.anki.database import collection
from exporters.base import Bundle, Format, Want, silent
from exporters.pictures import is_packed, kind_of

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
    """An archive of the database and the bundle's media, dated 1980 whenever it is written.

    Files are read one by one, as the pieces are asked for.
    """
    shown = [file for file in bundle.media.values() if kind_of(file.name)]
    names = {str(number): file for number, file in enumerate(shown)}
    listed = json.dumps({number: file.name for number, file in names.items()})
    out = _Pieces()
    with zipfile.ZipFile(out, "w") as archive:
        _add(archive, name, database)
        _add(archive, "media", listed.encode())
        for number, file in names.items():
            yield out.taken()
            _add(archive, number, file.read(), is_packed=is_packed(file.name))
    yield out.taken()


def _add(archive: zipfile.ZipFile, name: str, data: bytes, *, is_packed: bool = False) -> None:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    info.create_system = 3
    archive.writestr(info, data, compresslevel=_QUICKEST)


class _Pieces(io.BytesIO):
    """A file that is given away piece by piece: an archive goes back to nothing but the head of
    the member that it is writing."""

    given = 0  # bytes

    def taken(self) -> bytes:
        """What was written since the last time."""
        piece = self.getvalue()
        self.given += len(piece)
        super().seek(0)
        self.truncate()
        return piece

    def tell(self) -> int:
        return self.given + super().tell()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self.given + super().seek(offset - self.given, whence)


_WANTS = frozenset({Want.HISTORY, Want.MEDIA})
FORMAT = Format("anki", ".apkg", "Anki package; import it again to update", render, _WANTS)
WHOLE = Format(
    "colpkg", ".colpkg", "Anki collection for a fresh profile", render_whole, _WANTS,
    "the whole profile",
)  # fmt: skip

"""Ways out: a frozen `Bundle` in, bytes out. `write`, `write_to` and `write_page` alone
touch the disk or a stream.

Names are loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporters.base import Answered as Answered
    from exporters.base import Bundle as Bundle
    from exporters.base import DeckInfo as DeckInfo
    from exporters.base import ExportCard as ExportCard
    from exporters.base import ExportNote as ExportNote
    from exporters.base import Format as Format
    from exporters.base import History as History
    from exporters.base import MediaFile as MediaFile
    from exporters.base import Scheduling as Scheduling
    from exporters.base import Want as Want
    from exporters.base import Whole as Whole
    from exporters.formats import all_formats as all_formats
    from exporters.formats import builtin_format_names as builtin_format_names
    from exporters.formats import format_names as format_names
    from exporters.formats import get_format as get_format
    from exporters.formats import unusable_plugins as unusable_plugins
    from exporters.writing import Sink as Sink
    from exporters.writing import write as write
    from exporters.writing import write_page as write_page
    from exporters.writing import write_to as write_to

_HOMES = {
    "Answered": "exporters.base",
    "Bundle": "exporters.base",
    "DeckInfo": "exporters.base",
    "ExportCard": "exporters.base",
    "ExportNote": "exporters.base",
    "Format": "exporters.base",
    "History": "exporters.base",
    "MediaFile": "exporters.base",
    "Scheduling": "exporters.base",
    "Sink": "exporters.writing",
    "Want": "exporters.base",
    "all_formats": "exporters.formats",
    "builtin_format_names": "exporters.formats",
    "Whole": "exporters.base",
    "format_names": "exporters.formats",
    "get_format": "exporters.formats",
    "unusable_plugins": "exporters.formats",
    "write": "exporters.writing",
    "write_page": "exporters.writing",
    "write_to": "exporters.writing",
}

__all__ = [
    "Answered",
    "Bundle",
    "DeckInfo",
    "ExportCard",
    "ExportNote",
    "Format",
    "History",
    "MediaFile",
    "Scheduling",
    "Sink",
    "Want",
    "Whole",
    "all_formats",
    "builtin_format_names",
    "format_names",
    "get_format",
    "unusable_plugins",
    "write",
    "write_page",
    "write_to",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'exporters' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)

"""driftdeck as a library: open a collection, ask for the next card, answer it.

    import decks, exporters, srs

`decks` reads cards, `exporters` writes them for other programs, `srs` schedules them. Names are
loaded on first use, so that a session starts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from srs.answering import Saved as Saved
    from srs.answering import StaleCard as StaleCard
    from srs.attachments import Places as Places
    from srs.choosing import Wanted as Wanted
    from srs.collection import Collection as Collection
    from srs.curriculum import DeckPage as DeckPage
    from srs.curriculum import PathTo as PathTo
    from srs.curriculum import Topic as Topic
    from srs.curriculum import TopicPage as TopicPage
    from srs.daily import NewLimit as NewLimit
    from srs.daily import Today as Today
    from srs.dealing import Limits as Limits
    from srs.doctor import Finding as Finding
    from srs.filing import Filed as Filed
    from srs.glance import Glance as Glance
    from srs.keeper import Keeper as Keeper
    from srs.looking import is_portable as is_portable
    from srs.merging import Merged as Merged
    from srs.model import Card as Card
    from srs.model import CardState as CardState
    from srs.model import Flag as Flag
    from srs.model import Kind as Kind
    from srs.model import Phase as Phase
    from srs.model import Rating as Rating
    from srs.names import Names as Names
    from srs.names import known_names as known_names
    from srs.opening import open_collection as open_collection
    from srs.portable import ReadBack as ReadBack
    from srs.portable import begin_from as begin_from
    from srs.portable import is_complete as is_complete
    from srs.receipt import Receipt as Receipt
    from srs.rehearsal import Detail as Detail
    from srs.relinking import Relink as Relink
    from srs.repairing import Repaired as Repaired
    from srs.repairing import repair as repair
    from srs.restoring import restore as restore
    from srs.review import Review as Review
    from srs.review import Summary as Summary
    from srs.review import Told as Told
    from srs.settings import Settings as Settings
    from srs.starts import Start as Start
    from srs.stats import Stats as Stats
    from srs.store.backup import Backup as Backup
    from srs.store.backup import back_up as back_up
    from srs.store.backup import backups as backups
    from srs.store.log import LogRow as LogRow
    from srs.store.pasts import Inherited as Inherited
    from srs.store.sources import KnownSource as KnownSource
    from srs.surroundings import describe_surroundings as describe_surroundings
    from srs.syncing import Synced as Synced
    from srs.syncing import Wish as Wish

_HOMES = {
    "Backup": "srs.store.backup",
    "Card": "srs.model",
    "CardState": "srs.model",
    "Collection": "srs.collection",
    "Finding": "srs.doctor",
    "Glance": "srs.glance",
    "Inherited": "srs.store.pasts",
    "Keeper": "srs.keeper",
    "KnownSource": "srs.store.sources",
    "LogRow": "srs.store.log",
    "DeckPage": "srs.curriculum",
    "Detail": "srs.rehearsal",
    "PathTo": "srs.curriculum",
    "Topic": "srs.curriculum",
    "TopicPage": "srs.curriculum",
    "Filed": "srs.filing",
    "Flag": "srs.model",
    "Kind": "srs.model",
    "Limits": "srs.dealing",
    "Wanted": "srs.choosing",
    "Wish": "srs.syncing",
    "Phase": "srs.model",
    "Places": "srs.attachments",
    "Rating": "srs.model",
    "Receipt": "srs.receipt",
    "Review": "srs.review",
    "Saved": "srs.answering",
    "Settings": "srs.settings",
    "StaleCard": "srs.answering",
    "Start": "srs.starts",
    "Stats": "srs.stats",
    "Summary": "srs.review",
    "Synced": "srs.syncing",
    "NewLimit": "srs.daily",
    "Today": "srs.daily",
    "Told": "srs.review",
    "back_up": "srs.store.backup",
    "backups": "srs.store.backup",
    "Merged": "srs.merging",
    "Names": "srs.names",
    "Relink": "srs.relinking",
    "Repaired": "srs.repairing",
    "known_names": "srs.names",
    "ReadBack": "srs.portable",
    "begin_from": "srs.portable",
    "is_complete": "srs.portable",
    "is_portable": "srs.looking",
    "open_collection": "srs.opening",
    "repair": "srs.repairing",
    "describe_surroundings": "srs.surroundings",
    "restore": "srs.restoring",
}

__all__ = [
    "Backup",
    "Card",
    "CardState",
    "Collection",
    "DeckPage",
    "Detail",
    "Filed",
    "Finding",
    "Flag",
    "Glance",
    "Inherited",
    "Keeper",
    "Kind",
    "KnownSource",
    "Limits",
    "LogRow",
    "Merged",
    "Names",
    "NewLimit",
    "PathTo",
    "Phase",
    "Places",
    "Rating",
    "ReadBack",
    "Receipt",
    "Relink",
    "Repaired",
    "Review",
    "Saved",
    "Settings",
    "StaleCard",
    "Start",
    "Stats",
    "Summary",
    "Synced",
    "Today",
    "Told",
    "Topic",
    "TopicPage",
    "Wanted",
    "Wish",
    "__version__",
    "back_up",
    "backups",
    "begin_from",
    "describe_surroundings",
    "is_complete",
    "is_portable",
    "known_names",
    "open_collection",
    "repair",
    "restore",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'srs' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)

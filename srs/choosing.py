"""From what a learner asks for, in words, to a selection of cards."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from decks.errors import UsageError
from srs import query
from srs.deck_names import known_names, resolve
from srs.query import LEVELS, Among, Is, Leaf, Named, Node, Not
from srs.query_text import Malformed, parse
from srs.store import finding, search, selection
from srs.store.finding import Condition, Moment
from srs.store.selection import Selection

# From mid on interviewers expect the first; at senior level the second as well; and so on.
_LETTERS = "MST"


class Wanted(NamedTuple):
    """Which cards are meant, in the learner's words. Each field narrows it down."""

    decks: Sequence[str] = ()
    tags: Sequence[str] = ()
    concepts: Sequence[str] = ()
    level: str = ""  # mid, senior or staff: what is expected there, lower levels included
    flagged: bool = False
    leeches: bool = False
    query: str = ""  # see `srs.query_text`

    @property
    def suspended_too(self) -> bool:
        """Whether suspended cards are meant as well: the learner speaks of what they are for."""
        return self.flagged or self.leeches or query.asks_for_suspended(parse(self.query))


def select(
    connection: sqlite3.Connection,
    wanted: Wanted,
    moment: Moment,
    progress: search.Progress | None = None,
) -> Selection:
    """What the learner asks for. The index of words is brought up to date if it is needed.

    Raises UsageError for a deck, tag, concept or level that is not there, and for a query that
    cannot be read.
    """
    tags, concepts = (
        [found for name in names for found in _known(connection, kind, name)]
        for kind, names in (("tag", wanted.tags), ("concept", wanted.concepts))
    )
    if wanted.leeches:
        _refuse_no_leeches(moment)
    if wanted.level and wanted.level not in LEVELS:
        raise UsageError(f"no level {wanted.level}", f"known: {', '.join(LEVELS)}")
    return Selection(
        deck_ids=resolve(connection, wanted.decks) if wanted.decks else (),
        tags=tuple(tags),
        concepts=tuple(concepts),
        levels=_letters(wanted.level) if wanted.level else (),
        flagged=wanted.flagged,
        leech_lapses=moment.leech_lapses if wanted.leeches else 0,
        found=_condition(connection, wanted.query, moment, progress),
    )


def choose(connection: sqlite3.Connection, wanted: Wanted, moment: Moment) -> Selection:
    """The same; kept as `temp.selected` if it asks for more than decks."""
    chosen = select(connection, wanted, moment)
    if chosen.narrows:
        selection.keep(connection, chosen)
    return chosen


def _letters(level: str) -> tuple[str, ...]:
    return tuple(_LETTERS[: LEVELS.index(level) + 1])


def _refuse_no_leeches(moment: Moment) -> None:
    if not moment.leech_lapses:
        raise UsageError(
            "leeches are switched off", "srs config set leech_lapses 8 brings them back"
        )


def _condition(
    connection: sqlite3.Connection, text: str, moment: Moment, progress: search.Progress | None
) -> Condition | None:
    if not text:
        return None
    node = query.with_leaves(parse(text), partial(_looked_up, connection, text))
    if query.asks_for(node, "leech"):
        _refuse_no_leeches(moment)
    finding.prepare(connection, moment)
    if any(isinstance(leaf, query.Words) for leaf in query.leaves(node)):
        search.refresh(connection, progress)
    return finding.condition(node, moment)


def visible(text: str, *, orphans: bool) -> Node:
    """Orphans alone, or without them, unless the query speaks of them itself."""
    if orphans:
        return Is("orphan")
    return query.All() if query.asks_for(parse(text), "orphan") else Not(Is("orphan"))


def _looked_up(connection: sqlite3.Connection, text: str, leaf: Leaf) -> Leaf:
    """The condition with the names that it means in place of the name that was written."""
    if not isinstance(leaf, Named):
        return leaf
    try:
        match leaf.key:
            case "deck":
                return Among("deck", _decks(connection, leaf.name))
            case "tag" if leaf.name.casefold() == "none":
                return Among("untagged", ())
            case "tag" | "concept":
                return Among(leaf.key, tuple(_known(connection, leaf.key, leaf.name)))
            case "type":
                return Among("type", tuple(_known(connection, "type", leaf.name)))
            case "path":
                return Among("path", _paths(connection, leaf.name))
            case "level":
                return Among("level", _letters(leaf.name))
            case "kind":
                return Among("kind", (leaf.name,))
            case _:
                return leaf
    except UsageError as error:
        raise Malformed(error.message, text, leaf.at, error.hint) from error


def _decks(connection: sqlite3.Connection, name: str) -> tuple[int, ...]:
    if "*" not in name:
        return resolve(connection, [name])
    fits = _fitting(name, below="::")
    return tuple({deck_id for deck_id, known in known_names(connection) if fits(known)})


def _paths(connection: sqlite3.Connection, name: str) -> tuple[str, ...]:
    """The files so named, and those in folders so named."""
    inside = re.compile(rf"(^|/){_wild(name.strip('/'))}(/|$)", re.DOTALL)
    paths = selection.known_paths(connection)
    whole = name.startswith("/")
    found = ((inside.match if whole else inside.search)(path.casefold()) for path in paths)
    return tuple(path for path, match in zip(paths, found, strict=True) if match)


def _wild(name: str) -> str:
    return ".*".join(re.escape(part) for part in re.split(r"\*+", name.casefold()))


def _fitting(name: str, below: str = "") -> Callable[[str], bool]:
    """Whether a name is the wanted one, however written, or stands below it."""
    tail = rf"({below}.*)?" if below else ""
    wanted = re.compile(_wild(name) + tail, re.DOTALL)
    return lambda known: wanted.fullmatch(known.casefold()) is not None


_READ = {
    "tag": selection.known_tags,
    "concept": selection.known_concepts,
    "type": selection.known_types,
}


def _known(connection: sqlite3.Connection, kind: str, wanted: str) -> list[str]:
    """All names that mean the wanted one, however written, and the tags below it."""
    names = _READ[kind](connection)
    fits = _fitting(wanted, below="::" if kind == "tag" else "")
    found = [name for name in names if fits(name)]
    if found or "*" in wanted:
        return found
    guess = _closest(wanted, names)
    raise UsageError(
        f"no {kind} {wanted}", f"{guess}srs card list --json shows every card's {kind}"
    )


def _closest(wanted: str, names: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(wanted, list(names), n=1, cutoff=0.5)
    return f"did you mean {close[0]}? " if close else ""

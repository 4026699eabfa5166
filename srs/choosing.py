"""From what a learner asks for, in words, to a selection of cards."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from decks.errors import UsageError, did_you_mean_name
from decks.progress import Progress
from srs import query
from srs.deck_names import known_names, resolve
from srs.query import LEVELS, Among, Is, Leaf, Named, Node, Not
from srs.query_text import Malformed, parse
from srs.store import concepts, finding, search, selection
from srs.store.finding import Moment

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
    progress: Progress | None = None,
) -> Node:
    """What the learner asks for, beyond decks. The index of words is made ready if it is needed.

    Raises UsageError for a tag, concept or level that is not there, and for a query that cannot be
    read.
    """
    if wanted.level and wanted.level not in LEVELS:
        raise UsageError(f"no level {wanted.level}", f"known: {', '.join(LEVELS)}")
    node = query.both([*_options(connection, wanted), _query(connection, wanted.query)])
    if query.asks_for(node, "leech") and not moment.leech_lapses:
        raise UsageError(
            "leeches are switched off", "srs config set leech_lapses 8 brings them back"
        )
    finding.prepare(connection, moment)
    if any(isinstance(leaf, query.Words) for leaf in query.leaves(node)):
        search.refresh(connection, progress)
    return node


def choose(
    connection: sqlite3.Connection, wanted: Wanted, moment: Moment
) -> tuple[tuple[int, ...], bool]:
    """The decks asked for (none: all), and whether more is; that is kept as `temp.selected`.

    Raises UsageError as `select` does, and for a deck that is not there.
    """
    deck_ids = decks_of(connection, wanted)
    node = select(connection, wanted, moment)
    if node != query.All():
        selection.keep(connection, finding.condition(node, moment))
    return deck_ids, node != query.All()


def refuse_out_of_sight(connection: sqlite3.Connection, wanted: Wanted) -> None:
    """Raises UsageError if cards are selected that `choose` kept, and none can ever be asked."""
    found = selection.by_deck(connection)
    seen = [one for one in found if one.enabled]
    if any(one.suspended < one.cards for one in seen):
        return
    what = f"all cards of {wanted.concepts[0]}" if len(wanted.concepts) == 1 else "all these cards"
    if seen and not wanted.suspended_too:
        raise UsageError(f"{what} are suspended", _unsuspending(wanted))
    if found and not seen:
        deck = found[0].deck
        raise UsageError(
            f"{what} are in {deck}, which is disabled", f'srs deck enable "{deck}" shows it again'
        )


def _unsuspending(wanted: Wanted) -> str:
    from shlex import quote

    named = [f"concept:{name}" for name in wanted.concepts] + [f"tag:{tag}" for tag in wanted.tags]
    asked = wanted.query or next(iter(named), "")
    which = f"--find {quote(asked)}" if asked else "CARD"
    return f"srs card unsuspend {which} lets them be asked again"


def decks_of(connection: sqlite3.Connection, wanted: Wanted) -> tuple[int, ...]:
    """The decks asked for; none: all. Raises UsageError for one that is not there."""
    return resolve(connection, wanted.decks) if wanted.decks else ()


def _options(connection: sqlite3.Connection, wanted: Wanted) -> Iterator[Node]:
    """What is asked for by options rather than in a query, as a query would say it."""
    for key, names in (("tag", wanted.tags), ("concept", wanted.concepts)):
        if names:
            found = [known for name in names for known in _known(connection, key, name)]
            yield Among(key, tuple(found))
    if wanted.level:
        yield Among("level", _letters(wanted.level))
    if wanted.flagged:
        yield Is("flagged")
    if wanted.leeches:
        yield Is("leech")


def _query(connection: sqlite3.Connection, text: str) -> Node:
    return query.with_leaves(parse(text), partial(_looked_up, connection, text))


def _letters(level: str) -> tuple[str, ...]:
    return tuple(_LETTERS[: LEVELS.index(level) + 1])


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
    raise _unknown(connection, kind, wanted, names)


def _unknown(
    connection: sqlite3.Connection, kind: str, wanted: str, names: Sequence[str]
) -> UsageError:
    guess = did_you_mean_name(wanted, names)
    if kind != "concept":
        hint = f"{guess}srs card list --json shows every card's {kind}"
        return UsageError(f"no {kind} {wanted}", hint)
    if concepts.title(connection, wanted):
        return UsageError(f"{wanted} has no cards yet", "srs concept list shows which have some")
    return UsageError(f"no concept {wanted}", f"{guess}srs concept list shows the concepts")

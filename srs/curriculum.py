"""Concepts and decks as the learner sees them: what there is, how far they are, what leads where.

The curriculum is the package's; concepts that only the learner's cards name build on nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from decks.concepts import LEVELS as LETTERS
from decks.concepts import Source, acronyms_in, load_concepts, load_glossary, load_sources
from decks.errors import UsageError, did_you_mean_name
from decks.load import text_of
from decks.outline import explanation, heads
from decks.prerequisites import followers, leading_to
from srs import deck_names
from srs.knowledge import Knowledge, Standing
from srs.model import Card
from srs.query import LEVELS
from srs.store import cards, knowledge, notes, selection
from srs.store.finding import Moment
from srs.store.notes import DeckRow

_FEW = 64  # files in which a word about a deck or a concept is looked for
_BEGUN_FIRST = "s.phase = 0, n.id, c.ordinal"


class Topic(NamedTuple):
    """A concept, and how far the learner is with it."""

    slug: str
    title: str
    level: str  # mid, senior or staff; "" of a concept that the curriculum does not know
    deck: str  # file of its deck in the curriculum, without the suffix; "" likewise
    knowledge: Knowledge
    standing: Standing
    deck_name: str = ""  # what that deck is called; "" if it has no cards yet
    disabled: tuple[str, ...] = ()  # names of disabled decks that hold cards of it


class TopicPage(NamedTuple):
    """All that there is to say of a concept without giving answers away."""

    topic: Topic
    explanation: str
    needs: tuple[Topic, ...]  # what it builds on directly
    opens: tuple[Topic, ...]  # what builds directly on it
    cards: tuple[Card, ...]  # those begun first; as many as were asked for
    recall: Mapping[bytes, float]  # by card, of those answered: the chance to recall it now
    sources: tuple[Source, ...]
    acronyms: Mapping[str, str]

    def acronyms_of(self, texts: Iterable[str]) -> dict[str, str]:
        """Those that are left where only these texts of it are shown."""
        return acronyms_in(texts, self.acronyms)


class PathTo(NamedTuple):
    """What leads to a concept."""

    target: str
    topics: Mapping[str, Topic]  # in an order to learn them in, the concept itself last
    needs: Mapping[str, tuple[str, ...]]  # what each builds on directly

    @property
    def missing(self) -> tuple[Topic, ...]:
        """Those that have cards and are not known, in the order in which to learn them."""
        done = (Standing.KNOWN, Standing.NO_CARDS)
        return tuple(topic for topic in self.topics.values() if topic.standing not in done)

    @property
    def new(self) -> int:
        """How many new cards that is."""
        return sum(topic.knowledge.new for topic in self.missing)


class DeckPage(NamedTuple):
    """A deck as a whole. Its counts leave out its sub-decks, as `srs deck list` does."""

    name: str
    about: str  # what one can do after it; "" if no file says so
    complete: bool  # its file claims that it holds all that its concepts need
    row: DeckRow | None  # None: only its sub-decks hold notes
    knowledge: Knowledge
    topics: tuple[Topic, ...]
    below: tuple[DeckRow, ...]  # its sub-decks


class Curriculum:
    """The concepts of an open collection at an instant. Reads, and changes nothing."""

    def __init__(
        self, connection: sqlite3.Connection, moment: Moment, desired_retention: float
    ) -> None:
        self._connection = connection
        self._moment = moment
        self._desired_retention = desired_retention
        self._concepts = load_concepts()
        self._disabled = knowledge.disabled_decks(connection)
        self._deck_names = dict(self._named_by_file())

    # Concepts

    def topics(self, decks: Sequence[str] = (), level: str = "") -> list[Topic]:
        """All concepts, deck by deck; those that the curriculum does not know come last.

        Only those of `decks`, and those expected at `level`, lower ones included, where given.
        Raises UsageError for a deck that is not there.
        """
        known = self._known()
        chosen = self._of_decks(decks) if decks else None
        expected = LEVELS[: LEVELS.index(level) + 1] if level else ()
        return [
            topic
            for topic in self._in_order(known)
            if (chosen is None or topic.slug in chosen) and (not level or topic.level in expected)
        ]

    def page(self, slug: str, limit: int) -> TopicPage:
        """All about a concept, with `limit` of its cards. Raises UsageError if it is not there."""
        slug = self._checked(slug)
        concept = self._concepts.get(slug)
        needs = concept.prerequisites if concept else ()
        opens = followers(self._needs()).get(slug, [])
        known = self._known_of((slug, *needs, *opens))
        topic = self._topic(slug, known)
        found = tuple(self._cards(slug, limit)) if topic.knowledge.cards else ()
        sources = tuple(self._sources(slug))
        told = explained(self._connection, slug)
        below = tuple(self._topic(one, known) for one in needs)
        above = tuple(self._topic(one, known) for one in opens)
        titles = [one.title for one in (topic, *below, *above)]
        titles += [source.title for source in sources]
        texts = (told, *titles, *(card.front for card in found))
        acronyms = acronyms_in(texts, load_glossary())
        return TopicPage(
            topic, told, below, above, found, dict(self._recall(found)), sources, acronyms
        )

    def path(self, slug: str) -> PathTo:
        """What leads to a concept. Raises UsageError if it is not there."""
        slug = self._checked(slug)
        needs = self._needs()
        order = leading_to(slug, needs)
        known = self._known_of(order)
        return PathTo(
            slug,
            {one: self._topic(one, known) for one in order},
            {one: needs.get(one, ()) for one in order},
        )

    def _needs(self) -> dict[str, tuple[str, ...]]:
        return {slug: concept.prerequisites for slug, concept in self._concepts.items()}

    def _known(self, where: str = knowledge.IN_SIGHT, *values: object) -> dict[str, Knowledge]:
        """How far the learner is with each concept that has cards, in the order of these."""
        found: dict[str, Knowledge] = {}
        for row in knowledge.by_concept(self._connection, self._moment, where, *values):
            found[row.concept] = found.get(row.concept, Knowledge()) + row.knowledge
        return found

    def _known_of(self, slugs: Iterable[str]) -> dict[str, Knowledge]:
        """The same of these concepts alone."""
        named = "n.concept IN (SELECT value FROM json_each(:v0)) AND n.concept <> ''"
        return self._known(f"{knowledge.IN_SIGHT} AND {named}", json.dumps([*slugs]))

    def _in_order(self, known: Mapping[str, Knowledge]) -> list[Topic]:
        own = [slug for slug in (*known, *self._disabled) if slug and slug not in self._concepts]
        own = list(dict.fromkeys(own))
        return [self._topic(slug, known) for slug in (*self._concepts, *own)]

    def _topic(self, slug: str, known: Mapping[str, Knowledge]) -> Topic:
        held = known.get(slug, Knowledge())
        standing = held.standing(self._desired_retention)
        disabled = self._disabled.get(slug, ())
        concept = self._concepts.get(slug)
        if concept is None:
            return Topic(slug, slug, "", "", held, standing, "", disabled)
        level, deck = LEVELS[LETTERS.index(concept.level)], concept.deck
        name = self._deck_names.get(deck, "")
        return Topic(slug, concept.title, level, deck, held, standing, name, disabled)

    def _checked(self, wanted: str) -> str:
        """The slug, as it is written; case does not matter. Raises UsageError for none."""
        names = dict.fromkeys((*self._concepts, *selection.known_concepts(self._connection)))
        slug = wanted if wanted in names else wanted.casefold()
        if slug in names:
            return slug
        guess = did_you_mean_name(wanted, names)
        raise UsageError(f"no concept {wanted}", f"{guess}srs concept list shows the concepts")

    def _cards(self, slug: str, limit: int) -> Iterator[Card]:
        """Its cards; one whose front would answer another of its note has the note's instead."""
        where = f"{knowledge.IN_SIGHT} AND n.concept = ? AND n.concept <> ''"
        fronts = knowledge.fronts_of(self._connection, slug)
        for card in cards.select(self._connection, where, (slug,), _BEGUN_FIRST, limit):
            yield replace(card, front=fronts.get(card.note, card.front))

    def _recall(self, found: Iterable[Card]) -> Iterable[tuple[bytes, float]]:
        for card in found:
            state = card.state
            if state.stability_days is not None and state.last_ms is not None:
                yield card.uid, self._moment.recall(state.stability_days, state.last_ms)

    def _sources(self, slug: str) -> Iterable[Source]:
        """Those of the curriculum, then what the concept's cards name besides."""
        known, concept = load_sources(), self._concepts.get(slug)
        named = knowledge.sources_of(self._connection, slug, _FEW)
        for key in dict.fromkeys((*(concept.sources if concept else ()), *named)):
            yield known.get(key) or Source(key, key, "", "", "", "")

    # Decks

    def deck(self, wanted: str) -> DeckPage:
        """A deck with its concepts. Raises UsageError for one that is not there."""
        ids = deck_names.resolve(self._connection, [wanted])
        name = deck_names.full_name(self._connection, wanted)
        rows = [row for row in notes.deck_rows(self._connection, self._moment.today)
                if row.id in ids]  # fmt: skip
        row = next((row for row in rows if row.name == name), None)
        below = tuple(sorted((one for one in rows if one is not row), key=lambda one: one.name))
        if row is None:
            return DeckPage(name, *self._head(0, name), None, Knowledge(), (), below)
        held = self._known(f"s.deck_id = :v0 AND {knowledge.THERE}", row.id)
        stems = self._stems(row.id)
        topics = tuple(t for t in self._in_order(held) if t.slug in held or t.deck in stems)
        whole = sum(held.values(), Knowledge())
        return DeckPage(name, *self._head(row.id, name), row, whole, topics, below)

    def _named_by_file(self) -> Iterator[tuple[str, str]]:
        """The decks that come with the package: file without suffix, name."""
        names = {deck_id: name for deck_id, name, _ in notes.deck_names(self._connection)}
        for deck_id, path in notes.deck_files(self._connection):
            yield _stem(path), names[deck_id]

    def _stems(self, *ids: int) -> set[str]:
        """The files, without suffix, of these decks that come with the package."""
        return {
            _stem(path) for deck_id, path in notes.deck_files(self._connection) if deck_id in ids
        }

    def _head(self, deck_id: int, name: str) -> tuple[str, bool]:
        """What the first file that says something of the deck says."""
        for path, deck in knowledge.files_of(self._connection, "n.deck_id = ?", deck_id, _FEW):
            for head in heads(text_of(path), path, deck):
                if head.deck == name and (head.about or head.complete):
                    return head.about, head.complete
        return "", False

    def _of_decks(self, wanted: Sequence[str]) -> set[str]:
        """The concepts of decks: those planned there, and those of which they hold cards."""
        planned = {concept.deck.casefold(): concept.deck for concept in self._concepts.values()}
        there = {name.casefold() for _, name in deck_names.known_names(self._connection)}
        ahead = [one for one in wanted if one.casefold() in planned.keys() - there]
        others = [one for one in wanted if one not in ahead]
        ids = deck_names.resolve(self._connection, others) if others else ()
        stems = {planned[one.casefold()] for one in ahead} | self._stems(*ids)
        held = knowledge.by_concept(self._connection, self._moment, knowledge.THERE)
        return {row.concept for row in held if row.deck_id in ids and row.concept} | {
            slug for slug, concept in self._concepts.items() if concept.deck in stems
        }


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".md")


def explained(connection: sqlite3.Connection, slug: str) -> str:
    """The explanation of a concept; "" if there is none.

    It is the package's; of what that does not explain it is that of a file with cards of it.
    """
    concept = load_concepts().get(slug)
    if concept and (told := explanation(text_of(f"builtin/{concept.deck}.md"), slug)):
        return told
    files = knowledge.files_of(connection, "n.concept = ?", slug, _FEW)
    return next((told for path, _ in files if (told := explanation(text_of(path), slug))), "")

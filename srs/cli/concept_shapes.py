"""The shapes of what `srs concept` and `srs deck show` report in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srs.cli.shapes import instant
from srs.knowledge import Standing

if TYPE_CHECKING:
    from srs import Card, Collection, DeckPage, PathTo, Topic, TopicPage
    from srs.knowledge import Knowledge

Shape = dict[str, object]
# What scripts read stays, whatever words the screen has.
_STANDINGS = {
    Standing.NO_CARDS: "none", Standing.NOT_MET: "new", Standing.LEARNING: "learning",
    Standing.KNOWN: "known",
}  # fmt: skip


def topic_shape(topic: Topic) -> Shape:
    """A concept and how far the learner is with it."""
    return {
        "concept": topic.slug, "title": topic.title, "level": topic.level or None,
        "deck": topic.deck or None, "deck_name": topic.deck_name or None,
        "standing": _STANDINGS[topic.standing], **_held(topic.knowledge),
        "suspended": topic.knowledge.aside, "disabled": list(topic.disabled),
    }  # fmt: skip


def _held(held: Knowledge) -> Shape:
    return {
        "cards": held.cards, "seen": held.mastery.seen, "new": held.new, "due": held.due,
        "known": round(held.mastery.known, 4), "mastery": round(held.mastery.mastery, 4),
    }  # fmt: skip


def page_shape(collection: Collection, found: TopicPage) -> Shape:
    """All about a concept, answers left out."""
    return {
        **topic_shape(found.topic), "explanation": found.explanation or None,
        "needs": [topic_shape(one) for one in found.needs],
        "opens": [topic_shape(one) for one in found.opens],
        "asked": [_card(collection, found, card) for card in found.cards],
        "sources": [
            {name: value or None for name, value in one._asdict().items()} for one in found.sources
        ],
        "acronyms": dict(found.acronyms),
    }  # fmt: skip


def _card(collection: Collection, found: TopicPage, card: Card) -> Shape:
    recall = found.recall.get(card.uid)
    return {
        "card": card.uid.hex(), "deck": card.deck, "type": card.type or None, "front": card.front,
        "phase": card.state.phase.name.lower(), "due": instant(collection.due_ms(card.state)),
        "suspended": card.state.suspended,
        "retrievability": None if recall is None else round(recall, 6),
    }  # fmt: skip


def path_shape(found: PathTo) -> Shape:
    """The graph of what leads to a concept, and what is left to learn, in order."""
    edges = [{"from": need, "to": slug} for slug, needs in found.needs.items() for need in needs]
    return {
        "concept": found.target, "nodes": [topic_shape(one) for one in found.topics.values()],
        "edges": edges, "learn": [one.slug for one in found.missing], "new": found.new,
    }  # fmt: skip


def deck_shape(found: DeckPage) -> Shape:
    """A deck as a whole."""
    row = found.row
    return {
        "deck": found.name, "about": found.about or None, "complete": found.complete,
        "builtin": bool(row and row.builtin), "enabled": row.enabled if row else True,
        "notes": row.notes if row else 0, "cards": row.cards if row else 0,
        "due": row.due if row else 0, "new": row.new if row else 0,
        "known": round(found.knowledge.mastery.known, 4),
        "mastery": round(found.knowledge.mastery.mastery, 4),
        "concepts": [topic_shape(one) for one in found.topics],
        "decks": [
            {"deck": one.name, "notes": one.notes, "cards": one.cards, "due": one.due,
             "new": one.new} for one in found.below
        ],
    }  # fmt: skip

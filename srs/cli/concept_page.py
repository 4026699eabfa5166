"""What `srs concept` and `srs deck show` show; no line is wider than asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from rich.text import Text

from decks import Source
from srs import Card, DeckPage, PathTo, Topic, TopicPage
from srs.cli import topics
from srs.cli.charts import Block, Column, grid, indented, line, quiet, said, wrapped
from srs.cli.prose import prose
from srs.cli.safe import safe_line
from srs.cli.theme import DARK, Look
from srs.cli.words import plural, share
from srs.knowledge import Knowledge, Standing
from srs.model import Phase

_WIDEST = 100  # wider, the eye loses its way
_SHORT_ID = 8
_CUT = re.compile(r"\S*…")  # a word of which only a part is shown
_OWN = "Your own"


def listing(found: Sequence[Topic], width: int) -> Block:
    """The concepts, deck by deck, and how many there are of each standing."""
    width = min(width, _WIDEST)
    if not found:
        return quiet("No concept.", width)
    head, *rows = grid(topics.columns(found, drawn=False), width)
    lines = [head]
    decks = groupby(zip(found, rows, strict=True), lambda pair: (pair[0].deck, pair[0].deck_name))
    for (deck, name), group in decks:
        head = Text.assemble((safe_line(deck or _OWN), "srs.title"), safe_line(f"  {name}"))
        lines += [Text(), _within(head, width), *(row for _, row in group)]
    return [*lines, Text(), *_counted(found, width)]


def _within(text: Text, width: int) -> Text:
    text.rstrip()
    text.truncate(width, overflow="ellipsis")
    return text


def _counted(found: Sequence[Topic], width: int) -> Block:
    signs = topics.legend((topic.standing for topic in found), width)
    return [*signs, *topics.set_aside(found, width)]


def concept(found: TopicPage, width: int, look: Look = DARK) -> Block:
    """All about a concept."""
    width = min(width, _WIDEST)
    topic = found.topic
    facts = [
        topic.slug if topic.title != topic.slug else "",
        topic.level,
        topic.deck,
        topic.deck_name,
    ]
    lines = [
        *said(topic.title, width, "srs.title"),
        *quiet(" · ".join(filter(None, facts)) or "a concept of your own", width),
        *_standing(topic, width),
    ]
    if found.explanation:
        lines += [Text(), *prose(found.explanation, width, look)]
    lines += _section("Builds on", _related(found.needs, width - 2))
    lines += _section("What builds on it", _related(found.opens, width - 2))
    lines += _section("Cards", _cards(found, width - 2))
    lines += _section("Sources", [each for one in found.sources for each in _cited(one, width - 2)])
    shown = found.acronyms_of(_CUT.sub("", each.plain) for each in lines)
    return lines + _section("Acronyms", _glossed(shown, width - 2))


def _standing(topic: Topic, width: int) -> Block:
    aside = topics.set_aside([topic], width - 2)
    if aside and topic.standing is Standing.NO_CARDS:
        first, *rest = aside
        return [line(topics.SIGNS[topic.standing], " ").append_text(first), *indented(rest, 2)]
    words = f" {topic.standing}{_so_far(topic.knowledge)}"
    return [*wrapped(Text.assemble(topics.SIGNS[topic.standing], words), width), *aside]


def _so_far(held: Knowledge) -> str:
    if not held.cards:
        return ""
    cards = plural(held.cards, "card")
    if not held.mastery.seen:
        return f": {cards}"
    now = share(held.mastery.mastery)
    return f": {held.mastery.seen:,} of {cards} met, {now} of all would be recalled now"


def _section(title: str, block: Block) -> Block:
    return [Text(), line((title, "srs.label")), *indented(block, 2)] if block else []


def _related(found: Sequence[Topic], width: int) -> Block:
    names = [topics.signed(topic) for topic in found]
    titles = [Text(topics.title_beside(topic), "srs.quiet") for topic in found]
    return grid([Column("", names), Column("", titles, least=16, rank=1)], width) if found else []


def _cards(found: TopicPage, width: int) -> Block:
    cards: dict[tuple[bytes, str], list[Card]] = {}  # of a note, where they ask the same words
    for card in found.cards:
        cards.setdefault((card.note, " ".join(card.front.split())), []).append(card)
    if not cards:
        return []
    firsts = [alike[0].uid.hex()[:_SHORT_ID] for alike in cards.values()]
    rows = grid(
        [
            Column("", [Text(uid, "srs.quiet") for uid in firsts]),
            Column("", [_cards_standing(alike, found.recall) for alike in cards.values()]),
            Column("", [front for _, front in cards], least=12, rank=1),
        ],
        width,
    )
    rest = found.topic.knowledge.cards - len(found.cards)
    more = f"and {rest:,} more: srs card list concept:{found.topic.slug}"
    return [*rows, *(quiet(more, width) if rest > 0 else [])]


def _cards_standing(alike: Sequence[Card], recall: Mapping[bytes, float]) -> str:
    told = ", ".join(dict.fromkeys(_card_standing(card, recall) for card in alike))
    return told if len(alike) == 1 else f"{plural(len(alike), 'card')}: {told}"


def _card_standing(card: Card, recall: Mapping[bytes, float]) -> str:
    if card.state.suspended:
        return "suspended"
    phase = card.state.phase
    known = phase is Phase.REVIEW and card.uid in recall
    return f"{share(recall[card.uid])} now" if known else phase.name.lower()


def _cited(source: Source, width: int) -> Block:
    """The work as a bibliography names it, broken with what follows set in."""
    year = f" ({source.year})" if source.year[:1].isdigit() else ""
    whose = f"{source.authors}{year}. " if source.authors else ""
    first = Text.assemble(safe_line(whose), (safe_line(source.title), "srs.emphasis"))
    rest = ". ".join(part for part in (source.venue, source.locator) if part)
    stop = "" if source.title.endswith((".", "?", "!")) else "."
    text = first.append(safe_line(f"{stop} {rest}." if rest else stop))
    head, *tail = wrapped(text, width) if len(text) <= width else wrapped(text, width - 2)
    return [head, *indented(tail, 2)]


def _glossed(acronyms: Mapping[str, str], width: int) -> Block:
    room = max(map(len, acronyms), default=0)
    lines: Block = []
    for name, meaning in acronyms.items():
        first, *rest = said(meaning, width - room - 2)
        lines.append(line((name.ljust(room + 2), "srs.strong")).append_text(first))
        lines += indented(rest, room + 2)
    return lines


def path(found: PathTo, width: int) -> Block:
    """The tree of what leads to a concept, and what is left to learn."""
    width = min(width, _WIDEST)
    return [*_tree(found, width), Text(), *_steps(found, width)]


def _tree(found: PathTo, width: int) -> Block:
    from srs.cli.concept_tree import drawn

    return drawn(found, width)


def _steps(found: PathTo, width: int) -> Block:
    missing = found.missing
    aside = topics.set_aside([*found.topics.values()], width)
    if not missing:
        return [*said(_nothing_left(found), width), *aside]
    new = f"{plural(len(missing), 'concept')}, {plural(found.new, 'new card')}"
    titles = [Text(topics.title_beside(topic), "srs.quiet") for topic in missing]
    rows = grid(
        [
            Column("", [f"{number}." for number in range(1, len(missing) + 1)], right=True),
            Column("", [topics.signed(topic) for topic in missing]),
            Column("", [_left(topic) for topic in missing], rank=1),
            Column("", titles, least=16, rank=2),
        ],
        width,
    )
    return [*said(f"To learn, in this order: {new}", width, "srs.title"), *rows, *aside]


def _nothing_left(found: PathTo) -> str:
    bare = sum(topic.standing is Standing.NO_CARDS for topic in found.topics.values())
    if bare < len(found.topics):
        has = "has" if bare == 1 else "have"
        known = f"All that has cards to ask is known; {plural(bare, 'concept')} {has} none."
        return known if bare else "Nothing of it is missing."
    there = any(topic.knowledge.cards or topic.disabled for topic in found.topics.values())
    return f"There are no cards for any of it {'to ask' if there else 'yet'}."


def _left(topic: Topic) -> str:
    new = topic.knowledge.new
    return f"{new:,} new" if new else "under way"


def deck(found: DeckPage, width: int, look: Look = DARK) -> Block:
    """A deck as a whole."""
    width = min(width, _WIDEST)
    lines = [*said(found.name, width, "srs.title"), *quiet(_kind(found), width)]
    if found.about:
        lines += [Text(), *prose(found.about, width, look)]
    if found.row:
        lines += [Text(), *said(_counts(found), width), *_known(found.knowledge, width)]
    if found.topics:
        lines += [Text(), *grid(topics.columns(found.topics), width), Text()]
        lines += _counted(found.topics, width)
    return lines + _section("Sub-decks", _below(found, width - 2))


def _kind(found: DeckPage) -> str:
    if found.row is None:
        return "no cards of its own"
    said_ = ["built in" if found.row.builtin else "your own"]
    said_ += ["complete"] if found.complete else []
    if not found.row.enabled:
        said_ += [f"disabled: {topics.enabling(found.name)}"]
    return ", ".join(said_)


def _counts(found: DeckPage) -> str:
    row = found.row
    assert row is not None
    held = f"{plural(row.notes, 'note')}, {plural(row.cards, 'card')}"
    known = f"{found.knowledge.mastery.known:,.0f} known now"
    return f"{held}: {row.due:,} due, {row.new:,} new, {known}"


def _known(held: Knowledge, width: int) -> Block:
    drawn = topics.bar(held)
    return [drawn] if held.mastery.seen and drawn.cell_len <= width else []


def _below(found: DeckPage, width: int) -> Block:
    rows = found.below
    if not rows:
        return []
    start = len(found.name) + 2
    names = [one.name[start:] if found.row or "::" in one.name else one.name for one in rows]
    numbers: Iterable[tuple[str, list[int]]] = (
        ("cards", [one.cards for one in rows]),
        ("due", [one.due for one in rows]),
        ("new", [one.new for one in rows]),
    )
    right = [Column(head, [f"{n:,}" for n in some], right=True, rank=1) for head, some in numbers]
    return grid([Column("deck", names, least=10), *right], width)

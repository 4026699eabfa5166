"""What stands for a concept on the screen: its sign, its name, a bar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.text import Text

from srs import Topic
from srs.cli.charts import Block, Column, line, meter, quiet, together, wrapped
from srs.cli.safe import safe_line
from srs.cli.words import plural, share
from srs.knowledge import Knowledge, Standing

SIGNS = {
    Standing.KNOWN: ("✓", "srs.good"),
    Standing.LEARNING: ("◐", "srs.hard"),
    Standing.NOT_MET: ("·", "srs.strong"),
    Standing.NO_CARDS: ("∘", "srs.quiet"),
}
_MOST_NAME = 40  # cells of a slug: those of the curriculum are shorter
_BAR = 8
_FEW = 3  # concepts worth naming


def signed(topic: Topic) -> Text:
    """The concept by its sign and its slug."""
    return line(SIGNS[topic.standing], " ").append_text(named(topic))


def named(topic: Topic) -> Text:
    """The concept by its slug, quiet where there are no cards."""
    style = "srs.quiet" if topic.standing is Standing.NO_CARDS else ""
    text = Text(safe_line(topic.slug), style, no_wrap=True)
    text.truncate(_MOST_NAME, overflow="ellipsis")
    return text


def columns(topics: Sequence[Topic], *, drawn: bool = True) -> list[Column]:
    """The concepts as columns of a table; how much is known is `drawn`, or only told."""
    known = [bar(topic.knowledge) if drawn else Text(_now(topic.knowledge)) for topic in topics]
    return [
        Column("concept", [signed(topic) for topic in topics]),
        Column("", [Text(title_beside(t), "srs.quiet") for t in topics], least=16, rank=2),
        Column("level", [topic.level for topic in topics], rank=3),
        Column("cards", [_count(topic.knowledge.cards) for topic in topics], right=True, rank=1),
        Column("known now" if drawn else "now", known, right=not drawn, rank=4),
    ]


def title_beside(topic: Topic) -> str:
    """The title, where it says more than the slug that stands beside it."""
    return "" if topic.title == topic.slug else safe_line(topic.title)


def _count(cards: int) -> str:
    return f"{cards:,}" if cards else ""


def bar(held: Knowledge) -> Text:
    """How much of it would be recalled now; nothing where there are no cards."""
    if not held.cards:
        return Text()
    return meter(held.mastery.mastery, _BAR).append(f" {_now(held):>4}")


def _now(held: Knowledge) -> str:
    return share(held.mastery.mastery) if held.mastery.seen else ""


def legend(standings: Iterable[Standing], width: int, *more: tuple[str, str]) -> Block:
    """What the signs mean, with how many there are of each; `more` are further signs."""
    counts = Counter(standings)
    told = [(*SIGNS[one], f"{one} {counts[one]:,}") for one in SIGNS if counts[one]]
    text = Text()
    for sign, style, words in (*told, *((sign, "srs.quiet", words) for sign, words in more)):
        text.append("   " if text else "").append(sign, style).append(together(f" {words}"))
    return wrapped(text, width)


def set_aside(found: Sequence[Topic], width: int) -> Block:
    """What keeps cards of these concepts from being asked, and what to do about it."""
    lines: Block = []
    bare = [topic for topic in found if topic.standing is Standing.NO_CARDS]
    if suspended := [topic for topic in bare if topic.knowledge.cards]:
        more = f" and {len(suspended) - _FEW:,} more" if len(suspended) > _FEW else ""
        named = f"{', '.join(topic.slug for topic in suspended[:_FEW])}{more}"
        cards = plural(sum(topic.knowledge.cards for topic in suspended), "card")
        text = f"{cards} of {named}, all suspended: {unsuspending(suspended[0].slug)}"
        lines += quiet(text, width)
    for deck in sorted({deck for topic in bare for deck in topic.disabled}):
        lines += quiet(f"{deck} is disabled: {enabling(deck)}", width)
    return lines


def unsuspending(concept: str) -> str:
    """The command that lets the cards of a concept be asked again."""
    return f"srs card unsuspend --find concept:{concept}"


def enabling(deck: str) -> str:
    """The command that lets a deck take part again."""
    return f'srs deck enable "{deck}"'

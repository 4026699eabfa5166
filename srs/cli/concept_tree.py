"""The tree of what a concept builds on, drawn with characters."""

from __future__ import annotations

from rich.text import Text

from decks.prerequisites import Branch, tree
from srs import PathTo
from srs.cli import topics
from srs.cli.charts import Block, Column, grid, line

_AGAIN = "↑"
_ROOM = 50  # cells from which on branches are drawn wide


def drawn(found: PathTo, width: int) -> Block:
    """The concept, below it what it builds on, and what the signs mean."""
    branches = list(tree(found.target, found.needs))
    names = [_branch(each, found, wide=width >= _ROOM) for each in branches]
    titles = [_title(each, found) for each in branches]
    rows = grid([Column("", names), Column("", titles, least=16, rank=1)], width)
    again = [(_AGAIN, "drawn above")] if any(each.again for each in branches) else []
    standings = (topic.standing for topic in found.topics.values())
    return [*rows, Text(), *topics.legend(standings, width, *again)]


def _branch(branch: Branch, found: PathTo, *, wide: bool) -> Text:
    topic = found.topics[branch.topic]
    text = line((_rails(branch, wide=wide), "srs.rule"))
    text.append_text(topics.signed(topic))
    return text.append(f" {_AGAIN}", "srs.quiet") if branch.again else text


def _rails(branch: Branch, *, wide: bool) -> str:
    if not branch.last:
        return ""
    *above, last = branch.last
    rails = "".join("  " if done else "│ " for done in above) + ("└ " if last else "├ ")
    if not wide:
        return rails
    return rails.replace("  ", "   ").replace("│ ", "│  ").replace("└ ", "└─ ").replace("├ ", "├─ ")


def _title(branch: Branch, found: PathTo) -> Text:
    title = "" if branch.again else topics.title_beside(found.topics[branch.topic])
    return Text(title, "srs.quiet")

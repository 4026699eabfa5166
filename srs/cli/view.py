"""What the screen of a session shows: a pure function of the session's state and the size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console, Group
from rich.padding import Padding
from rich.text import Text

from srs import Flag, Rating
from srs.cli.render import card_text
from srs.cli.safe import safe, safe_line
from srs.cli.theme import DARK, Look
from srs.cli.words import DOUBLING, plural

if TYPE_CHECKING:
    from rich.console import RenderableType

    from srs import Card
    from srs.cli.compare import Piece

_RULE = "─" * 16
_READING_WIDTH = 78  # longer lines tire the eye
_BESIDE_WIDTH = 72  # from here on two columns can be read
_BESIDE_MOST = 124  # wider, the eye loses its way from one to the other
_ROOM_FOR_BOTH = 6  # lines: with fewer, the answer comes before the end of the question
_TITLE_ROOM = 12  # of the header, for the deck's name
_LEAST_TITLE = 4  # of the deck's name, that a flag after it is worth the room
_MOST_SAID = 4  # lines of a message above an entry
_RTL_FROM, _RTL_TO = 0x0590, 0x08FF
_LEFT_TO_RIGHT = "\u200e"  # keeps what follows a right-to-left name in its place


class Panel(NamedTuple):
    """What is laid over the card."""

    body: RenderableType
    hint: str  # what to press


@dataclass(frozen=True, slots=True)
class View:
    """All that the screen depends on, its size apart."""

    card: Card | None  # None: only a panel is shown
    revealed: bool
    answered: int
    left: int
    minutes_left: float
    intervals: Mapping[Rating, str]  # rating → interval; empty before the reveal
    counts: bool = True  # whether ratings are logged
    concept: str = ""  # its title, after the reveal: before, it may give the answer away
    footnote: str = ""  # sources, after the reveal
    typed: str = ""  # the learner's own answer
    compared: Sequence[Piece] = ()  # of a cloze: the learner's words against those hidden
    verdict: str = ""  # of an estimate: how far off the learner's number is
    suggested: Rating | None = None  # the rating that follows from it
    doubling: str | None = None  # of an estimate: what would double it; None until asked for
    confidence: int | None = None
    message: str = ""
    panel: Panel | None = None
    offset: int | None = None  # lines scrolled away; None: so that the answer is in sight
    look: Look = DARK


class Painted(NamedTuple):
    """A screen: its lines, how far its card is scrolled, and how far it can be."""

    lines: list[str]
    offset: int
    furthest: int


def body(view: View, console: Console) -> list[str]:
    """All lines of the card, or of the panel over it, those scrolled away included."""
    content = view.panel.body if view.panel else _card(view, console.width)
    return _lines(console, Padding(content, (1, 2, 0, 2)))


def paint(view: View, lines: list[str], console: Console, height: int) -> Painted:
    """The screen of a view whose `body` has these lines, `height` lines."""
    head = _lines(console, _head(view, console.width))
    said = _lines(console, _message(view, console, max(1, height // 5)))
    foot = [*said, *_lines(console, _foot(view, console.width))]
    room = max(1, height - len(head) - len(foot))
    furthest = max(0, len(lines) - room)
    offset = min(_in_sight(view, lines, room) if view.offset is None else view.offset, furthest)
    shown = lines[offset : offset + room]
    shown += [""] * (room - len(shown))
    if furthest:
        hint = _more(offset, furthest, console.width, in_rule=bool(view.message))
        foot[len(said) if view.message else 0] = _lines(console, hint)[0]
    return Painted(head + shown + foot, offset, furthest)


def _more(above: int, furthest: int, width: int, *, in_rule: bool) -> Text:
    """What is out of sight; in the rule below a message, which stands in its place."""
    rest = furthest - above
    label = f"↓ {plural(rest, 'line')} more (j)" if rest else f"↑ {plural(above, 'line')} above (k)"
    line = Text(no_wrap=True, overflow="crop")
    line.append("─ " if in_rule else "  ", "srs.rule")
    line.append(label, "srs.quiet")
    if in_rule:
        line.append(" " + "─" * max(0, width - line.cell_len - 1), "srs.rule")
    return line


def question(view: View, console: Console) -> list[str]:
    """The header, the question and the message, for where the learner writes below them."""
    said = ["", *_lines(console, _message(view, console, _MOST_SAID))] if view.message else []
    return [*_lines(console, _head(view, console.width)), *body(view, console), *said]


def _in_sight(view: View, lines: list[str], room: int) -> int:
    if not view.revealed or view.panel:
        return 0
    rule = next((number for number, line in enumerate(lines) if _RULE in line), 0)
    if len(lines) <= room:
        return 0
    return max(0, rule - room // 3) if room >= _ROOM_FOR_BOTH else rule + 2


def _lines(console: Console, renderable: RenderableType) -> list[str]:
    with console.capture() as capture:
        console.print(renderable, soft_wrap=False)
    return capture.get().removesuffix("\n").split("\n")


def _head(view: View, width: int) -> Text:
    total = view.answered + view.left
    bar_width = max(4, min(16, width // 6))
    filled = round(bar_width * view.answered / total) if total else 0
    time = f" · {max(1, round(view.minutes_left))} min" if view.left else ""
    counts = f" {view.left} left{time} "
    room = max(0, width - bar_width - len(counts))
    if room < _TITLE_ROOM:
        bar_width, room = 0, max(0, width - len(counts))
    line = _title(view, room)
    line.truncate(room, overflow="ellipsis", pad=True)
    line.append(counts, "srs.quiet")
    # The two parts differ in shape too: colours may be missing.
    line.append("━" * min(filled, bar_width), "srs.bar.done")
    line.append("╌" * max(0, bar_width - filled), "srs.bar.rest")
    return line


def _title(view: View, room: int) -> Text:
    line = Text(no_wrap=True, overflow="crop")
    if view.card is None:
        return line
    deck = safe_line(view.card.deck)
    if any(_RTL_FROM <= ord(character) <= _RTL_TO for character in deck):
        deck += _LEFT_TO_RIGHT
    line.append(f" {deck}", "srs.title")
    flag = Flag(view.card.state.flag)
    if flag:
        mark = Text(f" ⚑ {flag.name.lower()}", f"srs.flag.{flag.name.lower()}")
        beside = room - mark.cell_len
        if beside >= _LEAST_TITLE:
            line.truncate(beside, overflow="ellipsis")
        line.append_text(mark)
    if view.card.state.suspended:
        line.append(" · suspended", "srs.quiet")
    if view.concept:
        line.append(f" · {safe_line(view.concept)}", "srs.quiet")
    return line


def _card(view: View, width: int) -> RenderableType:
    card = view.card
    if card is None:
        return Text()
    parts: list[RenderableType] = [_column(card_text(card.front, look=view.look))]
    if view.revealed:
        parts += [Text(), Text(_RULE, "srs.rule"), Text(), *_answer(view, card, width)]
        for label, text in (*_follow_up(view, card), ("Why", card.why), ("Flip", card.flip)):
            if text:
                parts += [
                    Text(),
                    Text(label, "srs.label"),
                    _column(card_text(text, look=view.look)),
                ]
        reminder = card.state.flag_note and f"Note to yourself: {card.state.flag_note}"
        below = [line for line in (view.footnote, reminder) if line]
        if below:
            parts += [Text(), _column(Text(safe("\n".join(below)), "srs.quiet"))]
    elif view.typed:
        parts += [Text(), Text("Your answer", "srs.label"), _column(Text(safe(view.typed)))]
    return Group(*parts)


def _follow_up(view: View, card: Card) -> Sequence[tuple[str, str]]:
    """The question that an estimate goes on with; its answer once that is asked for."""
    if card.estimate is None:
        return ()
    return ((DOUBLING, view.doubling or "`d` shows it, once you know."),)


def _answer(view: View, card: Card, width: int) -> list[RenderableType]:
    """The model answer, beside or below the learner's own."""
    if view.verdict:
        style = view.suggested.name.lower() if view.suggested else "quiet"
        said = Text(safe(view.verdict), f"srs.{style}")
        back = card_text(card.back, "srs.answer", view.look)
        return [Text("Your answer", "srs.label"), _column(said), Text(), _column(back)]
    style = "srs.cloze" if card.kind == "cloze" and not card.variant else "srs.answer"
    back = card_text(card.back, style, view.look)
    if view.compared:
        return [_column(back), Text(), Text("Your answer", "srs.label"), _marked(view)]
    if not view.typed:
        return [_column(back)]
    own = Text(safe(view.typed))
    if width < _BESIDE_WIDTH:
        return [Text("Your answer", "srs.label"), own, Text(), Text("Answer", "srs.label"), back]
    from rich.constrain import Constrain
    from rich.table import Table

    grid = Table.grid(padding=(0, 3, 0, 0), expand=True)
    grid.add_column(ratio=1)
    grid.add_column(ratio=1)
    grid.add_row(Text("Your answer", "srs.label"), Text("Answer", "srs.label"))
    grid.add_row(own, back)
    return [Constrain(grid, _BESIDE_MOST)]


def _marked(view: View) -> Text:
    from srs.cli.compare import signed

    styles = {"same": "srs.right", "wrong": "srs.wrong", "missing": "srs.missing"}
    line = Text()
    for piece in view.compared:
        if view.look.plain:
            line.append(safe(signed(piece)))
        else:
            line.append(safe(piece.text), styles[piece.kind])
    return line


def _column(renderable: RenderableType) -> RenderableType:
    from rich.constrain import Constrain

    return Constrain(renderable, _READING_WIDTH)


def _foot(view: View, width: int) -> RenderableType:
    rule = Text("─" * width, "srs.rule", no_wrap=True)
    if view.panel:
        hint = Text(f" {view.panel.hint}", "srs.quiet", no_wrap=True, overflow="ellipsis")
        return Group(rule, hint)
    if not view.revealed:
        return Group(rule, *_before(view, width), _hints(width))
    asked_on = view.card is not None and view.card.estimate is not None and view.doubling is None
    return Group(rule, *_ratings(view, width), _hints(width, " d double it " if asked_on else ""))


def _message(view: View, console: Console, most: int) -> RenderableType:
    """The message, whole where `most` lines hold it."""
    lines = list(Text(safe_line(view.message), "srs.message").wrap(console, console.width))
    if len(lines) > most:
        lines = lines[:most]
        lines[-1].append("…")
        lines[-1].truncate(console.width, overflow="ellipsis")
    return Group(*lines)


def _before(view: View, width: int) -> tuple[Text, Text]:
    """What to press before the answer is shown."""
    act, sure = (Text(no_wrap=True, overflow="ellipsis") for _ in range(2))
    act.append(" space ", "srs.strong")
    act.append("show the answer" if width >= 46 else "show")
    act.append("   t ", "srs.strong")
    act.append("type yours" if width >= 46 else "type")
    if view.confidence is None:
        sure.append(" 5 7 9 ", "srs.strong")
        sure.append("how sure: 50, 70, 90%")
    else:
        sure.append(f" {view.confidence}% sure")
    sure.stylize("srs.quiet")
    return act, sure


def entry_keys(width: int, *, single: bool, answers: bool = True, again: bool = False) -> str:
    """What to press while something is typed: an answer, one to be mended, or something else."""
    if again:
        return "Mend it, or Enter shows the answer"
    if single:
        return "Enter shows the answer   Esc back" if answers else "Enter done   Esc back"
    wide = "Enter shows the answer   Alt-Enter new line   Esc back"
    return wide if len(wide) < width else "Enter done  Alt-Enter line  Esc back"


def _ratings(view: View, width: int) -> tuple[Text, Text]:
    """The ratings, and under each the interval that it gives."""
    column = min(14, width // len(Rating))
    indent = " " * min(3, max(0, column - 6))
    above, below = (Text(no_wrap=True, overflow="crop") for _ in range(2))
    for rating in Rating:
        sign = "▸" if rating is view.suggested else " "
        name = f"{sign}{int(rating)} {rating.name.lower()}"[:column]
        above.append(name[:3], f"srs.{rating.name.lower()}")
        above.stylize("bold", len(above) - 3)
        above.append(name[3:].ljust(column - 3))
        given = f"{indent}{view.intervals.get(rating, '')}"
        if len(given) >= column:  # a number cut short would be another number
            given = f"{given[: column - 2]}…"
        below.append(given.ljust(column), "srs.quiet")
    if not view.counts:
        below = Text("   a cram: nothing is scheduled", "srs.quiet", no_wrap=True, overflow="crop")
    return above, below


def _hints(width: int, first: str = "") -> Text:
    words = f"{first} u undo  s suspend  b bury  e edit  f flag  i info  ? keys  q quit"
    if width < len(words):
        words = f"{first} u undo  s suspend  b bury  ? keys  q quit"
    if width < len(words):
        words = f"{first} u s b   ? keys  q quit"
    return Text(words, "srs.quiet", no_wrap=True, overflow="ellipsis")

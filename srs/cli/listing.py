"""`srs deck` and `srs card`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from decks.errors import UsageError
from srs import Card, Collection, Saved
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say, table
from srs.cli.shapes import card_shape, review_shape
from srs.cli.words import days, interval, plural, share


@click.group("deck")
@common
def deck_command() -> None:
    """List the decks."""


@deck_command.command("list")
@common
@pass_shell
def deck_list(shell: Shell) -> None:
    """List the decks with their counts.

    \b
    Example:
      srs deck list
    """
    with shell.open() as collection:
        found = collection.decks(shell.clock.now_ms())
    if shell.as_json:
        shapes = [
            {"deck": d.name, "builtin": d.builtin, "enabled": d.enabled, "notes": d.notes,
             "cards": d.cards, "due": d.due, "new": d.new} for d in found
        ]  # fmt: skip
        report({"decks": shapes})
        return
    rows = [(d.name, d.notes, d.cards, d.due, d.new) for d in found]
    table(("Deck", "Notes", "Cards", "Due", "New"), rows, right=(1, 2, 3, 4))


@click.group("card")
@common
def card_command() -> None:
    """List, show, suspend and bury cards."""


@card_command.command("list")
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@click.option("--orphans", is_flag=True, help="Cards whose text is gone from its file.")
@common
@pass_shell
def card_list(shell: Shell, decks: tuple[str, ...], orphans: bool) -> None:
    """List cards, of all decks or those named.

    \b
    Example:
      srs card list "Monitoring and drift"
    """
    now_ms = shell.clock.now_ms()
    with shell.open() as collection:
        found = list(collection.cards(collection.span(now_ms, decks), orphans=orphans))
        if shell.as_json:
            notes = collection.notes_by_uid(found)
            report({"cards": [card_shape(collection, c, notes[c.note], now_ms) for c in found]})
            return
        day = collection.calendar.day_of(now_ms)
        rows = [(c.uid.hex()[:8], _first_line(c.front), _due(c, now_ms, day)) for c in found]
    if rows:
        table(("Card", "Front", "Due"), rows, right=(2,))
    say(plural(len(rows), "orphan" if orphans else "card"))


def _first_line(text: str, room: int = 56) -> str:
    line = " ".join(text.split())
    return line if len(line) <= room else line[: room - 1] + "…"


def _due(card: Card, now_ms: int, day: int) -> str:
    if card.state.suspended:
        return "suspended"
    if not card.state.reps:
        return "new"
    if card.state.due_day is not None and card.state.due_day <= day:
        return "today" if card.state.due_day == day else f"{days(day - card.state.due_day)} ago"
    return interval(card.state, now_ms, day)


@card_command.command("show")
@click.argument("card")
@common
@pass_shell
def card_show(shell: Shell, card: str) -> None:
    """Show one card: its words, its memory state, its answers.

    CARD is the beginning of its id, or the id written in its file.

    \b
    Example:
      srs card show 3f2a91c0
    """
    now_ms = shell.clock.now_ms()
    with shell.open() as collection:
        cards = _find(collection, card)
        for number, found in enumerate(cards):
            if shell.as_json:
                note = collection.notes_by_uid([found])[found.note]
                shape = card_shape(collection, found, note, now_ms)
                reviews = [review_shape(row) for row in collection.reviews(found)]
                siblings = [one.uid.hex() for one in cards if one.uid != found.uid]
                report({**shape, "reviews": reviews, "siblings": siblings})
                return
            if number:
                say("")
            _show(collection, found, now_ms)


def _find(collection: Collection, wanted: str) -> list[Card]:
    found = collection.find_cards(wanted)
    if not found:
        hint = "srs card list shows the cards and their ids"
        raise UsageError(f"no card {wanted}", hint)
    if len({card.note for card in found}) > 1:
        ids = ", ".join(card.uid.hex()[:12] for card in found[:4])
        raise UsageError(f"{wanted} begins the ids of {len(found)} cards", f"say more: {ids} …")
    return found


def _show(collection: Collection, card: Card, now_ms: int) -> None:
    state = card.state
    say(f"{card.uid.hex()}  {card.deck}")
    say(f"{card.path}:{card.line}\n")
    say(f"Q: {card.front}\nA: {card.back}")
    for label, text in (("Why", card.why), ("Flip", card.flip)):
        if text:
            say(f"{label}: {text}")
    day = collection.calendar.day_of(now_ms)
    phase, due = state.phase.name.lower(), _due(card, now_ms, day)
    say(f"\n{phase}" if phase == due else f"\n{phase}, due {due}")
    if state.stability_days is not None:
        recall = share(collection.retrievability(state, now_ms))
        say(f"stability {state.stability_days:.1f} days, difficulty {state.difficulty:.1f}, "
            f"retrievability {recall}, {plural(state.reps, 'review')}, "
            f"{plural(state.lapses, 'lapse')}")  # fmt: skip
    rows = [review_shape(row) for row in collection.reviews(card)]
    if rows:
        say("")
        table(("At", "Rating", "Seconds"), [_row(row) for row in rows], right=(2,))


def _row(shape: dict[str, object]) -> Sequence[object]:
    duration_ms = shape["duration_ms"]
    seconds = "" if not isinstance(duration_ms, int) else f"{duration_ms / 1000:.1f}"
    return (shape["at"], shape["rating"], seconds)


def _mark(shell: Shell, wanted: str, what: str, mark: Callable[[Collection, Card], Saved]) -> None:
    with shell.open(create=True) as collection:
        found = _find(collection, wanted)
        saved = [mark(collection, card) for card in found]
    if shell.as_json:
        report({what: [{"card": one.card.hex(), "review": one.review.hex()} for one in saved]})
    else:
        say(f"{what} {plural(len(saved), 'card')}; srs undo takes it back")


def _marking(name: str, summary: str, what: str, mark: Callable[..., Saved]) -> None:
    @card_command.command(name, help=f"{summary}\n\n\b\nExample:\n  srs card {name} 3f2a91c0")
    @click.argument("card")
    @common
    @pass_shell
    def command(shell: Shell, card: str) -> None:
        now_ms = shell.clock.now_ms()
        _mark(shell, card, what, lambda collection, one: mark(collection, one, now_ms))


_marking("suspend", "Hide a card until it is unsuspended.", "suspended", Collection.suspend)
_marking("unsuspend", "Show a suspended card again.", "unsuspended", Collection.unsuspend)
_marking("bury", "Hide a card until tomorrow.", "buried", Collection.bury)

"""`srs card new`: a card written in the learner's editor, or read from a pipe, and filed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from decks.errors import UsageError, UserError
from decks.frontmatter import FrontMatter, clean_deck
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import notice, report, say
from srs.cli.shapes import problem_shape
from srs.cli.words import plural

if TYPE_CHECKING:
    from decks.appending import NewCards
    from srs import Filed

_PIPE = "standard input"
_MOST_BYTES = 64 << 20


@click.command("new")
@click.option("--deck", default="", metavar="NAME", help="Deck of the card; otherwise Inbox.")
@click.option(
    "--file",
    "card_file",
    default="",
    metavar="FILE",
    help="Markdown file of yours to add it to; otherwise one beside the collection.",
)
@click.option("--cloze", is_flag=True, help="Begin with a text with gaps.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag; may be given again.")
@common
@pass_shell
def card_new(shell: Shell, deck: str, card_file: str, cloze: bool, tags: tuple[str, ...]) -> None:
    """Write a new card in your editor (VISUAL or EDITOR), and file it.

    It is added to the end of a deck file, and imported. What you write is checked first: a draft
    with a mistake is kept, and srs card new goes on with it. Without a terminal the text of the
    card is read from standard input.

    \b
    Examples:
      srs card new
      srs card new --cloze --deck "Serving::Caches" --tag serving
    """
    front = _front(shell, deck, tags)
    named = _named(card_file)
    if front.deck or named:
        with shell.open() as collection:
            front = replace(front, deck=collection.deck_name(front.deck) if front.deck else "")
            collection.card_file(front, named)  # an error comes before the work
    if sys.stdin.isatty():
        from srs.cli.card_draft import Start, edit

        filed = edit(shell.home, Start(front, named, cloze), lambda *it: _file(shell, *it))
    else:
        filed = _from_pipe(shell, front, named)
    _tell(shell, filed)


def _front(shell: Shell, deck: str, tags: tuple[str, ...]) -> FrontMatter:
    """What is to stand at the head of the card's file."""
    name = clean_deck(deck)
    if deck and not name:
        raise UsageError("a deck without a name", "name one: --deck Serving")
    cleaned = (" ".join(tag.split()).removeprefix("#") for tag in tags)
    return FrontMatter(deck=name, tags=tuple(dict.fromkeys(filter(None, cleaned))))


def _named(card_file: str) -> str:
    """The file that the learner named, absolute; "" if none was."""
    if not card_file:
        return ""
    if not card_file.isprintable():
        raise UsageError("a file name that is not text", "name another file")
    return os.path.abspath(os.path.expanduser(card_file))  # noqa: PTH100, PTH111 - as it was typed


def _file(
    shell: Shell, new: NewCards, named: str, written: Callable[[], object] = lambda: None
) -> Filed:
    with shell.open(create=True) as collection:
        return collection.file_cards(new, shell.clock.now_ms(), named=named, written=written)


def _from_pipe(shell: Shell, front: FrontMatter, named: str) -> Filed | None:
    data = sys.stdin.buffer.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise UserError("larger than 64 MiB", path=_PIPE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UserError("not valid UTF-8", "save it as UTF-8", path=_PIPE, line=line) from error
    if not text.strip():
        return None
    from decks.appending import read_new

    new = read_new(text, _PIPE)
    tags = tuple(dict.fromkeys((*new.front.tags, *front.tags)))
    asked = replace(new.front, deck=front.deck or new.front.deck, tags=tags)
    return _file(shell, replace(new, front=asked), named)


def _tell(shell: Shell, filed: Filed | None) -> None:
    if shell.as_json:
        report(_shape(filed))
        return
    for twin in filed.twins if filed else ():
        say(f"{twin.place.path}:{twin.place.line}: {twin.message}")
    if filed is None or not filed.cards:
        say("Nothing was added.")
        return
    first = filed.cards[0]
    notes = plural(len({card.note for card in filed.cards}), "note")
    cards = plural(len(filed.cards), "card")
    say(f"{notes}, {cards} added to {first.deck}: {filed.path}:{filed.line}")
    _tell_of_the_rest(filed)


def _tell_of_the_rest(filed: Filed) -> None:
    """Whatever else the import of the file has found."""
    from srs import Phase

    back = sum(1 for card in filed.cards if card.state.phase is not Phase.NEW)
    if back:
        notice(f"{plural(back, 'card')} had been there before: the history is back")
    receipt = filed.receipt
    if receipt is None:
        return
    for problem in receipt.problems:
        if filed.line <= problem.place.line <= filed.last:
            notice(f"{problem.place.path}:{problem.place.line}: {problem.message}")
    others = receipt.notes - receipt.unchanged - len({card.note for card in filed.cards})
    if others + receipt.orphaned:
        notice("other changes of that file came in as well")
    if receipt.skipped:
        count = plural(len(receipt.skipped), "mistake")
        notice(f"{count} in that file; srs import {filed.path} names them")


def _shape(filed: Filed | None) -> dict[str, object]:
    cards = filed.cards if filed else ()
    return {
        "deck": cards[0].deck if cards else None,
        "path": filed.path if filed and cards else None,
        "line": filed.line if filed and cards else None,
        "notes": list(dict.fromkeys(card.note.hex() for card in cards)),
        "cards": [card.uid.hex() for card in cards],
        "twins": [problem_shape(twin) for twin in (filed.twins if filed else ())],
    }

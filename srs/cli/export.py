"""`srs export`: decks out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

import exporters
from decks.errors import UsageError
from exporters import Bundle, Format, Want
from srs.cli.context import Shell, common, pass_shell
from srs.cli.export_receipt import tell
from srs.cli.export_target import target
from srs.cli.format_list import ListingFormats, show_formats, warn_of_plugins
from srs.cli.progress import ProgressBar
from srs.cli.selecting import NARROWING, finding, selecting, wanted

if TYPE_CHECKING:
    from srs import Collection

_LISTED = "srs export lists the formats"


@click.command("export", cls=ListingFormats)
@click.argument("format_name", required=False, metavar="FORMAT")
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@click.option("-o", "--output", metavar="FILE",
              help="File to write, a folder to put it in, or - for standard output.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@selecting
@finding
@click.option("--limit", type=click.IntRange(min=1), metavar="N",
              help="Only the first N notes.")  # fmt: skip
@click.option("--with-history/--no-history", default=None,
              help="Your answers and schedules as well, or cards alone. Otherwise they go along if"
                   " the format takes them.")  # fmt: skip
@click.option("--replaces-whole-profile", "agreed", is_flag=True,
              help="For colpkg: yes, importing the file is to replace everything in an Anki"
                   " profile.")  # fmt: skip
@common
@pass_shell
def export_command(shell: Shell, /, format_name: str | None, **options: Any) -> int:
    """Write decks for another program: all enabled decks, or those named.

    What selects cards selects their notes, whole. srs export alone lists the formats, srs help
    export has more about them. Exit code 1 means that something of a note could not be had, such
    as a picture; the file is written.

    \b
    Examples:
      srs export anki -o driftdeck.apkg
      srs export anki --tag latency --no-history -o to-share.apkg
      srs export anki --find 'concept:canary*' -o canaries.apkg
    """
    if format_name is None:
        if any(value not in (None, False, "", ()) for value in options.values()):
            raise UsageError("no format is named", _LISTED)
        show_formats(as_json=shell.as_json)
        return 0
    chosen = _format(format_name)
    wants = _wants(chosen, with_history=options["with_history"])
    _agree(chosen, agreed=options["agreed"])
    place = target(options["output"], chosen, force=options["force"], as_json=shell.as_json)
    with shell.open() as collection:
        bundle = _collect(collection, shell.clock.now_ms(), wants, options)
        size_bytes = place.write(chosen, bundle)
        return tell(chosen, bundle, place, size_bytes, as_json=shell.as_json)


def _format(name: str) -> Format:
    try:
        return exporters.get_format(name)
    except UsageError:
        warn_of_plugins()  # one of them may have been meant
        raise


def _wants(chosen: Format, *, with_history: bool | None) -> frozenset[Want]:
    """What is asked of the bundle. Raises UsageError for a history that the format cannot hold."""
    if with_history and Want.HISTORY not in chosen.wants:
        raise UsageError(f"{chosen.name} takes no history", f"leave --with-history out; {_LISTED}")
    if with_history is False and Want.WHOLE in chosen.wants:
        raise UsageError(
            f"{chosen.name} holds everything, answers too", "to share cards: markdown or anki"
        )
    return frozenset(chosen.wants) - ({Want.HISTORY} if with_history is False else set())


def _agree(chosen: Format, *, agreed: bool) -> None:
    """Raises UsageError unless the learner knows what importing will do."""
    if chosen.replaces and not agreed:
        raise UsageError(
            f"importing a {chosen.suffix} file replaces {chosen.replaces}",
            "if that is meant, add --replaces-whole-profile and import into a fresh profile;"
            " anki adds to what is there",
        )
    if agreed and not chosen.replaces:
        raise UsageError(
            f"importing what {chosen.name} writes replaces nothing whole",
            "leave --replaces-whole-profile out",
        )


def _collect(
    collection: Collection, now_ms: int, wants: frozenset[Want], options: dict[str, Any]
) -> Bundle:
    decks = (*options["decks"], *options["deck_options"])
    collection.refuse_disabled(decks)
    is_narrow = any(options[name] for name in NARROWING)
    chosen = wanted(options) if decks or is_narrow else None
    with ProgressBar("Collecting notes") as progress:
        bundle = collection.bundle(
            "driftdeck", now_ms, chosen, wants, progress, limit=options["limit"]
        )
    if not bundle.notes:
        raise UsageError("no cards to export", _hint(options["query"], is_narrow=is_narrow))
    return bundle


def _hint(query: str, *, is_narrow: bool) -> str:
    if query:
        return "srs card list QUERY shows what is found"
    return "leave an option out to select more" if is_narrow else "srs deck list shows the decks"

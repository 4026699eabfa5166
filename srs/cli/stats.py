"""`srs stats`: what you know, what slips, and what it costs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from decks.errors import DataError, UsageError, did_you_mean
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say
from srs.cli.printing import print_block, width
from srs.cli.progress import ProgressBar
from srs.cli.stat_page import NAMES, page

if TYPE_CHECKING:
    from srs import Stats


@click.command("stats")
@click.argument("sections", nargs=-1, metavar="[SECTION]...")
@click.option("--html", "output", metavar="FILE", help="Write all of it as a page for a browser.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@common
@pass_shell
def stats_command(shell: Shell, sections: tuple[str, ...], output: str | None, force: bool) -> None:
    """Show what you know, what slips, and what it costs.

    Without SECTION: all of it in short. With one or more: these in full. The sections are summary,
    retention, calibration, reviews, forecast, memory, curve, hardest, mastery and transfer;
    srs help stats tells what each means. --json and --html give everything.

    \b
    Examples:
      srs stats
      srs stats forecast hardest
      srs stats --html stats.html
    """
    for name in sections:
        if name not in NAMES:
            hint = f"{did_you_mean(name, NAMES)}sections: {', '.join(NAMES)}"
            raise UsageError(f"no section {name}", hint)
    if output == "":
        raise UsageError("--html needs the name of a file", "for example --html stats.html")
    if output and os.path.lexists(output) and not force:
        raise DataError(f"{output}: exists already", "--force replaces it")
    with shell.open() as collection, ProgressBar("Counting the log") as progress:
        found = collection.stats(shell.clock.now_ms(), progress=progress)
        theme = collection.settings.theme
    if output:
        _write(shell, found, output)
    elif shell.as_json:
        from srs.cli.stat_shapes import stats_shape

        report(stats_shape(found))
    else:
        print_block(page(found, width(), sections), theme)


def _write(shell: Shell, found: Stats, output: str) -> None:
    from exporters import write_page

    path = Path(output)
    size_bytes = write_page(found, path)
    if shell.as_json:
        report({"path": str(path.absolute()), "bytes": size_bytes})
    else:
        say(f"Wrote the page to {path.absolute()}")

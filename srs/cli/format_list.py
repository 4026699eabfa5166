"""Which formats there are to export to: on their own, and in the help of the command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

import exporters
from exporters import Format, Want
from srs.cli.output import notice, report, say, table, wrapped
from srs.cli.safe import safe_line


def warn_of_plugins() -> None:
    """Say which plugins cannot be used."""
    for plugin in exporters.unusable_plugins():
        notice(f"the plugin {plugin.name} cannot be used: {plugin.reason}")


def show_formats(*, as_json: bool) -> None:
    """All formats, those of plugins last."""
    found = exporters.all_formats()
    warn_of_plugins()
    if as_json:
        report({"formats": [_shape(one) for one in found]})
        return
    table(("Format", "File", ""), _rows(found), right=())
    say()
    say("srs export FORMAT -o FILE writes a file.")


def _rows(formats: Sequence[Format]) -> Iterator[tuple[str, str, str]]:
    """A row for each; more where the terminal is too narrow for what is said."""
    names, suffixes = ([getattr(one, part) for one in formats] for part in ("name", "suffix"))
    beside = max(map(len, names)) + max(map(len, suffixes)) + 4
    for one in formats:
        first, *others = wrapped(safe_line(_told(one)), beside=beside).split("\n")
        yield one.name, one.suffix, first
        yield from (("", "", line) for line in others)


def _told(one: Format) -> str:
    along = {Want.HISTORY: "history", Want.MEDIA: "pictures"}
    taken = " and ".join(word for want, word in along.items() if want in one.wants)
    return f"{_summary(one)}; with {taken}" if taken else _summary(one)


def _summary(one: Format) -> str:
    return f"{one.summary}; replaces {one.replaces}" if one.replaces else one.summary


def _shape(one: Format) -> dict[str, object]:
    return {
        "format": one.name, "suffix": one.suffix, "summary": one.summary,
        "history": Want.HISTORY in one.wants, "media": Want.MEDIA in one.wants,
        "replaces": one.replaces or None,
        "plugin": one.name not in exporters.builtin_format_names(),
    }  # fmt: skip


class ListingFormats(click.Command):
    """A command whose help ends with the formats."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        warn_of_plugins()
        with formatter.section("Formats"):
            formatter.write_dl(
                [(one.name, safe_line(_summary(one))) for one in exporters.all_formats()]
            )

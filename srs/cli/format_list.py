"""Which formats there are to export to: on their own, and in the help of the command."""

from __future__ import annotations

import click

import exporters
from exporters import Format, Want
from srs.cli.output import notice, report, say, table
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
    rows = [(one.name, one.suffix, _takes(one), _summary(one)) for one in found]
    table(("Format", "File", "With", ""), rows, right=())
    say()
    say("srs export FORMAT -o FILE writes a file.")


def _takes(one: Format) -> str:
    told = {Want.HISTORY: "history", Want.MEDIA: "pictures", Want.WHOLE: "everything"}
    return ", ".join(word for want, word in told.items() if want in one.wants)


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

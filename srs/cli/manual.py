"""`srs help`: the manual, which ships inside the package."""

from __future__ import annotations

from importlib.resources import files

import click

from decks.errors import UsageError
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report


@click.command("help")
@click.argument("topic", required=False)
@common
@pass_shell
def help_command(shell: Shell, topic: str | None) -> None:
    """Read the manual: the topics, or one of them.

    \b
    Example:
      srs help cards
    """
    pages = {
        page.name.removesuffix(".md"): page
        for page in files("srs").joinpath("help").iterdir()
        if page.name.endswith(".md")
    }
    topic = topic or "topics"
    if topic not in pages:
        raise UsageError(f"no topic {topic}", f"topics: {', '.join(sorted(pages))}")
    text = pages[topic].read_text(encoding="utf-8")
    if shell.as_json:
        report({"topic": topic, "topics": sorted(pages), "text": text})
        return
    from rich.console import Console

    from srs.cli.blocks import CardMarkdown

    console = Console(markup=False, emoji=False, highlight=False)
    if console.is_terminal:
        console.print(CardMarkdown(text), width=min(console.width, 88))
    else:
        click.echo(text.rstrip())

"""`srs concept`."""

from __future__ import annotations

import click

from srs.cli.context import Shell, common, pass_shell

_FEW = 20  # cards of a concept that are worth a look


@click.group("concept")
@common
def concept_command() -> None:
    """Show concepts, and what leads to them.

    A concept is a topic of the curriculum or of your own cards; srs help concepts tells more.

    \b
    Example:
      srs concept list
    """


@concept_command.command("list")
@click.option("--deck", "deck_options", multiple=True, metavar="DECK",
              help="Only those of this deck; may be given again.")  # fmt: skip
@click.option("--level", type=click.Choice(["mid", "senior", "staff"]), default=None,
              help="Only what is expected at this level, lower ones included.")  # fmt: skip
@common
@pass_shell
def concept_list(shell: Shell, deck_options: tuple[str, ...], level: str | None) -> None:
    """List the concepts, deck by deck, and how far you are with each.

    Those that only your own cards name come last.

    \b
    Examples:
      srs concept list
      srs concept list --deck 03-features --level mid
    """
    from srs.cli.concept_page import listing
    from srs.cli.concept_shapes import topic_shape
    from srs.cli.page import show_page

    show_page(
        shell, lambda curriculum: curriculum.topics(deck_options, level or ""),
        lambda _, found: {"concepts": [topic_shape(topic) for topic in found]},
        lambda found, width, _: listing(found, width), paged=True,
    )  # fmt: skip


@concept_command.command("show")
@click.argument("concept", metavar="SLUG")
@common
@pass_shell
def concept_show(shell: Shell, concept: str) -> None:
    """Show a concept: what it is, what it builds on, how far you are, its cards, its sources.

    No answer is shown.

    \b
    Example:
      srs concept show training-serving-skew
    """
    from srs.cli import concept_page
    from srs.cli.concept_shapes import page_shape
    from srs.cli.page import show_page

    limit = -1 if shell.as_json else _FEW
    show_page(
        shell, lambda curriculum: curriculum.page(concept, limit), page_shape, concept_page.concept
    )


@concept_command.command("path")
@click.argument("concept", metavar="SLUG")
@common
@pass_shell
def concept_path(shell: Shell, concept: str) -> None:
    """Show what leads to a concept, as a tree, and what of it is left to learn.

    \b
    Example:
      srs concept path training-serving-skew
    """
    from srs.cli.concept_page import path
    from srs.cli.concept_shapes import path_shape
    from srs.cli.page import show_page

    show_page(
        shell, lambda curriculum: curriculum.path(concept), lambda _, found: path_shape(found),
        lambda found, width, _: path(found, width), paged=True,
    )  # fmt: skip

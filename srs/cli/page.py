"""What the curriculum tells, as a page or in JSON."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from srs.cli.output import report
from srs.cli.printing import print_block, width
from srs.cli.theme import Look, look_of

if TYPE_CHECKING:
    from srs import Collection
    from srs.cli.charts import Block
    from srs.cli.concept_shapes import Shape
    from srs.cli.context import Shell
    from srs.curriculum import Curriculum

Found = TypeVar("Found")


def show_page(
    shell: Shell,
    find: Callable[[Curriculum], Found],
    shape: Callable[[Collection, Found], Shape],
    page: Callable[[Found, int, Look], Block],
    *,
    paged: bool = False,
) -> None:
    """Say what is found there: drawn, or shaped for JSON."""
    with shell.open() as collection:
        found = find(collection.curriculum(shell.clock.now_ms()))
        if shell.as_json:
            report(shape(collection, found))
            return
        theme = collection.settings.theme
    print_block(page(found, width(), look_of(theme, os.environ)), theme, paged=paged)

"""A command whose arguments are a query: `-tag:x` is no option there."""

from __future__ import annotations

from collections.abc import Iterator

import click

_MARK = "\ufdd0"  # a noncharacter, so that a condition does not begin like an option


class QueryCommand(click.Command):
    """Takes arguments that begin with one minus as they are, unless they are its options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, list(self._marked(ctx, args)))
        words = ctx.params.get("words", ())
        ctx.params["words"] = tuple(word.removeprefix(_MARK) for word in words)
        return rest

    def _marked(self, ctx: click.Context, args: list[str]) -> Iterator[str]:
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        known = {name for one in options for name in one.opts}
        hungry = {name for one in options if not one.is_flag for name in one.opts}
        before = ""
        for number, word in enumerate(args):
            if word == "--":
                yield from args[number:]
                return
            negation = word.startswith("-") and not word.startswith("--") and word not in known
            yield f"{_MARK}{word}" if negation and before not in hungry else word
            before = word

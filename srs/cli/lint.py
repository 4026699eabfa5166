"""`srs lint`: what is wrong with cards, and how to mend it."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import click

import decks
from decks.errors import UsageError
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import print_lines, report, say, wrapped
from srs.cli.safe import safe_line
from srs.cli.words import plural

if TYPE_CHECKING:
    from rich.text import Text

    from decks import Finding, Linted

_INDENT = 2
_NARROWEST = 24
_MANY = 10  # findings from which they are counted by rule
_STYLES = {"error": "srs.again", "warning": "srs.message"}
_JUDGED = {"deck": "by the card standard", "own": "as your own cards"}
_NOTHING = "name files or folders: srs lint cards/"


class _Line(NamedTuple):
    """Words with their styles, and the cells before them."""

    margin: int
    pieces: tuple[tuple[str, str], ...]


@click.command("lint")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--select", multiple=True, metavar="RULE", help="Only this rule, at its full level.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Without this rule.")
@click.option("--as", "standard", type=click.Choice(("deck", "own")), default=None,
              help="Judge as a deck for others, or as your own cards; else by looks.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit code 1 for warnings too.")
@click.option("--record", default="", metavar="FILE", help="Verdicts of those who checked notes.")
@click.option("--released", default="", metavar="FILE", help="Ids that learners have already.")
@click.option("--list-rules", "listing", is_flag=True, help="List the rules.")
@common
@pass_shell
def lint_command(
    shell: Shell,
    paths: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    standard: str | None,
    strict: bool,
    record: str,
    released: str,
    listing: bool,
) -> int:
    """Say what is wrong with cards in files and folders, and how to mend it. Nothing is written.

    Without a PATH: what was imported before, as your own cards. A file whose headings name types
    is held to all of the card standard; other cards get advice. srs help lint explains the rules.
    Exit code 1: errors.

    \b
    Examples:
      srs lint cards/
      srs lint cards/ --ignore answer-length
      srs lint --list-rules
    """
    choice = decks.LintChoice.of(select, ignore, standard or "")
    if listing:
        _list(shell)
        return 0
    if paths:
        folders = [decks.LintFolder(path) for path in paths]
    else:
        folders = _known_folders(shell)
        choice = decks.LintChoice.of(select, ignore, standard or "own")
    linted = decks.lint_paths(folders, choice, record=record, released=released)
    if shell.as_json:
        report(_shape(linted))
    else:
        _show(shell, linted)
    return 1 if linted.errors or (strict and linted.warnings) else 0


def _known_folders(shell: Shell) -> list[decks.LintFolder]:
    """The sources of the collection that are there. Raises UsageError if there is none."""
    with shell.open() as collection:
        known = collection.known_sources()
    found = [
        decks.LintFolder(source.path, source.excludes, source.dialect)
        for source in known
        if os.path.lexists(source.path)
    ]
    if not found:
        raise UsageError("nothing to lint: no source was imported yet", _NOTHING)
    return found


def _shape(linted: Linted) -> dict[str, object]:
    return {
        "notes": linted.notes, "errors": linted.errors, "warnings": linted.warnings,
        "findings": [
            {
                "path": finding.place.path, "line": finding.place.line, "rule": finding.rule,
                "severity": finding.severity.value, "message": finding.message,
                "hint": finding.hint or None,
            }
            for finding in linted.findings
        ],
        "files": [{"path": path, "as": one.value} for path, one in linted.standards.items()],
    }  # fmt: skip


def _show(shell: Shell, linted: Linted) -> None:
    """Findings file by file, then how many."""
    if sys.stdout.isatty():
        from srs.cli.manual import look_for

        shown = [line for one in _lines(linted) for line in _fitted(one)]
        print_lines(shown, look_for(shell))
    else:
        click.echo("".join(f"{_in_a_pipe(one)}\n" for one in _lines(linted)), nl=False)
    files = plural(len(linted.standards), "file")
    counted = f"{plural(linted.errors, 'error')}, {plural(linted.warnings, 'warning')}"
    say(wrapped(f"{plural(linted.notes, 'note')} in {files}: {counted}."))
    if len(linted.findings) > _MANY:
        rules = Counter(finding.rule for finding in linted.findings)
        say(wrapped(", ".join(f"{rule} {number:,}" for rule, number in rules.most_common()) + "."))


def _lines(linted: Linted) -> Iterator[_Line]:
    """Yield what is told of each file: its name, what was found in it, an empty line."""
    for path, findings in groupby(linted.findings, lambda one: one.place.path):
        standard = linted.standards.get(path)
        judged = f", judged {_JUDGED[standard]}" if standard else ""
        yield _Line(0, ((safe_line(path), "srs.title"), (judged, "srs.quiet")))
        for finding in findings:
            yield from _finding(finding)
        yield _Line(0, ())


def _finding(finding: Finding) -> Iterator[_Line]:
    """Yield where and what, then how to mend it."""
    path, line = finding.place
    yield _Line(_INDENT, (
        (f"{safe_line(path)}:{line}", "srs.quiet"), ("  ", ""),
        (f"{finding.severity} {finding.rule}", _STYLES[finding.severity]), ("  ", ""),
        (safe_line(finding.message), ""),
    ))  # fmt: skip
    if finding.hint:
        yield _Line(2 * _INDENT, ((f"hint: {safe_line(finding.hint)}", "srs.quiet"),))


def _in_a_pipe(line: _Line) -> str:
    """One line, however long."""
    return " " * line.margin + "".join(words for words, _ in line.pieces)


def _fitted(line: _Line) -> list[Text]:
    """The words broken to the terminal, later lines moved in."""
    from shutil import get_terminal_size

    from rich.text import Text

    from srs.cli.charts import indented
    from srs.cli.charts import wrapped as broken

    room = max(_NARROWEST, get_terminal_size().columns - line.margin - _INDENT)
    first, *others = broken(Text.assemble(*line.pieces), room)
    return [*indented([first], line.margin), *indented(others, line.margin + _INDENT)]


def _list(shell: Shell) -> None:
    """The table of rules."""
    rules = decks.lint_rules()
    if shell.as_json:
        report({"rules": [
            {
                "rule": rule.id, "level": rule.level.value,
                "own": rule.own.value if rule.own else None, "judges": rule.judges,
                "wants": rule.wants, "cleared": rule.cleared,
            }
            for rule in rules
        ]})  # fmt: skip
        return
    from srs.cli.output import table

    names = max(len(rule.id) for rule in rules)
    beside = names + 2 * len("warning") + 6
    rows: list[tuple[str, str, str, str]] = []
    for rule in rules:
        first, *others = wrapped(safe_line(rule.wants), beside=beside).split("\n")
        rows.append((rule.id, rule.level.value, rule.own.value if rule.own else "-", first))
        rows += [("", "", "", other) for other in others]
    table(("Rule", "Deck", "Own", "Asks for"), rows, right=())

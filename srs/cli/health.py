"""`srs doctor`: what is wrong with the collection, and mending it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from srs import Finding, describe_surroundings, repair
from srs.cli.context import Shell, common, pass_shell
from srs.cli.output import report, say
from srs.cli.progress import ProgressBar
from srs.cli.words import plural


@click.command("doctor")
@click.option("--repair", "mending", is_flag=True, help="Mend what can be mended, after a backup.")
@common
@pass_shell
def doctor_command(shell: Shell, mending: bool) -> int:
    """Check the collection; without --repair it changes nothing. Exit code 1: something is wrong.

    Repairing makes anew what follows from the review log, and never changes the log. Of a damaged
    file everything that can be read is saved in a new one; the damaged one is kept.

    \b
    Example:
      srs doctor --repair
    """
    if mending:
        return _repair(shell)
    with shell.open(mend=False) as collection, ProgressBar("Replaying the log") as progress:
        findings = collection.check(shell.clock.now_ms(), progress)
    _show(shell, findings, {})
    return _code(findings)


def _code(findings: list[Finding]) -> int:
    return 1 if any(finding.severity == "error" for finding in findings) else 0


def _repair(shell: Shell) -> int:
    home = Path(shell.home)
    with ProgressBar("Reading the review log") as progress:
        mended = repair(home, shell.clock.now_ms(), progress)
    with shell.open() as collection:
        findings = collection.check(shell.clock.now_ms())
    if not shell.as_json:
        for sentence in mended.done or ("there was nothing to mend",):
            say(f"done: {sentence}")
        for sentence in mended.lost:
            say(f"lost: {sentence}")
        say(f"As it was before: {mended.kept}")
    details = {"done": list(mended.done), "lost": list(mended.lost), "kept": str(mended.kept)}
    _show(shell, findings, {"repair": details})
    return 1 if mended.lost else _code(findings)


def _show(shell: Shell, findings: list[Finding], more: dict[str, object]) -> None:
    facts = describe_surroundings(Path(shell.home))
    if shell.as_json:
        shapes = [finding._asdict() for finding in findings]
        report({"ok": not _code(findings), "findings": shapes, "facts": facts, **more})
        return
    for finding in findings:
        say(f"{finding.severity}: {finding.message}\nhint: {finding.hint}")
    fine = "All is well" if os.path.exists(facts["collection"]) else "No collection yet"  # noqa: PTH110
    say(f"{plural(len(findings), 'finding')}." if findings else f"{fine}: {shell.home}")
    say(" · ".join(f"{name} {value}" for name, value in facts.items() if name != "collection"))

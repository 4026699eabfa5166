"""The receipt of an export, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from decks import Problem, Severity
from exporters import Bundle, Format
from srs.cli.export_target import STDOUT, Target
from srs.cli.output import notice, report, say, wrapped
from srs.cli.problems import problem_line, tell_problems
from srs.cli.shapes import problem_shape
from srs.cli.words import plural, size

_NO_PICTURES = (
    ".mp3", ".ogg", ".oga", ".opus", ".wav", ".m4a", ".flac", ".mp4", ".webm", ".pdf",
)  # fmt: skip
# What its boxes are called, tests ask Anki itself.
ANKI_BOXES = ("Import any learning progress", "Import any deck presets")


def tell(chosen: Format, bundle: Bundle, place: Target, size_bytes: int, *, as_json: bool) -> int:
    """Report what was written, on stderr if the file went to stdout; the exit code."""
    problems = [*bundle.problems, *chosen.problems(bundle)]
    problems.sort(key=lambda problem: problem.severity is not Severity.ERROR)
    if as_json:
        report(_shape(chosen, bundle, place, size_bytes, problems))
    else:
        tell_problems([problem_line(problem) for problem in problems])
        for line in lines(chosen, bundle, place, size_bytes):
            say(wrapped(line), err=place.path is None)
    if chosen.replaces:
        notice(f"importing it replaces {chosen.replaces}: import it into a fresh one")
    return 1 if any(problem.severity is Severity.ERROR for problem in problems) else 0


def lines(chosen: Format, bundle: Bundle, place: Target, size_bytes: int) -> Iterator[str]:
    """The receipt in sentences."""
    yield f"Wrote {', '.join(_parts(bundle))} to {place} ({size(size_bytes)})."
    if chosen.name == "anki" and _reviews(bundle):
        first, second = ANKI_BOXES
        yield f'In Anki, the first time, tick "{first}" and "{second}": srs help anki.'


def _parts(bundle: Bundle) -> Iterator[str]:
    are_pictures = not any(name.endswith(_NO_PICTURES) for name in bundle.media)
    found = (
        (len(bundle.notes), "note"), (_cards(bundle), "card"), (_reviews(bundle), "review"),
        (len(bundle.media), "picture" if are_pictures else "media file"),
    )  # fmt: skip
    return (plural(count, word) for count, word in found if count)


def _cards(bundle: Bundle) -> int:
    return sum(len(note.cards) for note in bundle.notes)


def _reviews(bundle: Bundle) -> int:
    if bundle.whole:
        return bundle.whole.reviews
    return bundle.history.reviews if bundle.history else 0


def _shape(
    chosen: Format, bundle: Bundle, place: Target, size_bytes: int, problems: Iterable[Problem]
) -> dict[str, object]:
    return {
        "format": chosen.name, "path": str(place.path.absolute()) if place.path else STDOUT,
        "notes": len(bundle.notes), "cards": _cards(bundle), "reviews": _reviews(bundle),
        "media": len(bundle.media), "bytes": size_bytes, "replaces": chosen.replaces or None,
        "problems": [
            problem_shape(problem) | {"severity": str(problem.severity)}
            for problem in problems
        ],
    }  # fmt: skip

"""What stands below an answer: the concept, and where the claim comes from."""

from __future__ import annotations

from decks import Note, load_sources


def footnote(note: Note) -> str:
    """Concept and sources; keys of the bibliography become titles with their year."""
    known = load_sources() if note.sources else {}
    titles = [
        f"{known[key].title.partition(':')[0]} ({known[key].year})" if key in known else key
        for key in note.sources
    ]
    return "\n".join(part for part in (note.concept, "; ".join(titles)) if part)

"""One learner with deck files and driftdeck here, Anki there, and packages that go across."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Any, NamedTuple

from anki import import_export_pb2

from tests.anki_backend import ImportAnkiPackageOptions, ImportAnkiPackageRequest, Imported
from tests.documented import Scene
from tests.program import Ran
from tests.seeing import seen

# Anki stamps what is done in it with the machine's time, which lies between EDITED and LATER.
FIRST, EDITED = "2001-01-01T08:00:00Z", "2002-01-01T08:00:00Z"
AGAIN, LATER = "2003-01-01T08:00:00Z", "2100-01-01T08:00:00Z"

DECK = """\
Q: What does a canary ask?
A: Is it safe to go on?

Q: What does an A/B test ask?
A: Is it better?

C: A rollout runs [shadow] first, then [canary].

shadow traffic ::: copies of requests whose answers nobody sees
"""  # 4 notes, 6 cards


class Boxes(NamedTuple):
    """Anki's import dialog, as `srs help anki` says to fill it in."""

    progress: bool = True
    presets: bool = True
    merge: bool = False
    always: bool = False  # "Update notes": not only if newer
    types_always: bool = False  # "Update note types"


class Standing(NamedTuple):
    """What Anki holds of ours."""

    notes: int
    cards: int
    answered: int  # cards, there
    empty: int  # cards that ask nothing any more


class Learner:
    """Does here and there what learners do."""

    def __init__(self, folder: Path, there: Any) -> None:
        self.folder, self.there = folder, there
        self.here = Scene(folder)
        self.package = folder / "out.apkg"

    def srs(self, line: str, now: str = FIRST, stdin: str = "") -> Ran:
        ran = self.here.run(f"srs {line}", now=now, stdin=stdin)
        assert ran.code == 0, ran
        return ran

    def write(
        self,
        text: str,
        *,
        deck: str = "Own",
        tags: str = "",
        file: str = "own.md",
        now: str = FIRST,
    ) -> None:
        """Keep a deck file, and import it."""
        path = self.folder / file
        path.write_text(f"---\ndeck: {deck}\ntags: [{tags}]\n---\n\n{text}", "utf-8")
        self.srs(f"import {quote(str(path))}", now)

    def export(self, *words: str, now: str = FIRST) -> Path:
        chosen = " ".join(map(quote, words or ("Own",)))
        self.srs(f"export anki {chosen} -o {quote(str(self.package))} --force", now)
        return self.package

    def take(self, path: Path | None = None, boxes: Boxes | None = None) -> Imported:
        """Import a package in Anki."""
        ticked = boxes or Boxes()
        always = import_export_pb2.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_ALWAYS
        newer = import_export_pb2.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER
        options = ImportAnkiPackageOptions(
            merge_notetypes=ticked.merge,
            update_notes=always if ticked.always else newer,
            update_notetypes=always if ticked.types_always else newer,
            with_scheduling=ticked.progress,
            with_deck_configs=ticked.presets,
        )
        request = ImportAnkiPackageRequest(package_path=str(path or self.package), options=options)
        log = self.there.import_anki_package(request).log
        return Imported(len(log.new), len(log.updated), len(log.duplicate), len(log.conflicting))

    def carry(
        self, text: str, *, now: str = EDITED, boxes: Boxes | None = None, **kept: str
    ) -> Imported:
        """Write, import, export, and import there."""
        self.write(text, now=now, **kept)
        return self.take(self.export(kept.get("deck", "Own"), now=now), boxes)

    def answer(self) -> None:
        """Answer every card in Anki that never was, each at the beginning of a second.

        Of answers in one millisecond Anki moves the later ones on in its log, but not in the card's
        own instant of its last answer; should the two fall into two seconds, it mends that.
        """
        scheduler = self.there.sched
        for number in self.there.db.list("select id from cards where reps = 0 order by id"):
            card = self.there.get_card(number)
            card.start_timer()
            states = self.there._backend.get_scheduling_states(number)
            answer = scheduler.build_answer(card=card, states=states, rating=2)  # good
            answer.answered_at_millis -= answer.answered_at_millis % 1000
            scheduler.answer_card(answer)

    def note(self, said: str) -> Any:
        """The only note in Anki with these words in a field."""
        sql = "select id from notes where instr(flds, ?)"
        [number] = self.there.db.list(sql, said)
        return self.there.get_note(number)

    def edit(self, said: str, field: str, text: str) -> None:
        """Change a field of that note, in Anki."""
        note = self.note(said)
        note[field] = text
        self.there.update_note(note)

    def decks(self) -> set[str]:
        """The decks in Anki that hold cards."""
        numbers = self.there.db.list("select distinct did from cards")
        return {self.there.decks.name(number) for number in numbers}

    def deck_names(self) -> set[str]:
        """The decks in Anki, but for its own."""
        return {deck.name for deck in self.there.decks.all_names_and_ids()} - {"Default"}

    def asked(self) -> dict[str, int]:
        """What each card in Anki asks, and how often it was answered."""
        sql = "select id from cards order by nid, ord"
        cards = [self.there.get_card(number) for number in self.there.db.list(sql)]
        return {seen(card.question()): card.reps for card in cards}

    def standing(self) -> Standing:
        """What is there; asserts that Anki finds nothing to mend, and no note twice."""
        report, is_sound = self.there.fix_integrity()
        assert is_sound, report
        count = self.there.db.scalar
        notes = count("select count() from notes")
        assert count("select count(distinct guid) from notes") == notes
        empty = sum(len(note.card_ids) for note in self.there.get_empty_cards().notes)
        answered = count("select count() from cards where reps > 0")
        return Standing(notes, count("select count() from cards"), answered, empty)

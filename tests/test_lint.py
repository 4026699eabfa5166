"""Lint as a whole: which rules run for what, whole decks, tables beside the cards, any order."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

import decks
from decks import LintChoice, LintFolder, errors, lint_paths
from decks.checking import fingerprint
from decks.errors import DataError, UsageError
from decks.lint.engine import lint
from decks.lint.forms import Bag, Form, share_form
from decks.lint.likeness import alike
from decks.lint.rule import Knowledge, Level, Released, Sheet, Standard, Subject
from decks.lint.rules import RULES
from decks.model import Estimate, Parameter, Place
from tests.lint_cards import CASES, KNOWN, TRADEOFF, found, qa, sheet, typed, verdict

BUILTIN = Path(decks.__file__).parent / "builtin"
ABSOLUTE = typed("contrast", qa("Who drifts?", "Inputs always drift."))
ANY = LintChoice()


def rules_of(*texts: str, **options: object) -> list[str]:
    return [finding.rule for finding in found(*texts, **options)]  # type: ignore[arg-type]


# The decks of the package


def test_the_built_in_decks_have_no_error_and_one_warning_at_most() -> None:
    linted = lint_paths([LintFolder(str(BUILTIN))], ANY)
    assert linted.notes == sum(len(file.parsed.notes) for file in decks.builtin())
    assert [finding for finding in linted.findings if finding.severity is Level.ERROR] == []
    assert linted.warnings <= 1
    assert set(linted.standards.values()) == {Standard.DECK}


# Which rules run


def test_ids_of_rules_are_unique_words() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(one == one.lower() and " " not in one for one in ids)


@pytest.mark.parametrize(
    ("text", "standard"),
    [
        (qa("Who?"), Standard.OWN),
        (typed("choose", qa("Who?")), Standard.DECK),
        (typed("a-kind-of-mine", qa("Who?")), Standard.DECK),
        (f"### {{type=choose}}\n{qa('Who?')}", Standard.DECK),
        (f"#### My heading {{type = choose}}\n{qa('Who?')}", Standard.DECK),
        (f"### my-type\n{qa('Who?')}", Standard.OWN),
        ("---\ncomplete: true\n---\n\n" + qa("Who?"), Standard.DECK),
        ("prose\n", Standard.OWN),
    ],
)
def test_what_a_file_is_held_to_is_seen_from_its_cards(text: str, standard: Standard) -> None:
    assert ANY.standard_of(sheet(text)) is standard
    assert LintChoice.of(standard="own").standard_of(sheet(text)) is Standard.OWN


def test_selected_rules_run_alone_and_in_full() -> None:
    text = qa("Is it absolutely fast?", "It always depends.")
    choice = LintChoice.of(["yes-no", "absolute-words"], (), "own")
    seen = lint([sheet(text)], KNOWN, choice).findings
    assert [(f.rule, f.severity) for f in seen] == [
        ("absolute-words", "warning"),
        ("yes-no", "error"),
    ]


def test_ignored_rules_do_not_run() -> None:
    text = qa("Is it fast?", "It depends.")
    everything = lint([sheet(text)], KNOWN, ANY).findings
    fewer = lint([sheet(text)], KNOWN, LintChoice.of((), ["yes-no,it-depends"])).findings
    assert {f.rule for f in everything} - {f.rule for f in fewer} == {"yes-no", "it-depends"}


def test_an_unknown_rule_is_guessed() -> None:
    with pytest.raises(UsageError) as caught:
        LintChoice.of(["yesno"])
    assert "yesno" in caught.value.message
    assert "did you mean yes-no?" in caught.value.hint


def test_the_standard_is_that_of_the_file_that_a_finding_is_in() -> None:
    seen = found(typed("contrast", qa("Is it fast?")), qa("Is it slow?"), standard="")
    levels = {f.place.path: f.severity for f in seen if f.rule == "yes-no"}
    assert levels == {"10-drift.md": Level.ERROR, "b.md": Level.WARNING}


PARALLEL = qa("What is the capital of France?", "Paris.") + qa(
    "What is the capital of Spain?", "Madrid."
)


@pytest.mark.parametrize(
    ("choice", "severities"),
    [
        (LintChoice(), []),
        (LintChoice.of(standard="deck"), [Level.ERROR]),
        (LintChoice.of(["near-duplicate"]), [Level.ERROR]),
    ],
)
def test_questions_of_one_form_are_excused_in_own_cards(
    choice: LintChoice, severities: list[Level]
) -> None:
    seen = lint([sheet(PARALLEL)], KNOWN, choice).findings
    assert [f.severity for f in seen if f.rule == "near-duplicate"] == severities


@pytest.mark.parametrize(
    ("text", "rule", "part"),
    [
        (typed("contrsat", qa("Who?")), "type", "did you mean contrast?"),
        (typed("contrast", qa("Who?")).replace("gama2014", "gamma2014"), "source",
         "did you mean gama2014?"),
        (f"### x {{type=contrast}}\n{qa('Who?')}\n{qa('What?')}", "missing-id",
         "the heading x stands above 2 cards"),
        (f"### My card {{type=contrast}}\n{qa('Who?')}", "missing-id",
         "write `### some-id {type=contrast}` there"),
        (qa("Who?", "x", f"Variant: A? (x)\nVariant: B? ({'word ' * 50})\n"), "answer-length",
         "variant 2: the answer has 50 words"),
        (PARALLEL.replace("Madrid.", "Madrid.\nVariant: capital the What of France is (Paris.)"),
         "near-duplicate", "variant 1: the question is nearly that of 10-drift.md:1"),
    ],
)  # fmt: skip
def test_a_finding_says_what_it_is_about(text: str, rule: str, part: str) -> None:
    seen = found(text, rule=rule)
    assert any(part in f"{finding.message} {finding.hint}" for finding in seen), seen


# Tables beside the cards


def test_a_verdict_clears_absolute_words_until_the_text_changes() -> None:
    note = sheet(ABSOLUTE).parsed.notes[0]
    for row, cleared in (
        (verdict(fingerprint(note)), True),
        (verdict(fingerprint(note), "wrong"), False),
        (verdict(fingerprint(replace(note, why="changed"))), False),
    ):
        known = replace(KNOWN, record={"an-id": row})
        assert ("absolute-words" not in rules_of(ABSOLUTE, knowledge=known)) is cleared


def test_a_verdict_clears_no_other_rule() -> None:
    text = typed("contrast", qa("Is it fast?", "It depends."))
    known = replace(KNOWN, record={"an-id": verdict(fingerprint(sheet(text).parsed.notes[0]))})
    assert rules_of(text, knowledge=known) == rules_of(text)


def test_released_ids_neither_vanish_nor_come_back() -> None:
    rows = (
        Released("an-id", "active", Place("r.psv", 1)),
        Released("gone", "active", Place("r.psv", 2)),
        Released("old", "retired", Place("r.psv", 3)),
    )  # fmt: skip
    known = Knowledge(released=rows)
    (lost,) = found(ABSOLUTE, rule="released-id", knowledge=known)
    assert (lost.place, lost.severity) == (Place("r.psv", 2), Level.ERROR)
    back = ABSOLUTE.replace("an-id", "old")
    seen = found(back, rule="released-id", knowledge=known)
    assert {(f.place.path, f.place.line) for f in seen} == {
        ("10-drift.md", 7),
        ("r.psv", 1),
        ("r.psv", 2),
    }


def test_ids_are_unique_over_all_files() -> None:
    (double,) = found(ABSOLUTE, ABSOLUTE.replace("Who", "What"), rule="duplicate-id")
    assert double.place.path == "b.md"
    assert "10-drift.md:7" in double.message


def test_a_fault_of_the_curriculum_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DataError(
            "concepts build on each other: a -> b -> a", path="builtin/concepts.psv", line=3
        )

    monkeypatch.setattr("decks.linting.load_concepts", refuse)
    linted = lint_paths([LintFolder(str(BUILTIN))], LintChoice.of(["curriculum", "concept"]))
    (fault,) = linted.findings  # no note is blamed for it
    assert fault.place == Place("builtin/concepts.psv", 3)
    assert "a -> b -> a" in fault.message


def test_tables_are_read_and_refused_by_line(tmp_path: Path) -> None:
    cards, ids = tmp_path / "cards.md", tmp_path / "released.psv"
    cards.write_text(ABSOLUTE)
    ids.write_text("# id | since | status | meaning\nan-id | 0.1.0 | active | x | y\n")
    choice = LintChoice.of(["released-id"])
    assert lint_paths([LintFolder(str(cards))], choice, released=str(ids)).findings == ()
    ids.write_text("an-id | 0.1.0 | active\nother | 0.1.0 | lost\n")
    with pytest.raises(DataError) as caught:
        lint_paths([LintFolder(str(cards))], choice, released=str(ids))
    assert caught.value.line == 2
    with pytest.raises(UsageError):
        lint_paths([LintFolder(str(cards))], choice, record=str(tmp_path / "none.psv"))


# Estimates


@pytest.mark.parametrize(
    ("unit", "formula", "front", "rules"),
    [
        ("ms", "n * 2", "How long do {n} take?", []),
        ("", "n * 2", "How long do {n} take?", ["unit"]),
        ("ms", "n * m", "How long do {n} take?", ["template"]),
        ("ms", "n * 2", "How long do {k} take?", ["template"]),
        ("ms", "max(n, 2e3)", "{n} take how long?", []),
    ],
)
def test_an_estimate_has_a_unit_and_names_what_it_draws(
    unit: str, formula: str, front: str, rules: list[str]
) -> None:
    read = sheet(typed("estimate", qa(front, "{ans}")))
    estimate = Estimate((Parameter("n", ("1", "2")),), formula, unit)
    note = replace(read.parsed.notes[0], estimate=estimate)
    choice = LintChoice.of(["unit", "template"])
    seen = lint([Sheet(read.path, replace(read.parsed, notes=(note,)))], KNOWN, choice)
    assert [finding.rule for finding in seen.findings] == rules


# Whole decks


def deck(*notes: tuple[str, str, str], complete: bool = True, explained: str = "Words.") -> str:
    """A deck of notes: concept, type, and what stands below the card."""
    head = f"---\ndeck: X\ncomplete: {str(complete).lower()}\n---\n"
    parts, above = [head], ""
    for number, (concept, kind, more) in enumerate(notes):
        if concept != above:
            parts.append(f"\n## {concept}\n> sources: gama2014\n\n{explained}\n")
        above = concept
        card = f"C: Gap [{number}] here\n" if kind == "cloze" else qa(f"Q{number}", f"A{number}")
        parts.append(f"\n### note-{number} {{type={kind}}}\n{card}{more}")
    return "".join(parts)


VARIANT = "Variant: Now with 9 cores (x)\n"
SOUND = (
    ("drift", "diagnose", VARIANT), ("drift", "choose", ""), ("shift", "diagnose", ""),
    ("shift", "cloze", ""),
)  # fmt: skip
WHOLE = ("concept-cards", "explained", "type-mix", "variants")


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (deck(*SOUND), []),
        (deck(*SOUND[:3]), ["concept-cards"]),  # a single note of shift
        (deck(*SOUND[:2]), ["concept-cards"]),  # shift without cards
        (deck(*SOUND[:3], ("shift", "diagnose", "")), ["concept-cards"]),  # one type
        (deck(*SOUND, explained=""), ["explained", "explained"]),
        (deck(("drift", "diagnose", ""), *SOUND[1:]), ["variants"]),
        (deck(("drift", "diagnose", "Variant: Q0 (x)\n"), *SOUND[1:]), ["variants"]),
        (deck(*SOUND[:2], complete=False), []),
    ],
)
def test_complete_decks_hold_what_their_concepts_need(text: str, rules: list[str]) -> None:
    seen = [finding.rule for finding in found(text) if finding.rule in WHOLE]
    assert seen == rules


@pytest.mark.parametrize(
    ("naming", "contrasts", "others", "findings"),
    [(32, 0, 68, 0), (33, 0, 67, 1), (0, 45, 55, 0), (0, 46, 54, 1), (33, 20, 47, 2)],
)
def test_the_mix_of_types_is_judged_at_its_thresholds(
    naming: int, contrasts: int, others: int, findings: int
) -> None:
    kinds = ["definition"] * naming + ["contrast"] * contrasts + ["diagnose"] * others
    text = deck(*(("drift", kind, "") for kind in kinds))
    assert len(found(text, rule="type-mix")) == findings
    assert found(text.replace("complete: true", "complete: false"), rule="type-mix") == []


def many(naming: int, others: int, *, name: str = "X", complete: bool = True, at: int = 0) -> str:
    """A deck of so many definitions and so many cards that are operational."""
    kinds = ["definition"] * naming + ["diagnose"] * others
    text = deck(*(("drift", kind, "") for kind in kinds), complete=complete)
    return text.replace("deck: X", f"deck: {name}").replace("note-", f"note-{at}-")


NEXT = "\n<!-- next deck file -->\n"


@pytest.mark.parametrize(
    ("texts", "paths"),
    [
        ([many(4, 2), many(0, 14, at=1)], []),  # 4 of 20, in two files
        ([many(0, 14), many(4, 2, at=1, complete=False)], []),
        ([many(2, 2), many(2, 2, at=1)], ["10-drift.md"] * 2),
        ([many(2, 2, complete=False), many(2, 2, at=1)], ["b.md"] * 2),  # where it is said
        ([many(0, 3) + NEXT + many(9, 0, name="Y", at=1, complete=False)], []),
        ([many(9, 0, complete=False) + NEXT + many(0, 3, name="Y", at=1)], []),
        ([many(9, 0) + NEXT + many(0, 30, name="Y", at=1)], ["10-drift.md"] * 2),
    ],
)
def test_a_deck_is_judged_as_a_whole_in_whatever_files(texts: list[str], paths: list[str]) -> None:
    assert [finding.place.path for finding in found(*texts, rule="type-mix")] == paths


def test_each_file_of_a_complete_deck_is_held_to_the_standard() -> None:
    texts = [f"---\ndeck: X\n---\n\n{qa('Who?')}", deck(*SOUND), qa("Who?")]
    linted = lint([sheet(text, path) for text, path in zip(texts, "abc", strict=True)], KNOWN, ANY)
    assert list(linted.standards.values()) == [Standard.DECK, Standard.DECK, Standard.OWN]


def test_cards_of_a_concept_may_stand_in_two_files_of_its_deck() -> None:
    halves = [deck(*SOUND[:1], SOUND[2]), deck(*SOUND[1:2], SOUND[3])]
    texts = [halves[0], halves[1].replace("note-", "note-1-").replace("complete: true\n", "")]
    assert [f.rule for f in found(*texts) if f.rule in WHOLE] == []
    assert {f.rule for f in found(texts[0]) if f.rule in WHOLE} == {"concept-cards"}


def test_shares_that_round_to_the_threshold_are_told_exactly() -> None:
    kinds = ["contrast"] * 5 + ["diagnose"] * 6
    (flaw,) = found(deck(*(("drift", kind, "") for kind in kinds)), rule="type-mix")
    assert flaw.message.startswith("6 of 11 notes (54.5%) ask")


def test_a_deck_of_a_learner_may_have_concepts_of_its_own() -> None:
    text = deck(*SOUND).replace("shift", "mine").replace("drift", "ours")
    seen = found(text, paths=("mine.md",))
    assert [finding.rule for finding in seen if finding.rule in WHOLE] == []


# In any order, in little time


SHEETS = [sheet(case.text, f"{case.rule} {case.name}.md") for case in CASES[::7]]


@profile(max_examples=25)
@given(st.permutations(SHEETS))
def test_findings_are_the_same_in_any_order_of_files(sheets: list[Sheet]) -> None:
    seen = lint(sheets, KNOWN, ANY)
    assert seen == lint(SHEETS, KNOWN, ANY)
    assert list(seen.findings) == sorted(seen.findings)


def test_findings_are_the_same_in_any_order_of_paths(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.md").write_text(qa("Who drifts at noon?", f"{name} does."))
    folders = [LintFolder(str(tmp_path / one)) for one in ("b.md", "", "a.md", "c.md")]
    assert lint_paths(folders, ANY) == lint_paths(folders[::-1], ANY)
    assert lint_paths(folders, ANY).notes == 3


NOTE = sheet(qa("Who?")).parsed.notes[0]
SAID = [*"abcdefghij", "the", "of", "is", "2", "3"]
QUESTIONS = st.lists(st.sampled_from(SAID), min_size=1, max_size=12).map(" ".join)
ASKED = st.tuples(QUESTIONS, st.sampled_from(SAID), st.sampled_from(["x", "y", "x y z", "w y z"]))


def are_near(one: Bag, other: Bag) -> bool:
    """As the standard has it: of all words of the two, 70% are in both."""
    common = len(one.words & other.words)
    return 10 * common >= 7 * len(one.words | other.words)


@pytest.mark.parametrize("own", [False, True])
@profile(max_examples=300)
@given(drawn=st.lists(ASKED, max_size=15))
def test_what_is_alike_is_found_without_comparing_all(
    drawn: list[tuple[str, str, str]], own: bool
) -> None:
    bags = [
        Bag.asked(subject, which, text, answer)
        for question, more, answer in drawn
        for subject in (Subject(NOTE, own),)
        for which, text in (("", question), ("variant 1: ", f"{question} {more}"))
    ]

    def are_same(one: Bag, bag: Bag) -> bool:
        excused = one.formed and bag.formed and share_form(Form.of(one), Form.of(bag))
        return one.subject is not bag.subject and are_near(one, bag) and not excused

    expected = {
        id(bag.subject)
        for at, bag in enumerate(bags)
        if any(are_same(one, bag) for one in bags[:at])
    }
    pairs = list(alike(bags))
    assert {id(bag.subject) for bag, _ in pairs} == expected
    assert all(are_same(one, bag) for bag, one in pairs)


@pytest.mark.parametrize("place", [0, 900, 1_700])
def test_near_duplicates_are_found_among_many_that_begin_alike(place: int) -> None:
    cards = [qa(f"What is thing{n}?", f"{n} things.") for n in range(1_700)]
    cards[place:place] = [qa("What is backpressure?"), qa("What is a backpressure?", "Other.")]
    for text in ("".join(cards), "".join(cards[::-1])):
        assert len(found(text, rule="near-duplicate")) == 1


def hostile() -> dict[str, str]:
    many, size = range(2_000), 100_000
    signs = ("-", '"', "(", "[", "$", ".", "\n", "a? ", "A0", "|-", "Aa: ", "1,", "\n- a", "$1 ")
    runs = {sign: sign * (size // len(sign)) for sign in signs}
    return {sign: qa(f"x{run}y?", f"a{run}b") for sign, run in runs.items()} | {
        "equal questions": "".join(qa("Who drifts?", f"{n}") + "\n" for n in many),
        "one word apart": "".join(qa(f"Who of all is {n} now?", f"{n}") + "\n" for n in many),
        "variants": qa("Who?", "x", "".join(f"Variant: {n} (x)\n" for n in many)),
    }


HOSTILE = hostile()


def cpu_s(work: Callable[[], object]) -> float:
    """The seconds of CPU that it takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


@pytest.mark.parametrize("text", HOSTILE.values(), ids=map(repr, HOSTILE))
def test_no_text_takes_long(text: str) -> None:
    read = sheet(text)
    counting = cpu_s(lambda: sum(range(20_000_000)))  # 0.15 to 0.4 s, where the longest takes 0.6
    spent = cpu_s(lambda: lint([read], KNOWN, LintChoice.of(standard="deck")))
    assert spent < 12 * counting  # far more if it were squared


def test_a_wrong_heading_above_many_cards_is_looked_up_once() -> None:
    cards = "".join(f"### n{n} {{type=slip}}\nQ: Who is {n}?\nA: It.\n" for n in range(300))
    before = errors._close.cache_info().misses
    said = lint([sheet(f"## canary-deploymnt\n{cards}")], KNOWN, LintChoice.of())
    assert {"concept", "type"} <= {finding.rule for finding in said.findings}
    assert errors._close.cache_info().misses - before <= 3


def test_faults_of_one_note_are_findings_each() -> None:
    text = qa("Is it fast?", "It depends.", "Why: TODO\n")
    assert rules_of(text, standard="own") == ["it-depends", "residue", "yes-no"]


def test_the_closing_words_of_trade_offs_are_no_copy() -> None:
    one, other = (qa(f"You double the {what} of the whole fleet. {TRADEOFF}") for what in "ab")
    assert "copied-text" not in rules_of(one, other)

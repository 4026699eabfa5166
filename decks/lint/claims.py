"""What cards claim: with dates where facts change, without words that are hardly ever true."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from decks.lint.dated import changing
from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Sheet, Subject
from decks.lint.words import prose
from decks.model import Place

_ABSOLUTE = re.compile(
    r"\b(always|never|only|guarantee(?:s|d)?|fixed|(?:at )?any scale|eliminate(?:s|d)?)\b", re.I
)
_RESIDUE = re.compile(
    r"\b(TODO|FIXME|TBD\b|[Tt]odo(?=\s?:)|[Hh]mm+(?![A-Za-z])"
    r"|(?i:wait, (?:actually|no\b)|wait[\s,.;:…–—-]{0,4}\s(?:let me|let['’]s see)\b"
    r"|let me (?:re-?think|reconsider|rephrase|re-?calculate|re-?check|recompute)"
    r"|let me think\b(?! of| step)|I['’]m confused|I am confused|I apologi[sz]e for"
    # "sold as an AI product" is a claim like any other
    r"|as an AI\b(?:(?=\s*(?:[,.;:!?]|$))|,? (?=(?:I|my)\b)|(?: language)? (?:model|assistant)\b"
    r"|(?: \w+){1,2},? (?=(?-i:I)\b))"
    r"|I (?:cannot|can['’]t) (?:help|assist) with|(?:sure|certainly)[,!] here(?:['’]s| is| are)"
    r"|lorem ipsum))"
)
_RESIDUE_HINTS = (
    "todo", "fixme", "tbd", "hmm", "wait", "let me", "confused", "apolog", "an ai", "help",
    "assist", "sure,", "sure!", "certainly,", "certainly!", "lorem",
)  # fmt: skip
# Part numbers (KX-4471) are names.
_ACRONYM = re.compile(r"(?<![A-Za-z0-9])([A-Z][A-Z0-9]{1,5})s?(?![A-Za-z0-9]|-\d\d)")
_JOINED = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Z0-9]*+(?:[-/&][A-Z0-9]+)+")  # TF-IDF
# "(XQZ)", "XQZ (extra quick zone)"
_EXPLAINED = re.compile(r"\(([A-Z][A-Z0-9]{1,5})s?\)|(?<![A-Za-z0-9])([A-Z][A-Z0-9]{1,5})s? (?=\()")
_WORD = re.compile(r"\w+")
# Units, and words that are shouted.
_SHOUTED = """
KB MB GB TB PB EB KIB MIB GIB TIB KHZ MHZ GHZ THZ KW MW GW KWH DB NOT AND OR ALL ANY NO NONE YES
IF THE ONE TWO IS ON OFF TRUE FALSE NULL NOW BOTH AM PM OK US UK EU UN NYC LA TODO FIXME II III
USD EUR GBP JPY CHF IV VI VII VIII IX XI XII
MUST SHOULD SHALL MAY ONLY EVERY EACH SAME FIRST LAST MOST LEAST MORE LESS NEVER ALWAYS BEFORE
AFTER STOP TBD IT GET PUT POST
"""
_NO_ACRONYM = frozenset(_SHOUTED.split())


def _absolute(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    found = dict.fromkeys(word.lower() for word in _ABSOLUTE.findall(subject.claims))
    if found:
        hint = "say when it holds, or have the note checked: a verdict clears this (--record)"
        yield subject.flaw(f"absolute: {', '.join(found)}", hint)


def _residue(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if not _may_be_left("\n".join(subject.texts)):
        return
    for text in subject.texts:
        if found := _RESIDUE.search(text):
            yield _left(found, subject.note.place)
            return


def _may_be_left(text: str) -> bool:
    """Whether it is worth a search; ten times as fast."""
    small = text.lower()
    return any(hint in small for hint in _RESIDUE_HINTS)


def _residue_above(sheet: Sheet, _: Knowledge) -> Iterator[Flaw]:
    """What was left in the explanations of concepts, which learners read as well."""
    asked = {note.concept for note in sheet.parsed.notes}
    for slug, text, place in sheet.parsed.explanations:
        if slug in asked and (found := _RESIDUE.search(prose(text))):
            yield _left(found, place, f" that explains {slug}")


def _left(found: re.Match[str], place: Place, where: str = "") -> Flaw:
    hint = "finish the card: take out what was said while it was written"
    return Flaw(f'"{found[0].strip()}" was left in the text{where}', hint, place)


def _volatile(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if subject.note.as_of:
        return
    if what := changing(subject):
        hint = "write `as_of: 2026-03` into the head of the file, or leave the number out"
        yield subject.flaw(f"{what} changes, and no date says when it was true", hint)


def _acronyms(subject: Subject, knowledge: Knowledge) -> Iterator[Flaw]:
    text = "\n".join(subject.texts)
    if not _unknown(text, knowledge):
        return
    # Without TF-IDF and its like, which are known as a whole.
    text = _JOINED.sub(lambda one: "" if one[0] in knowledge.glossary else one[0], text)
    explained = {one for pair in _EXPLAINED.findall(text) for one in pair} | {*_spelled_out(text)}
    unknown = [one for one in _unknown(text, knowledge) if one not in explained]
    if unknown:
        hint = "write it out, explain it in parentheses, or add it to the glossary"
        yield subject.flaw(f"not in the glossary: {', '.join(unknown)}", hint)


def _unknown(text: str, knowledge: Knowledge) -> list[str]:
    found = dict.fromkeys(filter(_is_acronym, _ACRONYM.findall(text)))
    return [one for one in found if one not in knowledge.glossary]


def _is_acronym(word: str) -> bool:
    """Whether a word in capitals is short for something: no unit, nothing shouted, no `P99`."""
    return word not in _NO_ACRONYM and sum(char.isalpha() for char in word) > 1


def _spelled_out(text: str) -> Iterator[str]:
    """Acronyms beside the words that they are made of: "extra quick zone, XQZ"."""
    words = _WORD.findall(text)
    for at, word in enumerate(words):
        if word.isupper():
            before, behind = words[max(at - len(word), 0) : at], words[at + 1 : at + 1 + len(word)]
            if _are_initials(word, before) or _are_initials(word, behind):
                yield word


def _are_initials(acronym: str, words: Sequence[str]) -> bool:
    """Whether the letters are those that the words begin with; X stands for "ex" as well."""
    return len(words) == len(acronym) and all(
        word.upper().startswith((letter, "EX") if letter == "X" else letter)
        for letter, word in zip(acronym, words, strict=True)
    )


RULES = (
    Rule("absolute-words", WARNING,
         "no always, never, only, guarantees, fixed, any scale, eliminates",
         note=_absolute, cleared=True),
    Rule("residue", ERROR, "nothing left over from writing: TODO, hmm, as an AI", own=WARNING,
         note=_residue, deck=_residue_above),
    Rule("volatile", ERROR, "a date (as_of) for prices, bandwidths, limits, the state of the art",
         note=_volatile),
    Rule("acronym", WARNING, "acronyms that the glossary or the card explains", note=_acronyms),
)  # fmt: skip

"""Questions: one at a time, with one answer, that can be read without the page they stand on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.types import TWOFOLD
from decks.lint.words import sentences, unquoted

_MARKS = re.compile(r"\?+")
_REASON = re.compile(r"\bwhy\s*\?+\s*$", re.IGNORECASE)
_SECOND = re.compile(r"\band (how|why|what)\b(?!-)", re.IGNORECASE)
# "between what was logged and what was served" is one thing.
_PAIRED = re.compile(r"[a-z] (?:what|how|why)\b")
_AUXILIARY = re.compile(
    r"(?:was(?= (?:the|a|an|it|this|that|there|any|your|our|their|his|her|its)\b)"  # not German
    r"|is|are|were|am|do|does|did|can|could|will|would|shall|should|may|might|must|has|have"
    r"|had)(?:n't|n’t)?\b|(?:can|wo)n['’]t\b|cannot\b",
    re.IGNORECASE,
)
# What makes it ask for more than yes or no.
_OPEN = re.compile(
    r"\bor\b|\bwhy\b|(?:,|;|\band)\s+(?:and )?(?:if so,? |by |in |on |at |for |under |with |to )?"
    r"(?:how|which|what|where|when)\b"
    r"|^(?:can|could|would|will) you (?:say|name|tell|give|find|see)\b",
    re.IGNORECASE,
)
# A case before the question: "If p99 rises, is …".
_CASE = re.compile(
    r"(?:if|when|while|given|suppose|in|under|with|for|after|before|during|at|on|as)\b"
    r"(?:(?!\b(?:what|which|who|whom|whose|where|why|how)\b)[^?,]){1,200}, ",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r" (?:the|an?|it|they|you|we|this|that|these|there|its|your|our|their|any|each|every|all)\b",
    re.IGNORECASE,
)
_TRUE_FALSE = re.compile(r"true or false\b|true ?/ ?false\b", re.IGNORECASE)
_VAGUE = re.compile(
    r"(?:please )?(?:(explain(?! (?:plan|analy[sz]e)\b)|describe|discuss|tell|what are)\b(?!-)"
    r"|(list|name)(?= (?:the|a|an|all|any|some|each|every|both|one|its|their|your|at|as|what|which"
    r"|two|three|four|five|six|seven|ten|\d|several|common|main|key|possible|different|typical"
    r"|advantages|disadvantages|reasons|types|examples|steps|ways|components|methods)\b))",
    re.IGNORECASE,
)
_PLURAL = re.compile(
    r"(list|name)(?= [a-z-]+s (?:of|for|that|in|to|why|by|from|with)\b)", re.IGNORECASE
)
_TERM = re.compile(r"[a-z][\w-]*(?: [\w-]+){0,2}")
_REFERS = re.compile(
    r"(it|this|that|they)\b(?!['’])(?! (?:takes?|took|is now|is \d))", re.IGNORECASE
)
_ABOVE = re.compile(r"\b(the above\b(?!-)|(?:as )?(?:mentioned|described|shown) above)", re.I)
_APPROACH = re.compile(r"\bthis (?:approach|method|technique)\b", re.IGNORECASE)
# What a question may point to, since it stands in the card.
_SHOWN = re.compile("```|~~~|!\\[|\\$\\$|^ {0,3}(?:\\||>)|^ {4}\\S", re.MULTILINE)


def _several(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if subject.is_cloze:
        return
    hint = "ask one thing; make a second card, or a Variant:, of the other"
    twofold = subject.note.type in TWOFOLD
    text = unquoted(subject.question)
    asked = len(_MARKS.findall(text))
    if asked > 1 and not (twofold and asked == 2 and _REASON.search(text)):
        yield subject.flaw(f"{asked} questions in one card", hint)
    elif not twofold and (second := _second(text)):
        yield subject.flaw(f'a second question: "and {second} …"', hint)


def _second(text: str) -> str:
    """The word that begins a second question within a sentence."""
    for sentence in sentences(text):
        found = _SECOND.search(sentence) if sentence.endswith("?") else None
        if found and not _PAIRED.search(sentence, 0, found.start()):
            return found[1].lower()
    return ""


def _yes_no(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if subject.is_cloze:
        return
    texts = [subject.question, *(variant.front for variant in subject.note.variants)]
    for text in texts:
        parts = sentences(unquoted(text))
        asked = [one for one in parts if one.endswith("?")][-1:]
        told = any(map(_TRUE_FALSE.match, (*parts[:1], *parts[-1:])))
        if told or any(map(_asks_yes_no, asked)):
            hint = "ask what follows, which of two, or what decides: a guess is half right"
            yield subject.flaw("the question can be answered with yes or no", hint)
            return


def _asks_yes_no(sentence: str) -> bool:
    """Whether the sentence begins, or goes on behind its case, as such a question does."""
    case = _CASE.match(sentence)
    found = _AUXILIARY.match(sentence, case.end() if case else 0)
    if found is None or (case and not _SUBJECT.match(sentence, found.end())):
        return False
    return not _OPEN.search(sentence)


def _vague(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    text = "" if subject.is_cloze else unquoted(subject.question)
    parts = sentences(text)
    for part in dict.fromkeys((*parts[:1], *parts[-1:])):
        found = _VAGUE.match(part) or (None if "?" in text else _PLURAL.match(part))
        if found and not _TERM.fullmatch(part):
            word = (found[1] or found[2]).capitalize()
            hint = "ask for one consequence, cause, choice or number that only one answer fits"
            yield subject.flaw(f'"{word} …" asks for an essay or a list', hint)
            return


def _ambiguous(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if subject.is_cloze or _SHOWN.search(subject.front):
        return
    text = unquoted(subject.question)
    parts = sentences(text)
    found = _REFERS.match(text) or _ABOVE.search(text)
    found = found or (_APPROACH.search(parts[0]) if parts else None)
    if found and not _TERM.fullmatch(text):
        hint = "name the thing: the card is seen alone, in any order"
        yield subject.flaw(f'"{found[0]}" refers to something outside the card', hint)


RULES = (
    Rule("several-questions", WARNING, "one question in a card", own=WARNING, note=_several),
    Rule("yes-no", ERROR, "questions that yes or no does not answer", own=WARNING, note=_yes_no),
    Rule("vague-opener", ERROR, "no Explain, Describe, Discuss, List, Name, Tell, What are",
         own=WARNING, note=_vague),
    Rule("ambiguous-reference", ERROR, "no It, This, the above that the card does not name",
         own=WARNING, note=_ambiguous),
)  # fmt: skip

"""Questions: one at a time, with one answer, that can be read without the page they stand on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks import cloze
from decks.lint.polar import is_polar
from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.types import TWOFOLD
from decks.lint.words import sentences, unquoted

_MARKS = re.compile(r"\?+")
_REASON = re.compile(r"\bwhy\s*\?+\s*$", re.IGNORECASE)
_SECOND = re.compile(r"\band (how|why|what)\b(?!-)", re.IGNORECASE)
# "between what was logged and what was served" is one thing, "say what it is and what it does" two.
_INNER = re.compile(r"\b(?!(?:in|at|by|on|to|for|under|with|and|or) )[a-z]+ (what|how|why)\b")
_COMPARING = re.compile(
    r"\b(?:between|apart|separat|distinguish|compar|differ|diverg|disagree|match)", re.IGNORECASE
)
_REQUEST = re.compile(
    r"(?:please |now |then )?(?:(?:do|can|could|would|will) you|say|state|tell|give|write|name|list"
    r"|explain|describe|discuss|show|sketch|outline|define|decide|justify|argue|recall)\b(?!-)",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?:what|which|who|whom|whose|where|when|why|how)\b", re.IGNORECASE)
_ESSAYS = (
    "explain",
    "describe",
    "discuss",
    "tell",
    "what are",
    "what're",
    "what’re",
    "list",
    "name",
)
_VAGUE = re.compile(
    r"(?:(?:please|now|then|also|briefly|in your own words),? )?"
    r"(?:(explain(?! (?:plan|analy[sz]e)\b)|describe|discuss|tell"
    r"|what(?: are|['’]re)(?! the (?:odds|chances)\b))\b(?!-)"
    r"|(list|name)(?= (?:the|a|an|all|any|some|each|every|both|one|its|their|your|at|as|what|which"
    r"|two|three|four|five|six|seven|ten|\d|several|common|main|key|possible|different|typical"
    r"|advantages|disadvantages|reasons|types|examples|steps|ways|components|methods)\b))",
    re.IGNORECASE,
)
# In a text without a question these are verbs, but for "Name resolution", "List prices".
_LISTING = re.compile(
    r"(list|name)(?![\w'’-])(?! (?:of|is|was)\b)"
    r"(?! (?:prices?|comprehensions?|resolution|servers?|spaces?|mangling|collisions?|clash(?:es)?)"
    r"\b(?! (?:of|for|that|in|to|why|by|from|with)\b))",
    re.IGNORECASE,
)
_TERM = re.compile(r"(?!(?:explain|describe|discuss) \S+ )[a-z][\w-]*(?: [\w-]+){0,2}")
# No reference: "IT" in capitals, "It is 3 pm", "It takes 3 of 5 nodes to …", "This Is …" (a title).
_REFERS = re.compile(
    r"[^\w¤]*"
    r"(?!it(?:['’]s| is| was) (?:now )?(?:noon|midnight|\d{1,2}(?::\d\d| ?[ap]\.?m\b| o['’]clock)"
    r"|(?:19|20)\d\d\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:jan|febr)uary|march|april|may"
    r"|june|july|august|(?:septem|octo|novem|decem)ber))"
    r"(?!it (?:takes|took) (?!too\b)[^.?!;:,]{1,60} to [a-z])"
    r"((?:(?-i:[Ii]t)|this|that|they)(?:['’](?:s|re|ll|d|ve))?)(?![\w'’-])"
    r"(?!(?-i: (?:Is|Are|Was|Were|Has|Can|Will|Must)\b))",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"\b(the above\b(?!-)|(?:as )?(?:mentioned|described|shown) above"
    r"|the (?:example|figure|code|table|diagram|text) above)",
    re.IGNORECASE,
)
_APPROACH = re.compile(r"\bthis (?:approach|method|technique)\b", re.IGNORECASE)
_SENTENCE_END, _CLAUSE_END = re.compile(r"[.!?]\W|\n[ \t]*\n"), re.compile(r"[,;:.–—]")
# "It is the [ranker] that …" names what it speaks of.
_BEFORE_NAME = re.compile(
    r"\W*(?:it|this|that|they|these) (?:is|are|was|were)(?: called)?(?: the| an?)? ", re.IGNORECASE
)
_BEHIND_NAME = re.compile(r"\s*(?::|(?:that|who|which)\b)")
# What a question may point to, since it stands in the card.
_SHOWN = re.compile("```|~~~|!\\[|\\$\\$|^ {0,3}(?:\\||>)|^ {4}\\S", re.MULTILINE)


def _several(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    hint = "ask one thing; make a second card, or a Variant:, of the other"
    declared = _declared(subject.note.type)
    for which, question, _answer in subject.wordings:
        text = unquoted(question)
        asked = len(_MARKS.findall(text)) if text.count("?") > 1 else 1
        if asked > 1 and not (declared > 1 and asked == 1 + 1 and _REASON.search(text)):
            yield subject.flaw(f"{which}{asked} questions in one card", hint)
        elif seconds := _seconds(text)[declared - asked :]:
            yield subject.flaw(f'{which}one question more: "and {seconds[0]} …"', hint)


def _declared(kind: str) -> int:
    """How many things a card of this type may ask for."""
    return 3 if kind == "tradeoff" else 2 if kind in TWOFOLD else 1


def _seconds(text: str) -> list[str]:
    """The words that begin further questions within sentences that ask."""
    lowered = text.lower()
    if "and wh" not in lowered and "and how" not in lowered:
        return []
    parts = sentences(text)
    last = [] if "?" in text else parts[-1:]
    return [
        word
        for part in parts
        if part.endswith("?") or _REQUEST.match(part) or (part in last and _WORD.match(part))
        for word in _seconds_of(part)
    ]


def _seconds_of(sentence: str) -> Iterator[str]:
    """Such words of one sentence, but for those that pair with one before them."""
    inner = dict[str, int]()
    if _COMPARING.search(sentence) or not _REQUEST.match(sentence):
        for found in _INNER.finditer(sentence):
            inner.setdefault(found[1], found.start())
    for found in _SECOND.finditer(sentence):
        word = found[1].lower()
        if inner.get(word, len(sentence)) > found.start():
            yield word


def _yes_no(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    hint = "ask what follows, which of two, or what decides: a guess is half right"
    for which, question, _answer in subject.wordings:
        text = unquoted(question)
        if is_polar(text) and not _is_phrase(subject, text):
            yield subject.flaw(f"{which}the question can be answered with yes or no", hint)


def _is_phrase(subject: Subject, text: str) -> bool:
    """Whether a card of one's own asks for words: "are you kidding"."""
    return not subject.note.type and text[:1].islower() and "?" not in text


def _vague(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    hint = "ask for one consequence, cause, choice or number that only one answer fits"
    for which, question, _answer in subject.wordings:
        text = unquoted(question)
        if (word := _vague_opener(text)) and not _is_term(subject, text):
            yield subject.flaw(f'{which}"{word} …" asks for an essay or a list', hint)


def _vague_opener(text: str) -> str:
    """The word with which it, or its last sentence, asks for too much."""
    lowered = text.lower()
    if not any(word in lowered for word in _ESSAYS):
        return ""
    parts = sentences(text)
    for part in dict.fromkeys((*parts[:1], *parts[-1:])):
        found = _VAGUE.match(part) or (None if "?" in text else _LISTING.match(part))
        if found:
            return (found[1] or found[2]).capitalize()
    return ""


def _is_term(subject: Subject, text: str) -> bool:
    """Whether a card of one's own asks for a word: "explain plan", "tell a lie"."""
    return not subject.note.type and _TERM.fullmatch(text) is not None


def _ambiguous(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    hint = "name the thing: the card is seen alone, in any order"
    for which, question, written in _forms(subject):
        text, gapped = unquoted(question), subject.is_cloze and not which
        word = _reference_first(text)
        if word and gapped and _gap_names(subject.note.front):
            word = ""
        word = word or _reference_later(text, _CLAUSE_END if gapped else _SENTENCE_END)
        if word and not _SHOWN.search(written) and not _is_term(subject, text):
            yield subject.flaw(f'{which}"{word}" refers to something outside the card', hint)


def _forms(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """All that is read first: which form it is, its prose, and how it is written."""
    if subject.is_cloze:
        yield "", subject.question, subject.front
    written = [variant.front for variant in subject.note.variants]
    own = [] if subject.is_cloze else [subject.front]
    for form, text in zip(subject.wordings, (*own, *written), strict=True):
        yield form.which, form.question, text


def _reference_first(text: str) -> str:
    """The word that opens it and refers to what came before."""
    found = _REFERS.match(text)
    return found[1] if found else ""


def _reference_later(text: str, ends: re.Pattern[str]) -> str:
    """Other words that do, but for "this approach" behind what may have named it."""
    if "above" in text and (found := _ABOVE.search(text)):
        return found[0]
    found = _APPROACH.search(text) if "his " in text else None
    if found is None or found.start() == 0 or ends.search(text, 0, found.start()):
        return ""
    return found[0]


def _gap_names(text: str) -> bool:
    """Whether the subject of a sentence is a gap, or what "It" speaks of is: "It is [x] that"."""
    gap = next(iter(cloze.find_gaps(text)), None)
    if gap is None:
        return False
    before, behind = text[: gap.start], text[gap.end :]
    if not any(map(str.isalnum, before)):
        return True
    return bool(_BEFORE_NAME.fullmatch(before) and _BEHIND_NAME.match(behind))


RULES = (
    Rule("several-questions", WARNING, "one question in a card", own=WARNING, note=_several),
    Rule("yes-no", ERROR, "questions that yes or no does not answer", own=WARNING, note=_yes_no),
    Rule("vague-opener", ERROR, "no Explain, Describe, Discuss, List, Name, Tell, What are",
         own=WARNING, note=_vague),
    Rule("ambiguous-reference", ERROR, "no It, This, the above that the card does not name",
         own=WARNING, note=_ambiguous),
)  # fmt: skip

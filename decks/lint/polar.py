"""Polar questions: those that yes or no answers, known by the verb that opens them."""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

from decks.lint.words import sentences

_ALTERNATIVE = re.compile(r"\b(?:or|why)\b", re.IGNORECASE)
# Both answers are named, and neither is an alternative.
_GUESS = r"(?:true ?(?:or|/) ?false|yes ?(?:or|/) ?no)\b"
_GUESSED = re.compile(rf"\b{_GUESS}|\bor not(?=\W*\Z)", re.IGNORECASE)
_TO_GUESS = re.compile(rf"\W*{_GUESS}", re.IGNORECASE)
_CLOSERS = "!\"'”’)]*_ "  # may stand behind a question mark
_VERB = (
    r"(?P<verb>(?:is|are|was|were|am(?= I\b)|do|does|did|can|could|will|would|shall|should|may"
    r"|might|must|has|have|had|need|ought)(?:n['’]t)?|(?:ca|wo|sha)n['’]t|cannot)"
    r"(?![\w'’‑–-])\s+(?![\s,;:.?!])"
)
_LINK = r"(?P<link>(?:so|and|but|then|now|thus|hence|also|yet)\b,? )?"
_OPENING = re.compile(rf"[^\w¤]*_*{_LINK}{_VERB}", re.IGNORECASE)
_LATER = re.compile(rf"([;:–—,\n¤]|(?<=\s)-)\s*+{_LINK}{_VERB}", re.IGNORECASE)
# Without one of these no sentence or clause opens so: most texts are read no closer.
_ANY = re.compile(rf"[^\w \t][ \t]*+_*(?:{_GUESS}|{_LINK}{_VERB})", re.IGNORECASE)
_CASE = re.compile(
    r"(?:if|when|while|given|suppose|in|under|with|for|after|before|during|at|on|as)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(r"\b(?:what|which|who|whom|whose|where|why|how)\b", re.IGNORECASE)
# "Does is a form of which verb?", "Will of iron"
_NO_SUBJECT = re.compile(
    r"(?:is|are|was|were|am|be|been|do|does|did|has|have|had|can|could|will|would|shall|should|may"
    r"|might|must|of|in|on|at|to|from|with|for|by|as)(?![\w'’‑–-])"
)
_DETERMINED = re.compile(
    r"(?:the|an?|it|they|you|we|I|he|she|this|that|there|these|those|its|your|our|their|his|her"
    r"|my|any|each|every|all|both|some|no|one|two|three|more|most|many)\b"
)
_PRONOUN = re.compile(r"(?:you|we|I|they|these|those|there|any|many|most|both)\b")
# "shards help", but not "backups before …"
_PLURAL_SUBJECT = re.compile(
    r"[\w-]*[^\Ws]s (?!(?:of|in|on|at|to|from|with|without|for|by|before|after|until|when)\b)\w"
)
_NAME = re.compile(r"[A-Z][a-z]")
# Verbs that are nouns and names too: "Can openers", "May Day", "Will Smith", "MUST".
_NOUNS = frozenset(("can", "can't", "will", "won't", "may", "might", "must", "need", "ought"))
_ORDERS = frozenset(("do", "don't", "have"))
_ORDERED = re.compile(r"(?:not|never|nothing|so(?! m)|this|that|it)\b")  # "Do not retry"
_CONDITIONS = frozenset(("were", "had", "should"))
_QUESTION_WORD = r"(?:what|which|who|whom|whose|where|when|why|how)\b"
_PREPOSITION = r"(?:(?:in|on|at|by|for|from|to|with|under|of|after)\s++)?"
# "Were p99 to double, who would notice?", but not "…, by how much?"
_THEN = re.compile(
    rf"[,;:–—]\s++(?:(?:then|so)\s++)?{_PREPOSITION}{_QUESTION_WORD}"
    r"(?!\s+(?:much|many|long|far|often)\W*\Z)",
    re.IGNORECASE,
)
_AHEAD = re.compile(rf"[:–—]\s++{_PREPOSITION}{_QUESTION_WORD}", re.IGNORECASE)
# A question word where the answer would stand: "May Day falls on which date?"
_IN_PLACE = re.compile(
    r"(?<![\w'’-])([\w'’-]++)\s"
    r"(?:(?:what|which|whose|how many|how much)(?:\s[\w'’-]++){0,3}|whom|where|when|who|how)\W*\Z",
    re.IGNORECASE,
)
_ADDED = re.compile(rf"\band {_PREPOSITION}{_QUESTION_WORD}", re.IGNORECASE)
_REPORTING = frozenset(
    ("tell", "show", "say", "know", "see", "decide", "determine", "reveal", "explain",
     "find", "predict", "detect", "learn", "choose", "pick", "guess", "check", "measure", "name")
)  # fmt: skip
_ENGLISH = re.compile(
    r"\b(?:the|an?|it|this|that|there|any|your|our|their|his|her|its|by|of|before|after|when|while"
    r"|from|to|for|with|until|during|than|enough|not)\b"
)
_GERMAN = re.compile(
    r"[äöüß]|\b(?:der|das|den|dem|des|ein|eine[nmrs]?|ist|sind|wird|werden|hat|haben|kann|muss|soll"
    r"|du|ich|wir|ihr|und|nicht|mit|beim?|vo[nm]|zu[mr]?|im|auf|aus|nach|wenn|gibt|macht|tut)\b"
    r"|\A(?:(?:be|ver|ent|er|zer|ge)\w+t|\w+(?:iert|tet|igt))\b|\A[a-z]+t(?: [A-Z]|\?)"
)
_LEAST = 3  # words of a question without a mark: "Can openers" is a term
_MOST = 5  # clauses of a sentence that are looked at


class _Opening(NamedTuple):
    """A verb that may open a question, and what follows it in the sentence."""

    verb: str  # in small letters
    rest: str
    noun: bool  # may be one


def is_polar(text: str) -> bool:
    """Whether yes or no answers a question; what it quotes has been taken out.

    Its first sentence or its last one that asks opens with an auxiliary verb, and nowhere in it
    stand "or" and "why".
    """
    if not _ANY.search("\n" + text):
        return False
    parts = sentences(text)
    if any(map(_TO_GUESS.match, (*parts[:1], *parts[-1:]))):
        return True
    asked = [part for part in parts if part.rstrip(_CLOSERS).endswith("?")]
    judged = dict.fromkeys((*parts[:1], *(asked or parts)[-1:]))
    opens = any(
        _asks(part) if part in asked else _asks_unmarked(part, alone=not asked) for part in judged
    )
    return opens and not _ALTERNATIVE.search(_GUESSED.sub(" ", text))


def _asks(sentence: str) -> bool:
    """Whether a sentence with a question mark opens so, be it behind a case."""
    found = _OPENING.match(sentence)
    if found and _is_question(_opening(found)):
        return True
    for clause in islice(_LATER.finditer(sentence), _MOST):
        if _ASKING.search(sentence, 0, clause.start()):
            return False
        opening = _opening(clause)
        if _ends_case(clause) and _is_question(opening) and not _THEN.search(opening.rest):
            return True
    return False


def _opening(found: re.Match[str]) -> _Opening:
    verb = found["verb"].replace("’", "'")
    noun = verb.lower() in _NOUNS or verb.isupper()
    return _Opening(verb.lower(), found.string[found.end() :], noun)


def _ends_case(clause: re.Match[str]) -> bool:
    """Whether what stands before a clause is the case that it asks about."""
    sign, sentence = clause[1], clause.string
    if sign in "\n¤":  # a new line; what was a quoted sentence
        return clause["verb"][0].isupper() and not clause["verb"].isupper()
    if sign != "," or (clause["link"] or "").lower().startswith("so"):
        return True
    if "," in sentence[: clause.start()] and not _DETERMINED.match(sentence, clause.end()):
        return False  # "If p99, measured here, is above 50 ms"
    return _CASE.match(sentence) is not None


def _is_question(opening: _Opening) -> bool:
    """Whether a sentence with a question mark and such a verb asks so."""
    verb, rest, noun = opening
    if _is_other(opening) or (verb in _CONDITIONS and _THEN.search(rest)):
        return False
    if not noun and verb not in _ORDERS:
        return True
    if _AHEAD.search(rest):
        return False
    in_place = None if _DETERMINED.match(rest) else _IN_PLACE.search(rest)
    return not in_place or in_place[1].lower() in _REPORTING or bool(_ADDED.search(rest))


def _asks_unmarked(sentence: str, *, alone: bool) -> bool:
    """Whether a sentence without a question mark opens so, maybe as the only one to ask."""
    found = _OPENING.match(sentence)
    if found is None:
        return False
    opening = _opening(found)
    verb, rest, noun = opening
    if _is_other(opening) or (verb in _CONDITIONS and ("," in rest or not alone)):
        return False
    long = len(rest.split(None, _LEAST)) + 1 >= _LEAST
    if verb in _ORDERS:
        return bool(_PRONOUN.match(rest) or (alone and long and _PLURAL_SUBJECT.match(rest)))
    if _DETERMINED.match(rest):
        return True
    return long and (not noun or (alone and not _NAME.match(rest)))


def _is_other(opening: _Opening) -> bool:
    """Whether it has no subject, is an order, or German: "Was ist …"."""
    verb, rest, _ = opening
    if verb == "was" and not _ENGLISH.search(rest) and _GERMAN.search(rest):
        return True
    return bool(_NO_SUBJECT.match(rest) or (verb in _ORDERS and _ORDERED.match(rest)))

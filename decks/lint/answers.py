"""Answers: one thing, which the question does not give away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from decks import cloze
from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.words import content, tokens, without_code
from decks.spans import blanked, math_ranges

_BULLET = re.compile(
    r"^[ \t>]*(?:[-*+•‣◦▪–—]|(?:\d{1,3}|[A-Za-z])[.)])[ \t]+\S|<li(?=[\s>])", re.MULTILINE
)
# "**Inputs:** x", and where a sentence or a line begins "**Inputs** – x", "**Inputs.** X".
_BOLD, _PLAIN = r"(?:\*\*|__|<b>|<strong>)", r"(?:\*\*|__|</b>|</strong>)"
_BOLD_LABEL = re.compile(
    rf"{_BOLD}[^*<\n]{{1,60}}?(?::{_PLAIN}|{_PLAIN}[ \t]?:)"
    rf"|(?:^|[.;!?][ \t])[ \t>]*{_BOLD}[^*<\n]{{1,60}}?"
    rf"(?:{_PLAIN}(?:[ \t]?[–—-][ \t]|[ \t]{{0,3}}$)|\.{_PLAIN}[ \t]+[^\s*_<])",
    re.MULTILINE,
)
_LABEL = re.compile(r"(?:^|[.;!?]\s+|\n[ \t]*)(?:[-*+][ \t]+)?\**[A-Z][\w -]{1,24}\**:(?=[\s*])")
_PARENTHESES = re.compile(r"\([^()]*\)")
_ITEMS = 3
_SHARE = 0.6
_MOST_GAPS_COMPARED = 10
_NAMED = 5  # words in a message
# Where a clause of the question ends in which alternatives stand.
_CLAUSE = re.compile(
    r"[.;:?!](?=\s|\Z)|\b(?:when|while|if|unless|before|after|because|since|what|which|how|why|both"
    r"|do|does|did|(?<!that )(?<!who )(?:is|are|was|were|can|could|will|would|shall|should|must|may"
    r"|might|has|have|had))\b",
    re.IGNORECASE,
)
_OR = re.compile(r"\b(?:or|versus|vs)\b", re.IGNORECASE)
_AND_OR = re.compile(r"\b(?:and|or|versus|vs)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\b[^,]*", re.IGNORECASE)
_WHICH_OF = re.compile(r"\bwhich (?:one|of)\b", re.IGNORECASE)
_SHORT = 3  # words of an alternative before a comma: "batch, streaming or on demand"
_NUMBER = re.compile(r"(?:\w+\s|[~≈])?[$€£¥¤]?(\d[\d.,]*+)")  # ¤: an escaped sign
_LEAD = r"""
well|so|both|either|neither|maybe|perhaps|yes and no|generally(?: speaking)?|usually|typically
|mostly|often|sometimes|ultimately|honestly|frankly|of course|in (?:general|practice|theory|short)
|in the end|to be honest|as (?:always|ever|usual)
|there is no (?:single|one|universal|general|right|best) \w+
"""
_WHAT = r"""
it|this|that|all|everything
|(?:the|which|any) (?:(?:right|best|correct|better) )?(?:answer|choice|decision|option|one|solution)
"""
_HOW = r"""
all|also|really|very much|largely|mostly|mainly|heavily|strongly|highly|greatly|simply|just
|entirely|completely|partly|ultimately|always|usually|often|would|will|can|may|might|could|should
"""
_DEPENDS = re.compile(
    rf"(?:(?:{_LEAD})[,;:.]?\s+){{0,2}}(?:(?:{_WHAT})\s+)?(?:(?:{_HOW})\s+){{0,3}}"
    r"depend(?:s|(ing))?\b(\s+(?:\w+\s+){0,2}?(?:up)?on\b)?".replace("\n", ""),
    re.IGNORECASE,
)
# Where ends what it depends on: "on freshness: …", "on the case, but …"; "depending on x, …".
_BREAK = r"[.?!](?=\s|$)|[:;(–—]|\s-\s|\n\s*\n"
_TURN = (
    r"but|so|yet|though|although|usually|often|typically|mostly|generally|because|since|as|which"
)
_END = re.compile(rf"{_BREAK}|,\s*(?:{_TURN})\b|\s(?:but|because|although)\b", re.IGNORECASE)
_END_EARLY = re.compile(rf"{_BREAK}|,")
_COUNTED = re.compile(r"(?: on)? (?:one|two|three|2|3) \w+:\s+\w", re.IGNORECASE)  # "two things: …"
# What decides nothing: "on the use case", "on many factors such as …".
_VAGUE = """
answer application ask aspect bit business care case choice choose circumstance condition
constraint context data depend detail entirely environment everything factor goal greatly heavily
kind like lot matter nature need optimise optimize optimising optimizing particular perspective
preference priority problem product project purpose question requirement scenario setting several
situation specific strongly system task thing trade-off tradeoff type use-case usecase various
want workload
"""
_ANYTHING = content(_VAGUE)
_FACTORS = re.compile(
    r"\b(?:many|several|various|multiple|different|other|few|number of|lots? of|sorts of|kinds of)"
    r" (?:\w+ )?(?:factor|thing|aspect|consideration|variable|parameter|criteri|circumstance)",
    re.IGNORECASE,
)
# What says which way: "below a minute, stream", "stream for clicks, batch for bills".
_SOME = r"(?!some\b|others?\b|many\b|certain\b|different\b|each\b|both\b|all\b)"
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|unless|whether|where|until|once|otherwise|given|provided|as long as"
    r"|(?:less|more|fewer|greater|larger|smaller|longer|shorter) than|at (?:least|most)"
    r"|(?:below|above|under|over|within|beyond)\s(?=an?\b|one\b|half\b|two\b|the\b|\W?\d))"
    r"|[<>≤≥→⇒]|(?<!it )(?<!you )(?<!we )\b(?:needs?|wants?|favou?rs?|calls? for|justif(?:y|ies))\b"
    rf"|\bfor {_SOME}.{{1,80}}\bfor {_SOME}|\bwith\b.{{1,80}}\bwithout\b"
    r"|\bsmall.{1,80}\b(?:large|big)|\b(?:large|big).{1,80}\bsmall"
    r"|\blow.{1,80}\bhigh|\bhigh.{1,80}\blow|\bfew.{1,80}\bmany|\bmany.{1,80}\bfew",
    re.IGNORECASE | re.DOTALL,
)
# Where the answer is a translation, "It depends." is the thing that was asked for.
_TRANSLATES = re.compile(r"\btranslat|\bhow do you say\b|\bin English\b", re.IGNORECASE)


class _Enumeration(NamedTuple):
    """Three signs in order that make a list within a line: (1) … (2) … (3)."""

    last: str  # without which the text need not be searched
    signs: tuple[str, ...]  # expressions
    outside: bool = False  # of what stands in parentheses


def _enumerations() -> Iterator[_Enumeration]:
    # (1) but not f(1), nor as one mentions a formula: "from (1), (2) and (3)"
    alone = r"(?!\s*(?:(?:,|&|–|-|and\b|or\b|to\b)\s*){1,3}\()"
    for one, two, three in ("123", "abc", "ABC", ("i", "ii", "iii"), ("I", "II", "III")):
        enclosed = [rf"(?<!\w)\({sign}\)" for sign in (one, two, three)]
        yield _Enumeration(f"({three})", (enclosed[0] + alone, enclosed[1] + alone, enclosed[2]))
        closed = [rf"(?<!\S){sign}\)(?=\s)" for sign in (one, two, three)]
        yield _Enumeration(f"{three})", tuple(closed), outside=True)
        if one in ("1", "a"):
            dotted = [rf"(?<!\S){sign}\.(?=\s)" for sign in (two, three)]
            yield _Enumeration(f" {three}. ", (rf"(?:^|[.:;!?–—]\s){one}\.(?=\s)", *dotted))
    for signs in ("①②③", "❶❷❸", "⑴⑵⑶", [f"{digit}\ufe0f\u20e3" for digit in "123"]):
        yield _Enumeration(signs[2], tuple(signs))


_ENUMERATIONS = tuple(_enumerations())


def backs(subject: Subject) -> tuple[str, ...]:
    """The answers of its wordings as written."""
    own = () if subject.is_cloze else (subject.note.back,)
    return (*own, *(variant.back for variant in subject.note.variants))


def _list(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    for wording, back in zip(subject.wordings, backs(subject), strict=True):
        items = _items(_without_formulas(without_code(back)))
        if items < _ITEMS or (subject.note.type == "tradeoff" and _is_of_parts(back, items)):
            continue
        hint = (
            "lists are forgotten in parts: ask for the one item that matters, make a card of each,"
            " or a C: with [gaps] where the order matters"
        )
        yield subject.flaw(f"{wording.which}the answer is a list of {items}", hint)


def _is_of_parts(back: str, items: int) -> bool:
    """Whether a list is of the labelled parts of a trade-off and of nothing else."""
    return items == _ITEMS and len(_LABEL.findall(back)) >= _ITEMS


def _without_formulas(text: str) -> str:
    if "$" not in text and "\\" not in text:
        return text
    return blanked(text, [(formula.start, formula.end) for formula in math_ranges(text)])


def _items(text: str) -> int:
    """The most items of a list that the text may be taken for."""
    counted = [0]
    if text.count("\n") >= _ITEMS - 1 or "<li" in text:
        counted.append(len(_BULLET.findall(text)))
    if "**" in text or "__" in text or "<" in text:
        counted.append(len(_BOLD_LABEL.findall(text)))
    if any(_is_in_order(text, one) for one in _ENUMERATIONS if one.last in text):
        counted.append(_ITEMS)
    return max(counted)


def _is_in_order(text: str, enumeration: _Enumeration) -> bool:
    """Whether the signs stand in the text one behind the other."""
    if enumeration.outside:
        text = _PARENTHESES.sub("", text)
    at = 0
    for sign in enumeration.signs:
        found = re.compile(sign, re.MULTILINE).search(text, at)
        if found is None:
            return False
        at = found.end()
    return True


def _parts(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if subject.note.type == "tradeoff" and not subject.is_cloze:
        labels = len(_LABEL.findall(subject.note.back))
        if labels < _ITEMS:
            hint = "write `Gain: … Price: … Zero gain: …`"
            yield subject.flaw("the trade-off does not name its three parts", hint)


def _flip(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if subject.note.type == "choose" and not subject.note.flip:
        hint = "add a line `Flip:` with the change of a constraint that reverses the choice"
        yield subject.flaw("nothing says when the other choice would win", hint)


def _given_away(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if subject.is_cloze:
        yield from _gaps_given_away(subject)
    if subject.note.estimate:
        return
    hint = "ask with other words, or in a case where these do not fall"
    for which, question, answer in subject.wordings:
        number = _leading_number(answer)
        if number and number not in question:
            continue  # the number is the answer; what follows is how it came about
        telling, shared = _shared(question, answer)
        if shared:
            words = ", ".join(_spelled(answer, shared))
            message = f"the question holds {len(shared)} of the answer's {len(telling)}"
            yield subject.flaw(f"{which}{message} telling words ({words})", hint)


def _shared(question: str, answer: str) -> tuple[frozenset[str], frozenset[str]]:
    """The telling words of an answer, and those in the question; none if these are few."""
    asked, telling = content(question), content(answer)
    if _is_much(telling & asked, telling):  # sparing words lowers the share: most end here
        telling = content(_without_labels(answer, asked)) - _offered(question)
        if _is_much(telling & asked, telling):
            return telling, telling & asked
    return frozenset(), frozenset()


def _is_much(shared: frozenset[str], telling: frozenset[str]) -> bool:
    return bool(shared) and len(shared) >= _SHARE * len(telling)


def _offered(question: str) -> frozenset[str]:
    """The words of alternatives that the question offers: an answer cannot but repeat them."""
    found = [
        piece
        for clause in _CLAUSE.split(question)
        for piece in (*_listed(clause, _OR), *_BETWEEN.findall(clause))
    ]
    if which := _WHICH_OF.search(question):
        clauses = _CLAUSE.split(question[: which.start()])
        clauses += _CLAUSE.split(question[which.end() :], maxsplit=1)[:1]
        found += [piece for clause in clauses for piece in _listed(clause, _AND_OR)]
    return content(" ".join(found))


def _listed(clause: str, joint: re.Pattern[str]) -> list[str]:
    """What stands beside "or" in a clause, and short items that lead up to it."""
    items = clause.split(", ")
    joined = [at for at, item in enumerate(items) if joint.search(item)]
    if not joined:
        return []
    first = joined[0]
    if joint.match(items[first].lstrip()):
        first = max(first - 1, 0)  # "…, or …"
    while first and len(items[first - 1].split()) <= _SHORT:
        first -= 1
    return items[first : joined[-1] + 1]


def _without_labels(answer: str, asked: frozenset[str]) -> str:
    """The answer without labels that take up the question: "Star: … Snowflake: …"."""
    return _LABEL.sub(lambda found: " " if content(found[0]) <= asked else found[0], answer)


def _spelled(answer: str, stems: frozenset[str]) -> list[str]:
    """The first words of the answer that have these stems."""
    found = (word for word in tokens(answer) if stems & content(word))
    return list(islice(dict.fromkeys(found), _NAMED))


def _leading_number(answer: str) -> str:
    found = _NUMBER.match(answer)
    return found[1] if found else ""


def _gaps_given_away(subject: Subject) -> Iterator[Flaw]:
    text = subject.note.front
    gaps = cloze.find_gaps(text)
    if len(gaps) > _MOST_GAPS_COMPARED:
        return
    for gap in gaps:
        hidden = content(gap.text)
        rest = cloze.plain(text[: gap.start]) + " " + cloze.plain(text[gap.end :])
        if hidden and len(hidden & content(rest)) >= _SHARE * len(hidden):
            hint = "say the rest of the sentence with other words, or hide these too"
            yield subject.flaw(f'the sentence gives "{gap.text}" away', hint)


def _depends(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    for which, question, answer in subject.wordings:
        found = _DEPENDS.match(answer.lstrip())
        if found and not _TRANSLATES.search(question) and not _says_on_what(found):
            hint = "name what decides, and say which way; or put the condition into the question"
            yield subject.flaw(f'{which}"it depends" without what it depends on', hint)


def _says_on_what(depends: re.Match[str]) -> bool:
    """Whether an answer goes on to name what decides, or to say which way in a case."""
    text, at = depends.string, depends.end()
    end = (_END if depends[2] and not depends[1] else _END_EARLY).search(text, at)
    named = text[at : end.start() if end else len(text)]
    if _COUNTED.match(text, depends.start(2) if depends[2] else at):
        return True
    if content(named) - _ANYTHING and not _FACTORS.search(named):
        return True
    return end is not None and _CONDITION.search(text, end.start()) is not None


RULES = (
    Rule("list-answer", ERROR, "answers that are no list of three or more", own=WARNING,
         note=_list),
    Rule("tradeoff-parts", ERROR, "gain, price and zero gain, each with its label", note=_parts),
    Rule("flip", ERROR, "a Flip: line on every choose card", note=_flip),
    Rule("answer-in-question", WARNING, "questions that hold less than 60% of the answer's words",
         own=WARNING, note=_given_away),
    Rule("it-depends", ERROR, '"it depends" with the condition that decides', own=WARNING,
         note=_depends),
)  # fmt: skip

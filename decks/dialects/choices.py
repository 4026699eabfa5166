"""Choices of a question in YAML, in the several ways they are written. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from string import ascii_uppercase
from typing import NamedTuple

from decks.dialects.standings import spelt
from decks.yaml_nodes import Items, Node, Pairs, Scalar, texts, value

LISTS = ("choices", "options", "alternatives")
_MARKED = "answers"  # a list of choices only where some are marked as correct
_TEXTS = ("text", "value", "content", "option", "choice", "answer", "label", "title")
_LABELS = ("key", "id", "letter", "label")
_CORRECT = ("correct", "is-correct", "iscorrect", "right", "answer")
_REMARKS = ("explanation", "feedback", "why", "rationale", "comment", "note")
_KEYS = ("answer", "correct", "correct-answer", "correct-answers", "correct-choice",
         "correct-option", "answers", "solution", "answer-key", "correct-key", "a")  # fmt: skip
_INDEX_KEYS = ("answer-index", "correct-index", "correct-answer-index", "correct-option-index")
_LETTER = re.compile(r"([A-Za-z])[.):]\s+(.+)", re.DOTALL)
_TRUE = ("true", "yes", "on", "y", "x", "1")


class Choice(NamedTuple):
    """One choice: `label` as written, "" if it has none."""

    text: str
    label: str = ""
    is_correct: bool = False
    remark: str = ""


class Chosen(NamedTuple):
    """A list of choices for the question, and what belongs to the answer."""

    listed: str
    answer: str  # the correct ones; "" if none is marked
    explanation: str  # what was written for the answer besides
    remarks: str  # on single choices


def as_item(text: str, mark: str = "- ") -> str:
    """A text as one item of a list of markdown, its further lines indented."""
    return mark + text.strip().replace("\n", "\n" + " " * len(mark))


def has(keys: Mapping[str, Node]) -> bool:
    """Whether a card has choices."""
    return bool(_choices(keys))


def counting(cards: Iterable[Mapping[str, Node]]) -> int | None:
    """Whether the cards of a file count their choices from 0 or from 1; None if nothing tells."""
    for keys in cards:
        offered = _choices(keys)
        if not offered or any(choice.is_correct for choice in offered):
            continue
        for text in _answers(keys):
            number = _number(text)
            if number is None or _named(offered, text):
                continue
            if number in (0, len(offered)):
                return 0 if number == 0 else 1
    return None


def read(keys: Mapping[str, Node], back: str, counts: int | None) -> Chosen | str:
    """The choices of a card, or why they cannot be asked, with what to do behind a bar."""
    offered = _choices(keys)
    correct = [at for at, choice in enumerate(offered) if choice.is_correct]
    explanation = back
    if not correct:
        found = _pointed_at(keys, offered, counts)
        if isinstance(found, str):
            return found
        correct = found
        if back in _answers(keys) or back == "\n".join(map(as_item, _answers(keys))):
            explanation = "" if correct else back
    named = _named(offered, explanation)
    if named and all(at in correct for at in named):
        explanation = ""  # it only points at a correct one
    names = _names(offered)
    whole = [f"{name}. {choice.text}" for name, choice in zip(names, offered, strict=True)]
    answer = [whole[at] for at in correct]
    return Chosen(
        "\n".join(as_item(text) for text in whole),
        answer[0] if len(answer) == 1 else "\n".join(as_item(text) for text in answer),
        explanation,
        "\n".join(
            as_item(f"{name}. {choice.remark}")
            for name, choice in zip(names, offered, strict=True)
            if choice.remark
        ),
    )


def _names(offered: Sequence[Choice]) -> list[str]:
    """The letters or labels to show: the written ones if all differ, else A, B, C."""
    labels = [choice.label.strip().rstrip(".)") for choice in offered]
    labels = [label.upper() if len(label) == 1 else label for label in labels]
    short = all(0 < len(label) <= 8 and " " not in label for label in labels)
    if short and len(set(labels)) == len(labels):
        return labels
    return [ascii_uppercase[at] if at < 26 else str(at + 1) for at in range(len(offered))]


def _choices(keys: Mapping[str, Node]) -> list[Choice]:
    for name in LISTS:
        if found := _listed(keys.get(name)):
            return found
    found = _listed(keys.get(_MARKED))
    return found if any(choice.is_correct for choice in found) else []


def _listed(node: Node | None) -> list[Choice]:
    if isinstance(node, Items):
        found = [_choice(inner) for inner in node.nodes]
        return _lettered([choice for choice in found if choice.text])
    if isinstance(node, Pairs):  # A: text
        return [
            Choice(text, key.text)
            for key, inner in node.pairs
            if isinstance(inner, Scalar) and (text := inner.text.strip())
        ]
    return []


def _lettered(offered: list[Choice]) -> list[Choice]:
    """The choices with the letters before their texts, `A) so`, as their labels."""
    found = [_LETTER.fullmatch(choice.text) for choice in offered]
    letters = "".join(each[1].upper() for each in found if each)
    if len(letters) < max(len(offered), 2) or not ascii_uppercase.startswith(letters):
        return offered
    return [
        choice._replace(text=each[2], label=each[1])
        for choice, each in zip(offered, found, strict=True)
        if each
    ]


def _choice(node: Node) -> Choice:
    if isinstance(node, Scalar):
        return Choice(node.text.strip())
    if isinstance(node, Items):
        return Choice("")
    keys = {spelt(key.text): inner for key, inner in node.pairs}
    if len(keys) == 1 and not set(keys) & set(_TEXTS):  # `- A: text`
        (key, inner), *_ = node.pairs
        return Choice(inner.text.strip() if isinstance(inner, Scalar) else "", key.text)
    text_key = next((name for name in _TEXTS if _words(keys.get(name))), "")
    label = next((t for name in _LABELS if name != text_key and (t := value(keys.get(name)))), "")
    marks = (value(keys.get(name)) for name in _CORRECT if name != text_key)
    return Choice(
        _words(keys.get(text_key)),
        label,
        any(mark.casefold() in _TRUE for mark in marks),
        next((t for name in _REMARKS if (t := value(keys.get(name)).strip())), ""),
    )


def _words(node: Node | None) -> str:
    """A text even where YAML takes it for nothing: `null` is a fair choice."""
    return node.text.strip() if isinstance(node, Scalar) else ""


def _answers(keys: Mapping[str, Node]) -> list[str]:
    return next((found for name in _KEYS if (found := texts(keys.get(name)))), [])


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _named(offered: Sequence[Choice], text: str) -> list[int]:
    """The choices that a text names, by their words or by their label."""
    words = text.strip().casefold()
    exact = [at for at, choice in enumerate(offered) if choice.text.casefold() == words]
    if exact:
        return exact[:1]
    if (lettered := _LETTER.fullmatch(words)) and (both := _named(offered, lettered[1])):
        return both if offered[both[0]].text.casefold() == lettered[2] else []
    bare = words.rstrip(".)")
    names = _names(offered)
    return [at for at, name in enumerate(names) if name.casefold() == bare][:1]


def _pointed_at(
    keys: Mapping[str, Node], offered: Sequence[Choice], counts: int | None
) -> list[int] | str:
    for name in _INDEX_KEYS:
        numbers = [_number(text) for text in texts(keys.get(name))]
        found = [at for at in numbers if at is not None and at < len(offered)]
        if numbers and len(found) == len(numbers):
            return found
    correct: list[int] = []
    for text in _answers(keys):
        number = _number(text)
        parts = [text] if _named(offered, text) or "," not in text else text.split(",")
        if named := [at for part in parts for at in _named(offered, part)]:
            if len(named) == len(parts):
                correct += named
        elif number is not None and number <= len(offered):
            if counts is None:
                return f"nothing tells which choice {text} is | write its letter or its words"
            if 0 <= number - counts < len(offered):
                correct.append(number - counts)
    return list(dict.fromkeys(correct))

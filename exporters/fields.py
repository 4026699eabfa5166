"""Card markdown to HTML that is safe in another program's web view. Pure.

All HTML is ours: whatever the author wrote is text. Formulas become MathJax's delimiters, and what
Anki would take for its own syntax becomes entities.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from markdown_it import MarkdownIt

from decks.cloze import find_gaps
from decks.spans import math_ranges

# Beyond this, markdown can be made to take quadratic time; the text is shown as it is.
_LONGEST_MARKDOWN = 16_384
# Noncharacters: they stand for a formula or a gap while markdown is rendered.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_TOKEN = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufdd0\ufdd1\ud800-\udfff]")
_ANKI_SYNTAX = re.compile(r"\{\{|\}\}|\[(?=(?:sound|anki):|/?latex\]|/?\$\$?\])")
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!<p>).)*)</p>\n?", re.DOTALL)


def _image(tokens: Any, index: int, _options: Any, _environment: Any) -> str:
    return escape(tokens[index].content)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
    parser.validateLink = lambda url: url.startswith(("https://", "http://"))  # type: ignore[method-assign]
    parser.add_render_rule("image", lambda _self, *rest: _image(*rest))
    return parser


_MARKDOWN = _parser()


def html(text: str) -> str:
    """The markdown as HTML. Never empty for a text that is not blank."""
    return _finish(*_with_formulas(_fit(text), []))


def cloze_html(text: str, numbers: Mapping[str, int]) -> str:
    """The same for a cloze text, its gaps as Anki's deletions; `numbers` gives each key's number.

    A gap whose key has no number is plain text.
    """
    text = _fit(text)
    found: list[str] = []
    pieces, end = [], 0
    for gap in find_gaps(text):
        pieces.append(text[end : gap.start])
        end = gap.end
        if gap.key not in numbers:
            pieces.append(gap.text)
            continue
        hint = f"::{_entities(escape(gap.hint), cloze=True)}" if gap.hint else ""
        pieces += [
            _hold(found, f"{{{{c{numbers[gap.key]}::"),
            gap.text,
            _hold(found, f"{hint}}}}}"),
        ]
    pieces.append(text[end:])
    return _finish(*_with_formulas("".join(pieces), found), cloze=True)


def plain(text: str) -> str:
    """Text that is not markdown, escaped."""
    return _entities(escape(_fit(text)))


def _fit(text: str) -> str:
    return _UNFIT.sub("�", text.replace("\r\n", "\n").replace("\r", "\n"))


def _hold(found: list[str], replacement: str) -> str:
    found.append(replacement)
    return f"{_OPEN}{len(found) - 1}{_CLOSE}"


def _with_formulas(text: str, found: list[str]) -> tuple[str, list[str]]:
    pieces, end = [], 0
    for formula in math_ranges(text):
        body = text[formula.start + formula.width : formula.end - formula.width]
        if _OPEN in body:
            continue  # a gap lies inside: better readable text than a broken formula
        left, right = (r"\[", r"\]") if formula.display else (r"\(", r"\)")
        pieces += [text[end : formula.start], _hold(found, left + _entities(escape(body)) + right)]
        end = formula.end
    pieces.append(text[end:])
    return "".join(pieces), found


def _finish(text: str, found: list[str], *, cloze: bool = False) -> str:
    if len(text) > _LONGEST_MARKDOWN:
        rendered = escape(text).replace("\n", "<br>")
    else:
        rendered = _MARKDOWN.render(text).strip()
        only = _ONE_PARAGRAPH.fullmatch(rendered)
        rendered = only[1] if only else rendered
    rendered = _entities(rendered or escape(text), cloze=cloze)
    return _TOKEN.sub(lambda match: found[int(match[1])], rendered)


def _entities(markup: str, *, cloze: bool = False) -> str:
    if cloze:
        markup = markup.replace("::", "&#58;&#58;")
    return _ANKI_SYNTAX.sub(lambda match: "".join(f"&#{ord(c)};" for c in match[0]), markup)

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
_DEEPEST = 20  # blocks inside blocks; markdown-it drops what lies deeper
# Noncharacters: they stand for a formula or an end of a gap while markdown is rendered. Emphasis
# looks at its neighbours, so a gap is a letter to those outside and punctuation to those inside.
_OPEN, _CLOSE, _INSIDE = "\ufdd0", "\ufdd1", "‖"
_TOKEN = re.compile(f"{_OPEN}(\\d+)[{_INSIDE}{_CLOSE}]|{_INSIDE}(\\d+){_CLOSE}")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufdd0\ufdd1\ud800-\udfff]")
_ANKI_SYNTAX = re.compile(r"\{\{|\}\}|\[(?=(?:sound|anki):|/?latex\]|/?\$\$?\])", re.IGNORECASE)
# Single ones too, for they may stand at the edge of a deletion: `{{c1::set {a}}}`, `{{c1::a:::b}}`.
_CLOZE_SYNTAX = re.compile(f"[{{}}]|:{{2,}}|:(?={_INSIDE})")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_IMAGE = re.compile(
    r"data:image/|[^:]*\.(?:png|jpe?g|gif|svg|webp|avif|bmp|tiff?)(?:[?#]|$)", re.IGNORECASE
)
_TAG = re.compile(r"<[^>]*>")
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!<p>).)*)</p>\n?", re.DOTALL)


def _drop_local_links(state: Any) -> None:
    """A link into the author's folder leads nowhere from Anki: its words stay."""
    is_local = False
    for inline in state.tokens:
        for token in inline.children or ():
            if token.type == "link_open":
                is_local = not _WEB.match(token.attrGet("href"))
            if token.type in ("link_open", "link_close"):
                token.hidden = is_local


def _image(renderer: Any, tokens: Any, index: int, options: Any, environment: Any) -> str:
    """What a picture shows, in words; the file itself does not travel."""
    return escape(renderer.renderInlineAsText(tokens[index].children, options, environment))


def _parser() -> MarkdownIt:
    options = {"html": False, "maxNesting": _DEEPEST}
    parser = MarkdownIt("commonmark", options).enable(["strikethrough", "table"])
    parser.validateLink = lambda url: bool(_WEB.match(url) or _IMAGE.match(url))  # type: ignore[method-assign]
    parser.core.ruler.push("drop_local_links", _drop_local_links)
    parser.add_render_rule("image", _image)
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
        opening = f"{_OPEN}{len(found)}{_INSIDE}"
        closing = f"{_INSIDE}{len(found) + 1}{_CLOSE}"
        found += [f"{{{{c{numbers[gap.key]}::", f"{hint}}}}}"]
        pieces += [opening, gap.text, closing]
    pieces.append(text[end:])
    return _finish(*_with_formulas("".join(pieces), found), cloze=True)


def plain(text: str) -> str:
    """Text that is not markdown, escaped."""
    return _entities(escape(_fit(text)))


def _fit(text: str) -> str:
    return _UNFIT.sub("�", text.replace("\r\n", "\n").replace("\r", "\n"))


def _with_formulas(text: str, found: list[str]) -> tuple[str, list[str]]:
    pieces, end = [], 0
    for formula in math_ranges(text):
        body = text[formula.start + formula.width : formula.end - formula.width]
        if _OPEN in body or _CLOSE in body:
            continue  # a gap lies inside: better readable text than a broken formula
        left, right = (r"\[", r"\]") if formula.display else (r"\(", r"\)")
        pieces += [text[end : formula.start], f"{_OPEN}{len(found)}{_CLOSE}"]
        # Its delimiters keep single braces from the edge of a deletion.
        # Whole, for the bracket of one may begin one of Anki's words ("[sound:").
        found.append(_entities(left + escape(body) + right).replace("::", "&#58;&#58;"))
        end = formula.end
    pieces.append(text[end:])
    return "".join(pieces), found


def _finish(text: str, found: list[str], *, cloze: bool = False) -> str:
    rendered = _entities(_rendered(text), cloze=cloze)
    return _TOKEN.sub(lambda match: found[int(match[1] or match[2])], rendered)


def _rendered(text: str) -> str:
    """HTML, without the `<p>` of an only paragraph; what markdown would swallow stays as it is."""
    environment: dict[str, Any] = {}
    tokens = _MARKDOWN.parse(text, environment) if len(text) <= _LONGEST_MARKDOWN else []
    markup = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, environment).strip()
    is_cut = any(token.level >= _DEEPEST - 1 for token in tokens)
    if is_cut or not _TAG.sub("", markup).strip():
        return escape(text).replace("\n", "<br>")
    only = _ONE_PARAGRAPH.fullmatch(markup)
    return only[1] if only else markup


def _entities(markup: str, *, cloze: bool = False) -> str:
    if cloze:
        markup = _CLOZE_SYNTAX.sub(_as_entities, markup)
    return _ANKI_SYNTAX.sub(_as_entities, markup)


def _as_entities(match: re.Match[str]) -> str:
    return "".join(f"&#{ord(character)};" for character in match[0])

"""Card markdown to HTML that is safe in another program's web view. Pure.

All HTML is ours: whatever the author wrote is text. Formulas become MathJax's delimiters unless a
caller writes them otherwise, pictures that come along are shown, and what Anki would take for its
own syntax becomes entities.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from html import escape
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml

from decks.cloze import Gap, find_gaps
from decks.images import Placed, parted, place, width_px
from decks.spans import math_ranges
from exporters.code import coloured
from exporters.pictures import Show, Shown, in_anki

Formula = Callable[[str, bool], str]  # HTML of a TeX source; True: it stands on a line of its own

# Beyond this, markdown can be made to take quadratic time; the text is shown as it is.
_LONGEST_MARKDOWN = 16_384
_DEEPEST = 20  # blocks inside blocks; markdown-it drops what lies deeper
# Noncharacters: they stand for a formula, a picture or an end of a gap while markdown is rendered.
# Emphasis looks at its neighbours, so a gap is a letter to those outside and punctuation to those
# inside.
_OPEN, _CLOSE, _INSIDE = "\ufdd0", "\ufdd1", "‖"
_TOKEN = re.compile(f"{_OPEN}(\\d+)[{_INSIDE}{_CLOSE}]|{_INSIDE}(\\d+){_CLOSE}")
_IN_ADDRESS = "%;/?:@&=+$,-_.!~*'()#"
_QUOTED = re.compile(f"{quote(_OPEN)}(\\d+){quote(_CLOSE)}")  # in the address of a link
# No text holds a noncharacter afterwards: whoever shows pictures may mark with the others.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ANKI_SYNTAX = re.compile(
    r"\{\{|\}\}|\[(?=\[type:|(?:sound|anki):|/?latex\]|/?\$\$?\])", re.IGNORECASE
)
# What makes MathJax write markup of the author's own, or load code.
_MATHJAX_MARKUP = re.compile(r"\\(?:href|style|class|cssId|data|require)(?![A-Za-z])")
_FORMULA_SIGN = re.compile(r"\\(?=[(\[])")
# Single ones too, for they may stand at the edge of a deletion: `{{c1::set {a}}}`, `{{c1::a:::b}}`.
_CLOZE_SYNTAX = re.compile(f"[{{}}]|:{{2,}}|:(?={_INSIDE})")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_IMAGE = re.compile(
    r"data:image/|[^:]*\.(?:png|jpe?g|gif|svg|webp|avif|bmp|tiff?|heic|pdf|mp3|og[ga]|opus|wav|m4a"
    r"|flac|mp4|webm)(?:[?#]|$)",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^>]*>")
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!<p>).)*)</p>\n?", re.DOTALL)
_NO_MEDIA: Mapping[str, str] = MappingProxyType({})


class _Held(NamedTuple):
    """What a token stands for, and what it was; the latter is empty for the ends of a gap."""

    markup: str
    written: str = ""
    is_gap: bool = False


def _leave_as_written(state: Any) -> None:
    """In code and in attributes, a formula or a picture is the text that its author wrote.

    A gap is one in code as well, where that only turns out now to be code: it must not be told.
    """
    held = state.env["held"]
    if not held:
        return
    for token in (one for block in state.tokens for one in (block, *(block.children or ()))):
        if token.type in ("code_block", "fence", "code_inline"):
            token.content = _TOKEN.sub(partial(_written, held, keeps_gaps=True), token.content)
            token.info = _as_written(token.info, held)
        for name, value in token.attrs.items():
            if isinstance(value, str):
                token.attrs[name] = _as_written(value, held)


def _as_written(text: str, held: list[_Held]) -> str:
    text = _QUOTED.sub(lambda match: quote(_written(held, match), safe=_IN_ADDRESS), text)
    return _TOKEN.sub(partial(_written, held), text)


def _written(held: list[_Held], match: re.Match[str], *, keeps_gaps: bool = False) -> str:
    found = _held(match, held)
    if found is None or not found.written or (keeps_gaps and found.is_gap):
        return match[0]
    return found.written


def _held(match: re.Match[str], held: list[_Held]) -> _Held | None:
    """None for what only looks like a token: an address may spell one."""
    digits = match[match.lastindex or 0]
    number = int(digits) if len(digits) < 9 else len(held)
    return held[number] if number < len(held) else None


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


def _text(renderer: Any, tokens: Any, index: int, options: Any, environment: Any) -> str:
    return _no_formula(escapeHtml(tokens[index].content))


def _no_formula(markup: str) -> str:
    """What MathJax would take for the beginning of a formula, torn apart."""
    return _FORMULA_SIGN.sub(r"\\<span></span>", markup)


def _highlight(code: str, language: str, _attributes: str) -> str:
    """Colours, unless something stands for a formula or a gap: a span would tear it apart."""
    return "" if _OPEN in code or _CLOSE in code else coloured(code, language)


def _parser() -> MarkdownIt:
    options = {"html": False, "maxNesting": _DEEPEST, "highlight": _highlight}
    parser = MarkdownIt("commonmark", options).enable(["strikethrough", "table"])
    parser.validateLink = lambda url: bool(_WEB.match(url) or _IMAGE.match(url))  # type: ignore[method-assign]
    parser.core.ruler.push("leave_as_written", _leave_as_written)
    parser.core.ruler.push("drop_local_links", _drop_local_links)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("text", _text)
    return parser


_MARKDOWN = _parser()


def mathjax(tex: str, display: bool) -> str:
    """A formula between MathJax's delimiters, as Anki wants it."""
    if _MATHJAX_MARKUP.search(tex):
        # A bracket beside it would make a sign of LaTeX of its dollar.
        return plain(f"$${tex}$$" if display else f"${tex}$").replace("$", "&#36;")
    left, right = (r"\[", r"\]") if display else (r"\(", r"\)")
    # Its delimiters keep single braces from the edge of a deletion.
    # Whole, for the bracket of one may begin one of Anki's words ("[sound:").
    return _entities(left + escape(tex) + right).replace("::", "&#58;&#58;")


def html(
    text: str,
    media: Mapping[str, str] = _NO_MEDIA,
    show: Show = in_anki,
    formula: Formula = mathjax,
) -> str:
    """The markdown as HTML. Never empty for a text that is not blank.

    A file that `media` names, by its target as written, is shown as `show` has it; of every other
    there are the words.
    """
    held: list[_Held] = []
    return _finish(_without_inserts(_fit(text), held, media, show, formula), held)


def inline_html(
    text: str,
    media: Mapping[str, str] = _NO_MEDIA,
    show: Show = in_anki,
    formula: Formula = mathjax,
) -> str:
    """The same for what stands within a line: no paragraphs, no lists."""
    held: list[_Held] = []
    made = _inline(_without_inserts(_fit(text), held, media, show, formula), held)
    return _TOKEN.sub(partial(_markup, held), _entities(made))


def gapped_html(
    text: str,
    gapped: Callable[[Gap], str],
    media: Mapping[str, str] = _NO_MEDIA,
    show: Show = in_anki,
    formula: Formula = mathjax,
) -> str:
    """The markdown of a cloze text as HTML, each gap as the HTML that `gapped` makes of it."""
    gaps = ((gap.start, gap.end, gapped(gap)) for gap in find_gaps(_lines(text)))
    text = _fit(text)  # as long as before
    held: list[_Held] = []
    text = _replaced(text, gaps, held, are_gaps=True)
    return _finish(_without_inserts(text, held, media, show, formula), held)


def cloze_html(
    text: str,
    numbers: Mapping[str, int],
    media: Mapping[str, str] = _NO_MEDIA,
    show: Show = in_anki,
) -> str:
    """The same for a cloze text, its gaps as Anki's deletions; `numbers` gives each key's number.

    A gap whose key has no number is plain text.
    """
    gaps, text = find_gaps(_lines(text)), _fit(text)  # as long as before
    held: list[_Held] = []
    pieces, end = [], 0
    for gap in gaps:
        pieces.append(text[end : gap.start])
        end = gap.end
        if gap.key not in numbers:
            pieces.append(_fit(gap.text))
            continue
        hint = f"::{_entities(escape(_fit(gap.hint)), cloze=True)}" if gap.hint else ""
        opening = f"{_OPEN}{len(held)}{_INSIDE}"
        closing = f"{_INSIDE}{len(held) + 1}{_CLOSE}"
        held += [_Held(f"{{{{c{numbers[gap.key]}::"), _Held(f"{hint}}}}}")]
        pieces += [opening, _fit(gap.text), closing]
    pieces.append(text[end:])
    return _finish(_without_inserts("".join(pieces), held, media, show, mathjax), held, cloze=True)


def plain(text: str) -> str:
    """Text that is not markdown, escaped."""
    return _entities(_no_formula(escape(_fit(text))))


def attribute(text: str) -> str:
    """Text for the value of an attribute, where no tag can tear a formula apart."""
    return _attribute(_fit(text))


def _fit(text: str) -> str:
    return _UNFIT.sub("�", _lines(text))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _without_inserts(
    text: str, held: list[_Held], media: Mapping[str, str], show: Show, formula: Formula
) -> str:
    """The text with a token for each picture that is shown, and for each formula."""
    if media:
        text = _replaced(text, _pictures(text, media, show), held)
    return _replaced(text, _formulas(text, formula), held)


def _replaced(
    text: str,
    inserts: Iterable[tuple[int, int, str]],
    held: list[_Held],
    *,
    are_gaps: bool = False,
) -> str:
    pieces, end = [], 0
    for start, stop, markup in inserts:
        written = text[start:stop]
        if _OPEN in written or _CLOSE in written:
            continue  # a gap or a picture lies inside: better readable text than a broken formula
        pieces += [text[end:start], f"{_OPEN}{len(held)}{_CLOSE}"]
        held.append(_Held(markup, written, are_gaps))
        end = stop
    pieces.append(text[end:])
    return "".join(pieces)


def _formulas(text: str, write: Formula) -> Iterator[tuple[int, int, str]]:
    for formula in math_ranges(text):
        body = text[formula.start + formula.width : formula.end - formula.width]
        yield formula.start, formula.end, write(body, formula.display)


def _pictures(text: str, media: Mapping[str, str], show: Show) -> Iterator[tuple[int, int, str]]:
    for placed in place(text):
        if name := media.get(placed.image.path):
            written = text[placed.start : placed.end]
            alt, title = _words(written, placed)
            markup = show(Shown(name, alt, title, width_px(written)))
            yield placed.start, placed.end, markup or alt or _attribute(_file_name(placed))


def _words(written: str, placed: Placed) -> tuple[str, str]:
    """What a picture shows, in words without marks, and its title."""
    inside = _MARKDOWN.parseInline(written, {"held": []})[0].children or []
    found = inside[0] if len(inside) == 1 and inside[0].type == "image" else None
    if found is None:
        return _attribute(placed.image.alt), ""
    renderer: Any = _MARKDOWN.renderer
    alt = renderer.renderInlineAsText(found.children, _MARKDOWN.options, {})
    return _attribute(parted(alt)[0]), _attribute(str(found.attrs.get("title", "")))


def _attribute(words: str) -> str:
    return _entities(_FORMULA_SIGN.sub("&#92;", escape(words)), cloze=True)


def _file_name(placed: Placed) -> str:
    return placed.image.path.rpartition("/")[2]


def _finish(text: str, held: list[_Held], *, cloze: bool = False) -> str:
    rendered = _entities(_rendered(text, held), cloze=cloze)
    return _TOKEN.sub(partial(_markup, held), rendered)


def _markup(held: list[_Held], match: re.Match[str]) -> str:
    found = _held(match, held)
    return found.markup if found else "�"


def _rendered(text: str, held: list[_Held]) -> str:
    """HTML, without the `<p>` of an only paragraph; what markdown would swallow stays as it is."""
    environment: dict[str, Any] = {"held": held}
    tokens = _MARKDOWN.parse(text, environment) if len(text) <= _LONGEST_MARKDOWN else []
    markup = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, environment).strip()
    is_cut = any(token.level >= _DEEPEST - 1 for token in tokens)
    if is_cut or not _TAG.sub("", markup).strip():
        return _no_formula(escape(text)).replace("\n", "<br>")
    only = _ONE_PARAGRAPH.fullmatch(markup)
    return only[1] if only else markup


def _inline(text: str, held: list[_Held]) -> str:
    environment: dict[str, Any] = {"held": held}
    tokens = _MARKDOWN.parseInline(text, environment) if len(text) <= _LONGEST_MARKDOWN else []
    markup = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, environment).strip()
    return markup if _TAG.sub("", markup).strip() else escape(text)


def _entities(markup: str, *, cloze: bool = False) -> str:
    if cloze:
        markup = _CLOZE_SYNTAX.sub(_as_entities, markup)
    return _ANKI_SYNTAX.sub(_as_entities, markup)


def _as_entities(match: re.Match[str]) -> str:
    return "".join(f"&#{ord(character)};" for character in match[0])

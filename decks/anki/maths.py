"""Formulas in fields, in any way that Anki knows, taken out before the HTML is read. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

# Noncharacters: what stands between them is the number of a formula.
OPEN, CLOSE = "\ufdd6", "\ufdd7"
_PLACE = re.compile(f"{OPEN}(\\d+){CLOSE}")
_OPENER = re.compile(
    r"\\\(|\\\[|\[latex\]|\[\$\$?\]|<anki-mathjax\b([^<>]*)>|<(pre|code)\b[^<>]*>", re.IGNORECASE
)
_CLOSERS = {
    "\\(": "\\)", "\\[": "\\]", "[latex]": "[/latex]", "[$]": "[/$]", "[$$]": "[/$$]",
    "<anki": "</anki-mathjax>", "<pre": "</pre", "<code": "</code",
}  # fmt: skip
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_LINE = re.compile(r"<br\b[^<>]*>|</?(?:div|p)\b[^<>]*>", re.IGNORECASE)
_DELIMITED = re.compile(r"\$\$(.+)\$\$|\\\[(.+)\\\]|\$(.+)\$|\\\((.+)\\\)", re.DOTALL)
_ENVIRONMENT = re.compile(
    r"\\begin\{(?:align|equation|gather|multline|eqnarray|displaymath)", re.IGNORECASE
)


def taken_out(html: str) -> tuple[str, list[str]]:
    """The text with marks in place of its formulas, and the formulas as markdown. Code is left."""
    if "\\" not in html and "[latex]" not in html and "[$" not in html and "<anki-" not in html:
        return html, []
    lower = html.lower()
    pieces: list[str] = []
    found: list[str] = []
    hopeless: set[str] = set()
    at = look = 0
    while opener := _OPENER.search(html, look):
        kind = _kind(opener)
        closer = _CLOSERS[kind]
        end = -1 if closer in hopeless else lower.find(closer, opener.end())
        if end < 0:
            hopeless.add(closer)
            look = opener.end()
            continue
        look = end + len(closer)
        if kind in ("<pre", "<code"):
            continue
        formula = _formula(kind, html[opener.end() : end], opener[1] or "")
        if not formula:  # nothing between the delimiters: they are but signs
            continue
        pieces += (html[at : opener.start()], f"{OPEN}{len(found)}{CLOSE}")
        found.append(formula)
        at = look
    pieces.append(html[at:])
    return "".join(pieces), found


def put_back(text: str, formulas: Sequence[str]) -> str:
    """The text with its formulas again. A digit behind a dollar would make a price of it."""

    def formula(found: re.Match[str]) -> str:
        made = formulas[int(found[1])]
        after = text[found.end() : found.end() + 1]
        is_inline = made[:1] == "$" != made[1:2]
        return f"\\({made[1:-1]}\\)" if is_inline and (after.isdigit() or after == OPEN) else made

    return _PLACE.sub(formula, text).strip()


def _kind(opener: re.Match[str]) -> str:
    text = opener[0].lower()
    if text[0] != "<":
        return text
    return "<anki" if text.startswith("<anki") else f"<{opener[2].lower()}"


def _formula(kind: str, html: str, attributes: str) -> str:
    body = unescape(_TAG.sub("", _LINE.sub("\n", html))).replace("\xa0", " ").strip()
    is_display = kind in ("\\[", "[$$]") or "block" in attributes
    if kind == "[latex]":
        whole = _DELIMITED.fullmatch(body)
        if not whole and not _ENVIRONMENT.match(body):
            return _verbatim(body)
        is_display = not whole or bool(whole[1] or whole[2])
        body = next(filter(None, whole.groups()), body).strip() if whole else body
    return _written(re.sub(r"\n\s*\n", "\n", body), is_display=is_display)


def _verbatim(body: str) -> str:
    """LaTeX that is no formula stays as its author wrote it."""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", body)), default=0))
    return f"{ticks}{' '.join(body.split())}{ticks}" if body else ""


def _written(body: str, *, is_display: bool) -> str:
    if not body:
        return ""
    if is_display:
        return f"$${body}$$" if "$$" not in body else f"\\[{body}\\]"
    if "$" in body or "\n" in body:
        return f"\\({body}\\)"
    return f"${body}$"

"""The markup of Org as markdown. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from textwrap import dedent

_BLOCK = re.compile(r"[ \t]*#\+begin_(\w+)(?:[ \t]+(\S+))?.*", re.IGNORECASE)
_CODE = ("src", "example", "export")
_BLOCK_END = re.compile(r"[ \t]*#\+end_(\w+)[ \t]*", re.IGNORECASE)
_KEYWORD = re.compile(r"[ \t]*#\+[\w-]+(?:\[[^\]\n]*\])?:.*")
_COMMENT = re.compile(r"[ \t]*#(?:[ \t].*)?")
_DRAWER = re.compile(r"[ \t]*:[\w-]+:[ \t]*")
_FIXED = re.compile(r"[ \t]*:(?:[ \t](.*))?")
_RULE = re.compile(r"[ \t]*-{5,}[ \t]*")
_HEADING = re.compile(r"\*+[ \t]")
_ESCAPED = re.compile(r"^([ \t]*),(?=\*|#\+|,)")
_TERM = re.compile(r"([ \t]*[-+][ \t]+)(\S.{0,200}?)[ \t]+::[ \t]+(.*)")
_BEFORE, _BEHIND = r"(?<![^\s\-({'\"])", r"(?=[\s\-.,:;!?'\")}\[\\]|$)"
# No mark is looked for further than this, so that no text takes long.
_FAR = 500
_DEEPEST = 9  # block within block
_INLINE = re.compile(
    rf"{_BEFORE}(?P<code>[=~])(?=\S)(?P<literal>[^\n]{{1,{_FAR}}}?)(?<=\S)(?P=code){_BEHIND}"
    rf"|(?P<math>\\\((?:.|\n){{1,{_FAR}}}?\\\)|\\\[(?:.|\n){{1,{_FAR}}}?\\\]"
    rf"|\$\$(?:.|\n){{1,{_FAR}}}?\$\$|(?<![\w$])\$(?! )[^$\n]{{1,{_FAR}}}?(?<! )\$(?![\w$]))"
    r"|\[\[(?P<target>[^\[\]\n]+)\](?:\[(?P<words>[^\[\]\n]+)\])?\]"
    r"|\[fn:(?P<note>[\w-]+)\]"
    rf"|{_BEFORE}(?P<mark>[*/+])(?=\S)(?P<inside>[^\n]{{1,{_FAR}}}?)(?<=\S)(?P=mark){_BEHIND}"
)
_MARKS = {"*": "**", "/": "*", "+": "~~"}
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?|avif)$", re.IGNORECASE)


def markdown(lines: Sequence[str]) -> str:
    """Return the text of lines of Org without comments, keywords and drawers, as markdown."""
    return _Writer(lines, 0).write()


def literal_ranges(text: str) -> list[tuple[int, int]]:
    """The ranges of a text of Org that are code, formulas, links or footnotes."""
    return [found.span() for found in _INLINE.finditer(text) if not found["mark"]]


def code_lines(lines: Sequence[str]) -> frozenset[int]:
    """The lines of blocks of code and of examples."""
    return frozenset(
        at
        for first, last in _closers(lines, _BLOCK, _BLOCK_END).items()
        if (block := _BLOCK.fullmatch(lines[first])) and block[1].lower() in _CODE
        for at in range(first, last + 1)
    )


def inline(text: str) -> str:
    """Return a text of one paragraph as markdown."""
    return _INLINE.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    if literal := found["literal"]:
        ticks = "``" if "`" in literal else "`"
        pad = " " if len(ticks) > 1 else ""
        return f"{ticks}{pad}{literal}{pad}{ticks}"
    if found["target"]:
        return _link(found["target"], found["words"] or "")
    if found["note"]:
        return f"[^{found['note']}]"
    if found["mark"]:
        mark = _MARKS[found["mark"]]
        return f"{mark}{inline(found['inside'])}{mark}"
    return found[0]


def _link(target: str, words: str) -> str:
    is_file = target.startswith(("file:", "./", "../", "/", "attachment:"))
    path = target.removeprefix("file:").removeprefix("attachment:")
    if is_file and _PICTURE.search(path):
        return f"![{words}]({_target(path)})"
    if _PICTURE.search(words) and words.startswith(("file:", "http")):
        return f"[![]({_target(words.removeprefix('file:'))})]({_target(path)})"
    if "://" in target or is_file or target.startswith("mailto:"):
        return f"[{words}]({_target(path)})" if words else f"<{path}>" if "://" in path else path
    return words or target.lstrip("*#")  # a place in the same file, or an id


def _target(path: str) -> str:
    return f"<{path}>" if re.search(r"[\s()]", path) else path


class _Writer:
    """One pass over the lines of a text."""

    def __init__(self, lines: Sequence[str], depth: int) -> None:
        self.depth = depth
        self.lines = dedent("\n".join(lines)).split("\n")
        self.ends = _closers(self.lines, _BLOCK, _BLOCK_END)
        self.drawers = _drawers(self.lines)
        self.out: list[str] = []
        self.prose: list[str] = []

    def write(self) -> str:
        at = 0
        while at < len(self.lines):
            at = self._take(at)
        self._flush()
        return "\n".join(self.out).strip("\n")

    def _take(self, at: int) -> int:
        line = self.lines[at]
        if block := _BLOCK.fullmatch(line):
            return self._block(at, block)
        if at in self.drawers:
            return self.drawers[at] + 1
        if _KEYWORD.fullmatch(line) or _COMMENT.fullmatch(line) or _BLOCK_END.fullmatch(line):
            return at + 1
        if line.lstrip().startswith("|"):
            return self._run(at, lambda one: one.lstrip().startswith("|"), _table)
        if _FIXED.fullmatch(line):
            return self._run(at, lambda one: bool(_FIXED.fullmatch(one)), _fixed)
        if _RULE.fullmatch(line):
            self._put(["---"])
        else:
            self.prose.append(_described(line))
        return at + 1

    def _block(self, at: int, block: re.Match[str]) -> int:
        end = self.ends.get(at, -1)
        if end < 0:
            return at + 1
        body, kind = self.lines[at + 1 : end], block[1].lower()
        if kind in _CODE or self.depth == _DEEPEST:
            body = [_ESCAPED.sub(r"\1", line) for line in body]
            self._put(_fenced(body, (block[2] or "") if kind == "src" else ""))
        elif kind in ("quote", "verse"):
            self._put([f"> {line}".rstrip() for line in self._inner(body)])
        elif kind != "comment":
            self._put(self._inner(body))
        return end + 1

    def _inner(self, body: Sequence[str]) -> list[str]:
        return _Writer(body, self.depth + 1).write().split("\n")

    def _run(
        self, at: int, same: Callable[[str], bool], form: Callable[[Sequence[str]], list[str]]
    ) -> int:
        end = at
        while end < len(self.lines) and same(self.lines[end]) and end not in self.drawers:
            end += 1
        self._put(form(self.lines[at:end]))
        return end

    def _put(self, lines: Sequence[str]) -> None:
        self._flush()
        self.out += lines

    def _flush(self) -> None:
        if self.prose:
            self.out += inline("\n".join(self.prose)).split("\n")
            self.prose = []


def _closers(lines: Sequence[str], begin: re.Pattern[str], end: re.Pattern[str]) -> dict[int, int]:
    """The last line of each block, by its first; the outer one of two within another."""
    opened: list[tuple[str, int]] = []
    found: dict[int, int] = {}
    for at, line in enumerate(lines):
        if "#+" not in line:
            continue
        if begins := begin.fullmatch(line):
            opened.append((begins[1].lower(), at))
        elif (ends := end.fullmatch(line)) and any(kind == ends[1].lower() for kind, _ in opened):
            while opened:
                kind, first = opened.pop()
                if kind == ends[1].lower():
                    found[first] = at
                    break
    return found


def _drawers(lines: Sequence[str]) -> dict[int, int]:
    """The last line of each drawer, by its first."""
    found: dict[int, int] = {}
    opened = -1
    for at, line in enumerate(lines):
        if not line.lstrip().startswith(":") or not _DRAWER.fullmatch(line):
            continue
        if line.strip().upper() != ":END:":
            opened = at if opened < 0 else opened
        elif opened >= 0:
            found[opened], opened = at, -1
    return found


def _fenced(body: Sequence[str], language: str) -> list[str]:
    text = dedent("\n".join(body))
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", text, fence]


def _fixed(lines: Sequence[str]) -> list[str]:
    return _fenced(
        [(found[1] or "") if (found := _FIXED.fullmatch(line)) else "" for line in lines], ""
    )


def _table(lines: Sequence[str]) -> list[str]:
    """A table with the row of dashes behind its first row that markdown asks for."""
    rows = [line.strip() for line in lines]
    cells = [row for row in rows if not row.startswith("|-")]
    if not cells:
        return []
    width = max(row.rstrip("|").count("|") for row in cells)
    dashes = "|" + "---|" * width
    if len(rows) > 1 and rows[0] is cells[0] and rows[1].startswith("|-"):
        head, rest = [inline(cells[0]), dashes], cells[1:]
    else:
        head, rest = ["|" + " |" * width, dashes], cells
    return [*head, *map(inline, rest)]


def _described(line: str) -> str:
    """`- term :: words` with the term in bold."""
    found = _TERM.fullmatch(line) if " ::" in line else None
    return f"{found[1]}*{found[2]}*: {found[3]}" if found else line

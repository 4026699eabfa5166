"""What the screen of an entry shows: the question above, the answer being typed, the keys."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import ANSI, StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import fragment_list_to_text
from prompt_toolkit.layout import (
    BufferControl,
    Dimension,
    FormattedTextControl,
    HSplit,
    Layout,
    VSplit,
    Window,
)
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.layout.utils import explode_text_fragments
from prompt_toolkit.utils import get_cwidth

from srs.cli.safe import safe, safe_line
from srs.cli.word_wrap import blanks

MAX_CHARACTERS = 10_000
_LEAST_LINES = 3
_FRAME_LINES = 3  # the rule above, the rule below, the keys
_MARGIN = 2
_RULE_STYLE = "ansibrightblack"
_STYLE_CODE = re.compile(r"(\x1b\[[0-9;]*m)")


def heights(rows: int, above: int, least: int = _LEAST_LINES) -> tuple[int, int]:
    """Of a screen of `rows`: the lines left to `above`, and those that the entry may take."""
    room = max(1, rows - _FRAME_LINES)
    kept = min(above, max(0, room - least))
    return kept, room - kept


def clean(text: str, *, single: bool = False) -> str:
    """The text as it may be shown and kept: `\\n` line ends, no control characters, of a length."""
    text = safe(text[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n"))
    return (text.replace("\n", " ") if single else text)[:MAX_CHARACTERS]


class Answer(Buffer):
    """A text into which nothing but clean text is put, up to a length."""

    def __init__(self, text: str, *, single: bool) -> None:
        self.single = single
        text = clean(text, single=single)
        super().__init__(multiline=True, document=Document(text, len(text)))

    def insert_text(
        self,
        data: str,
        overwrite: bool = False,
        move_cursor: bool = True,
        fire_event: bool = True,
    ) -> None:
        """Insert as much of `data` as there is room for."""
        room = max(0, MAX_CHARACTERS - len(self.text))
        data = clean(data, single=self.single)[:room]
        super().insert_text(data, overwrite, move_cursor, fire_event)


class EntryScreen:
    """The layout of one entry; `rows` tells how high the terminal is."""

    def __init__(
        self,
        answer: Answer,
        above: Sequence[str],
        *,
        label: str,
        lines: int,
        keys: str,
        rows: Callable[[], int],
    ) -> None:
        self._answer = answer
        self._above = _without_blank_end([_styled(line) for line in above])
        self._lines = 1 if answer.single else lines
        self._rows = rows
        self.layout = self._layout(safe_line(label), safe_line(keys))

    def _layout(self, label: str, keys: str) -> Layout:
        head = Window(
            FormattedTextControl(self._head),
            height=lambda: Dimension.exact(self._heights()[0]),
        )
        area = Window(
            BufferControl(self._answer, [] if self._answer.single else [_WholeWords()]),
            height=self._height,
            wrap_lines=not self._answer.single,
            dont_extend_height=True,
        )
        rows = [
            head,
            _rule([(_RULE_STYLE, "── "), ("bold", f"{label} ")]),
            VSplit([Window(width=_MARGIN), area]),
            _rule([]),
            Window(),  # what is left of the screen
            _one_line([("dim", f" {keys}")]),
        ]
        return Layout(HSplit(rows), area)

    def _heights(self) -> tuple[int, int]:
        least = 1 if self._answer.single else _LEAST_LINES
        return heights(self._rows(), len(self._above), least)

    def _height(self) -> Dimension:
        most = 1 if self._answer.single else self._heights()[1]
        return Dimension(min=min(most, self._lines), max=most)

    def _head(self) -> ANSI:
        kept = self._heights()[0]
        shown = self._above[:kept]
        if 0 < kept < len(self._above):
            shown[-1] = " …"
        return ANSI("\n".join(shown))


class _WholeWords(Processor):
    """Pads the rows of a long line so that no word is broken."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        fragments = transformation_input.fragments
        gaps = _gaps(fragment_list_to_text(fragments), transformation_input.width)
        padded: StyleAndTextTuples = []
        for gap, fragment in zip(gaps, explode_text_fragments(fragments), strict=True):
            padded += [("", " " * gap), fragment] if gap else [fragment]
        shown = [at + shift for at, shift in enumerate(accumulate(gaps))]
        shown.append(len(gaps) + sum(gaps))  # the cursor behind the text
        return Transformation(
            padded,
            lambda at: shown[min(at, len(shown) - 1)],
            lambda at: max(0, bisect_right(shown, at) - 1),
        )


@lru_cache(maxsize=64)
def _gaps(text: str, width: int) -> list[int]:
    return blanks(text, [get_cwidth(character) for character in text], width)


def _rule(text: StyleAndTextTuples) -> Window:
    return _one_line(text, "─", _RULE_STYLE)


def _one_line(text: StyleAndTextTuples, fill: str = " ", style: str = "") -> Window:
    height = Dimension(min=0, max=1, preferred=1)  # on a very low screen the answer comes first
    return Window(FormattedTextControl(text), height=height, char=fill, style=style)


def _styled(line: str) -> str:
    """The line with its styles, and nothing else that a terminal would obey."""
    parts = _STYLE_CODE.split(line)
    return "".join(part if at % 2 else safe_line(part) for at, part in enumerate(parts))


def _without_blank_end(lines: list[str]) -> list[str]:
    while lines and not _STYLE_CODE.sub("", lines[-1]).strip():
        lines.pop()
    return lines

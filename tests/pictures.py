"""What README shows of the program, made by running it: `python -m tests.pictures`."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.program import Program, Screen

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / ".github" / "review.svg"
README = ROOT / "README.md"
DECK = "07-retrieval-ranking"
_COLUMNS, _LINES = 80, 24
_CELL, _ROW, _MARGIN, _BAR = 8.4, 18, 14, 30  # pixels
_PATIENCE = 500  # looks at the screen
_BACKGROUND, _FRAME, _TEXT = "#1d2126", "#4b535c", "#d6dbe0"
_COLOURS = {
    "red": "#f07178", "green": "#8fc97a", "brown": "#e6c07b", "blue": "#6cb2f7",
    "magenta": "#d39ae0", "cyan": "#66c7c7", "white": "#ffffff", "black": "#4b535c",
    "brightblack": "#7d8791",
}  # fmt: skip
_TRANSCRIPT = re.compile(r"(?<=```console\n)\$ srs review .*?(?=```)", re.DOTALL)


def transcript() -> str:
    """A short session on a terminal that knows no full screen, as it stands there in the end."""
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder) / "home", environment={"TERM": "dumb"})
        cards = Path(folder) / "cards.md"
        cards.write_text(readme_cards())
        assert program("import", str(cards)).code == 0
        words = ["review", "cards", "--limit", "1"]
        screen = program.screen(*words, columns=200, lines=60)
        for number, keys in enumerate(("t Training/serving skew in the embeddings", "2", "q"), 1):
            _wait_for_prompts(screen, number)
            screen.press(f"{keys}\n")
        text = screen.wait_for("takes back")
        screen.end()
    return f"$ srs {' '.join(words)}\n{text.strip()}\n"


def readme_cards() -> str:
    """The cards that README shows."""
    found = re.search(r"```markdown\n(.*?)```", README.read_text(), re.DOTALL)
    assert found is not None
    return found[1]


def _wait_for_prompts(screen: Screen, count: int) -> None:
    """Until that many prompts stand there, the last of them unanswered."""
    for _ in range(_PATIENCE):
        prompts = re.findall(r"^>.*$", screen.text, re.MULTILINE)
        if len(prompts) == count:
            return
    raise AssertionError(screen.text)


def picture() -> str:
    """The full screen of a session, with an answer that was typed, as SVG."""
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder) / "home", environment={"COLORFGBG": ""})
        screen = program.screen("review", DECK, columns=_COLUMNS, lines=_LINES)
        screen.wait_for("space")
        screen.press("t")
        screen.wait_for("Enter")
        screen.press("20 million times 50 us, so 1,000 seconds\r")
        screen.wait_for("1 again")
        svg = _svg(screen)
        screen.press("q")
        screen.end()
    return svg


def _svg(screen: Screen) -> str:
    width = round(_COLUMNS * _CELL + 2 * _MARGIN)
    height = _LINES * _ROW + _MARGIN + _BAR
    buffer: Any = screen.cells
    runs = [line for row in range(_LINES) for line in _runs(row, buffer[row])]
    lights = "".join(
        f'<circle cx="{20 + 18 * place}" cy="15" r="5" fill="{_FRAME}"/>' for place in range(3)
    )
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        ' role="img" aria-label="srs review in a terminal">',
        f'<rect width="{width}" height="{height}" rx="8" fill="{_BACKGROUND}"'
        f' stroke="{_FRAME}"/>',
        lights,
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14"'
        ' xml:space="preserve">',
        *runs, "</g>", "</svg>", "",
    ])  # fmt: skip


def _runs(row: int, cells: Any) -> Iterator[str]:
    """The words of a line with their styles, each where its cells are."""
    y = _BAR + (row + 1) * _ROW - 5
    styled = [(column, cells[column]) for column in range(_COLUMNS)]
    for style, group in groupby(styled, lambda one: _style(one[1])):
        found = list(group)
        text = "".join(cell.data for _, cell in found)
        for word in re.finditer(r"\S+(?: \S+)*", text):
            x = _MARGIN + (found[0][0] + word.start()) * _CELL
            length = (word.end() - word.start()) * _CELL
            yield (
                f'<text x="{x:.1f}" y="{y}" textLength="{length:.1f}"{style}>'
                f"{escape(word[0], quote=False)}</text>"
            )


def _style(cell: Any) -> str:
    weight = ' font-weight="bold"' if cell.bold else ""
    slant = ' font-style="italic"' if cell.italics else ""
    return f' fill="{_COLOURS.get(cell.fg, _TEXT)}"{weight}{slant}'


def with_transcript(readme: str, shown: str) -> str:
    """README with the transcript put in its place."""
    return _TRANSCRIPT.sub(lambda _: shown, readme, count=1)


if __name__ == "__main__":
    PICTURE.write_text(picture())
    README.write_text(with_transcript(README.read_text(), transcript()))

"""The README's promises, run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import Program

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return str(found[0])


def test_the_library_in_fifteen_lines(tmp_path: Path, srs: Program) -> None:
    code = block("python")
    assert len(code.strip().splitlines()) <= 15
    (tmp_path / "cards.md").write_text(block("markdown"))
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path, capture_output=True, text=True, env=srs.env(), check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "First suspect?" in ran.stdout
    assert (tmp_path / "cards.apkg").stat().st_size > 2000


def test_the_cards_of_the_readme_import(srs: Program, tmp_path: Path) -> None:
    (tmp_path / "cards.md").write_text(block("markdown"))
    receipt = srs("import", str(tmp_path / "cards.md"), "--json").json
    assert (receipt["added"], receipt["cards"], receipt["skipped"]) == (3, 3, [])


def test_the_glance_of_the_readme(srs: Program) -> None:
    transcript = re.search(r"\$ srs\n(.*?)```", README, re.DOTALL)
    assert transcript is not None
    assert srs().out == transcript[1]


@pytest.mark.parametrize("page", sorted((ROOT / "srs" / "help").glob("*.md")), ids=lambda p: p.stem)
def test_every_page_of_the_manual_can_be_read(srs: Program, page: Path) -> None:
    ran = srs("help", page.stem)
    assert ran.code == 0
    assert ran.out.startswith("# ")
    topics = set(re.findall(r"`srs help (\w+)`", page.read_text()))
    assert all((page.parent / f"{topic}.md").exists() for topic in topics)


def test_the_manual_on_cards_shows_cards_that_import(srs: Program, tmp_path: Path) -> None:
    text = (ROOT / "srs" / "help" / "cards.md").read_text()
    example = next(
        part for part in re.findall(r"(?:^    .*\n|^\n)+", text, re.MULTILINE) if "Q:" in part
    )
    (tmp_path / "example.md").write_text(re.sub(r"^    ", "", example, flags=re.MULTILINE))
    receipt = srs("import", str(tmp_path / "example.md"), "--json").json
    assert (receipt["notes"], receipt["cards"], receipt["skipped"]) == (3, 4, [])

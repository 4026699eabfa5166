"""The README's promises, run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.pictures import PICTURE, ROOT, picture, transcript, with_transcript
from tests.program import Program

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


def test_the_transcript_is_what_the_program_shows() -> None:
    assert with_transcript(README, transcript()) == README, "python -m tests.pictures"


def test_the_picture_is_what_the_program_shows() -> None:
    assert PICTURE.read_text() == picture(), "python -m tests.pictures"
    assert f"]({PICTURE.relative_to(ROOT)})" in README

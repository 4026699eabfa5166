"""The program with a plugin installed beside it that brings formats to export to, sound and not."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from tests.program import Program

# Each value in capitals is a format, or is to be found out as none.
SOURCE = """
import os, sys, time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from decks.model import Place, Problem, Severity
from exporters import Format, Want
from srs.collection import Collection

print("the plugin was loaded", file=sys.stderr)

def lines(bundle, progress):
    for number, one in enumerate(bundle.notes):
        progress(number, len(bundle.notes))
        yield f"{one.note.front}\\n".encode()

def slowly(bundle, progress):
    for number in range(4):
        progress(number, 4)
        time.sleep(0.25)
        yield b"x"

def endless(bundle, progress):
    while True:
        yield b"one line of many\\n" * 100

def raises(bundle, progress):
    yield b"half a file"
    raise ValueError("no\\nmore")

def leaves(bundle, progress):
    sys.exit(0)

def races(bundle, progress):
    yield b"ours"
    Path(os.environ["RIVAL"]).write_bytes(b"theirs")

def made(name, render=lines, **fields):
    return Format(**({"name": name, "suffix": ".txt", "summary": "", "render": render} | fields))

LINES = made("lines", summary="every question on a line \\x1b[2J")
PACKED = made("packed", lambda bundle, progress: b"PK\\x03\\x04", suffix=".pack")
TOLD = made("told", wants=frozenset({Want.HISTORY, Want.MEDIA}))
PROFILE = made("profile", suffix=".colpkg", summary="for a fresh start",
               replaces="the whole profile")
SLOW = made("slow", slowly)
ENDLESS = made("endless", endless)
RACES = made("races", races)
RAISES = made("raises", raises)
LEAVES = made("leaves", leaves)
TEXT = made("text", lambda bundle, progress: "text")
NUMBERS = made("numbers", lambda bundle, progress: [b"1", 2])
NONE = made("none", lambda bundle, progress: None)

BAD_KIND = 7
BAD_NAME = made("two words")
BAD_TAKEN = made("anki")
SECOND_BAD = made("lines")
BAD_SUFFIX = made("suffix", suffix="/../x")
BAD_WORDS = made("words", replaces="../all")
BAD_WANTS = made("wants", wants={"the moon"})
BAD_RENDER = made("render", None)
BAD_TEXT = made("no-text", summary=None)

# As if there were a history, and pictures were missing.
_bundle = Collection.bundle
def bundle(self, title, at_ms, wanted=None, wants=(), progress=None, **rest):
    found = _bundle(self, title, at_ms, wanted, wants, progress, **rest)
    if Want.HISTORY in wants:
        found = replace(found, history=SimpleNamespace(reviews=1204))
    missing = [
        Problem(Place("own.md", 4 + n), f"[{n}].png: missing", "mend its name", Severity.NOTE)
        for n in range(int(os.environ.get("MISSING", "0")))
    ]
    return replace(found, problems=missing)
Collection.bundle = bundle
"""
NAMES = re.findall("^([A-Z_]+) = ", SOURCE, re.MULTILINE)


def plugged(program: Program, site: Path) -> Program:
    """The same program where the plugin is installed, in a folder that is made for it."""
    info = site / "ways-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "ways.py").write_text(SOURCE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ways\nVersion: 1.0\n")
    points = [f"{name} = ways:{name}" for name in NAMES] + ["ABSENT = no_such_module:FORMAT"]
    (info / "entry_points.txt").write_text("\n".join(["[srs.formats]", *points]) + "\n")
    paths = (str(site), *filter(None, [os.environ.get("PYTHONPATH")]))
    return replace(program, environment={"PYTHONPATH": os.pathsep.join(paths)})

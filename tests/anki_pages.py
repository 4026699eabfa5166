"""Cards as Anki shows them: `python -m tests.anki_pages FOLDER` renews the pages in
`tests/data/anki` that the tests compare with, and takes pictures of them, to be looked at."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from decks import Note, NoteKind, Place, Variant, builtin, card_keys
from decks.concepts import load_concepts, load_sources
from exporters import Bundle, ExportCard, ExportNote, get_format, write
from srs.bundling import in_full
from tests.anki_backend import anki, import_package
from tests.browser import Browser

GOLDEN = Path(__file__).parent / "data" / "anki"
SCREENS = ((1280, 800), (390, 844))
SKINS = ("", "nightMode night_mode")

_CODE = """\
```python
@app.get("/features/{user_id}")
async def features(user_id: int) -> dict[str, float]:
    # One round trip: the store returns what it has, the rest is the mean.
    found = await store.get_many(user_id, NAMES, timeout_ms=5)
    return {name: found.get(name, MEANS[name]) for name in NAMES}
```

A `timeout` that is **shorter** than the caller's budget."""
_SQL = """\
What leaks in this join?

```sql
SELECT l.user_id, l.label, f.clicks_7d   -- one row per label
FROM labels AS l
JOIN features_latest AS f USING (user_id)
WHERE l.ts >= DATE '2026-01-01';
```"""
_YAML = """\
`features_latest` knows nothing of `l.ts`: it joins today's value to yesterday's label.

```yaml
join:
  type: as_of   # the latest value before the label
  tolerance: 7d
  keys: [user_id]
```"""
_TABLE = """\
| store | keeps | layout | read by | latency | typical engine |
|---|---|---|---|---:|---|
| offline | every value with its time | columns, partitioned by day | training, backfill | minutes | warehouse |
| online | the latest value | one row for each entity | the request | 5 ms | key-value store |
"""  # noqa: E501
_BLOCKS = """\
Three steps, each with a way back:

1. **Shadow**: answers are compared, nobody sees them.
   - no user can be harmed
   - no *effect* can be measured
2. **Canary**: a small share of the traffic.
3. Everything.

> A rollback that was never rehearsed is a hope.

#### The exception

~~None.~~ A change of schema goes forward only."""
_LONG = """\
Which address does `com.example.platform.serving.features.online.OnlineFeatureStoreClientFactoryBean` \
ask first? See https://example.com/very/long/path/that/never/ends/and/goes/on/for/ever/without/any/blank/at/all?q=1
and Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft."""  # noqa: E501
_MATH = """\
With $n$ users in each arm and variance $\\sigma^2$, the smallest effect that can be seen is

$$\\delta = (z_{1-\\alpha/2} + z_{1-\\beta})\\sqrt{\\frac{2\\sigma^2}{n}}$$

so half the effect costs **four** times the users."""


def _note(name: str, front: str, back: str = "", **more: object) -> Note:
    kind = more.pop("kind", NoteKind.BASIC if back else NoteKind.CLOZE)
    named = {"deck": "Sample::Serving", "id": name, "place": Place("sample.md", 1), **more}
    return Note(kind=kind, front=front, back=back, **named)  # type: ignore[arg-type]


NOTES = (
    _note(
        "every-part",
        "A team ships its first model: one weekly batch job scores all customers from warehouse"
        " tables, with no online path and no second team. Feature store or plain versioned tables?",
        "Plain versioned tables. With one consumer and no online reads, there is no second"
        " definition to keep in agreement and no team to share with.",
        why="A feature store sells **agreement**; here there is nothing that could disagree.",
        flip="A second team wants the same features, or scoring moves into the request.",
        variants=(
            Variant('Three teams score in the request; two maintain rival "orders in 30 days".',
                    "A feature store: shared definitions and an online path are what they lack."),
            Variant("One notebook, one analyst, one report a month?", "A table."),
        ),
        concept="feature-store", sources=("sample2017", "sample-docs"),
        deck="Features and feature stores",
    ),
    _note(
        "cloze",
        "A rollout runs [shadow] first, then [canary :: a small share], then [everyone]."
        "\n\n- [**Rollback**] is `deploy --to [previous]`\n- and takes [under $5\\,min$]",
        why="Each step asks a question that the one before could not answer.",
        concept="canary-deployment", sources=("https://example.com/canary",),
    ),
    _note("code", "How does the endpoint keep its p99 when the store is slow?", _CODE,
          why="Without it, the slowest read decides."),
    _note("code-asked", _SQL, _YAML),
    _note("cloze-code", "`set -e` [stops] here:\n\n```bash\nset -euo pipefail\nfalse | true  # [no]"
          " gap\necho \"${x:-none}\"\n```"),
    _note("table", "Offline and online store: what does each keep?", _TABLE),
    _note("math", "How does the smallest detectable effect $\\delta$ depend on $n$?", _MATH),
    _note("blocks", "Name the steps of a rollout, in order.", _BLOCKS),
    _note("long-words", _LONG, "The nearest replica."),
    _note("picture", "Where does the value go stale?", "PICTURE\n\nBetween stream and store."),
    _note("right-to-left", "מהי סטיית נתונים (`drift`) במערכת בייצור?",
          "שינוי בהתפלגות הקלט לאורך זמן.\n\n- קלט\n- תווית", why="כי העולם משתנה."),
    _note("reversed", "canary", "a release to a small share of the traffic first",
          kind=NoteKind.REVERSED, sources=("A talk, with commas, of 2019",)),
)  # fmt: skip
# Of the decks that come along; their words may change, so nothing is compared with these.
REAL = ("canary-harm-product", "covshift-stable-part", "tier-eta-traffic")
_SOURCES = {
    "sample2017": "How We Serve Features (2017). A. Author, B. Author. DOI 10.1000/182",
    "sample-docs": "Sample documentation (point-in-time joins). docs.example.com",
}
_CONCEPTS = {
    "feature-store": "What a feature store stores, serves, registers and guarantees",
    "canary-deployment": "A small share of real traffic with automatic rollback",
}
# A picture as media are shown, wider than the screen and without a ground of its own.
_DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="500"><path fill="none"'
    ' stroke="#222" stroke-width="6" d="M60 150h400v200h-400zM600 150h400v200h-400z'
    'M1140 150h400v200h-400zM460 250h140M1000 250h140"/></svg>'
)
_PICTURE = f'<img alt="a plan" src="data:image/svg+xml,{quote(_DRAWING)}">'
OPEN_ALL = "for (const fold of document.querySelectorAll('details')) fold.open = true"


class Shown(NamedTuple):
    """A card's two sides as HTML, without the style, and the style."""

    question: str
    answer: str
    style: str


def shown() -> dict[str, Shown]:
    """The second card of each note, or its only one, by the note's id, out of Anki's backend."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pages.apkg")
        write(get_format("anki"), _bundle(), path)
        with anki(Path(folder, "anki")) as col:
            import_package(col, path)
            found = col.db.all(
                "select nid, max(id) from cards where ord < 2 group by nid order by nid"
            )
            return dict(_shown(col.get_card(card)) for _, card in found)


def _bundle() -> Bundle:
    real = [note for file in builtin() for note in file.parsed.notes if note.id in REAL]
    notes = [
        ExportNote(number.to_bytes(16), note, tuple(_cards(number, note)), 0)
        for number, note in enumerate((*NOTES, *real), 1)
    ]
    sources = {key: in_full(source) for key, source in load_sources().items()}
    titles = {concept.slug: concept.title for concept in load_concepts().values()}
    return Bundle("Pages", notes, sources=sources | _SOURCES, concepts=titles | _CONCEPTS)


def _cards(number: int, note: Note) -> Iterator[ExportCard]:
    for place, key in enumerate(card_keys(note.kind, note.front)):
        yield ExportCard(bytes([number, place] * 8), key, place)


def _shown(card: Any) -> tuple[str, Shown]:
    question, answer = card.question(), card.answer()
    pattern = r"\A<style>(.*?)</style>"
    found = re.match(pattern, answer, re.DOTALL)
    assert found is not None
    sides = [
        re.sub(pattern, "", side, flags=re.DOTALL).replace("PICTURE", _PICTURE)
        for side in (question, answer)
    ]
    return card.note()["Id"], Shown(*sides, found[1])


def golden(one: Shown) -> str:
    """Both sides in one file."""
    return f"<!-- question -->\n{one.question}\n<!-- answer -->\n{one.answer}\n"


# What the reviewer of the desktop adds, as far as it could get in the way of ours.
_REVIEWER = """
html { font-family: sans-serif; } hr { background-color: #aaa; } pre { text-align: left; }
body { margin: 20px; } img { max-width: 100%; max-height: 95vh; }
body.nightMode { background-color: #2c2c2c; color: #fcfcfc; }
"""


def page(one: Shown, side: str, skin: str = "") -> str:
    """A page as Anki's reviewer has it; with a `skin`, at night."""
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<style>{_REVIEWER}</style></head><body class="card card1 {skin}"><div id="qa">'
        f"<style>{one.style}</style>{side}</div></body></html>"
    )


def renew(pages: Mapping[str, Shown]) -> None:
    """Write the pages that tests compare with."""
    for old in GOLDEN.glob("*.html"):
        old.unlink()
    for note in NOTES:
        path = GOLDEN / f"{note.id}.html"
        path.write_text(golden(pages[note.id]), encoding="utf-8")


def take_pictures(pages: Mapping[str, Shown], folder: Path) -> None:
    """Every side on every screen, light and at night, as PNG."""
    with tempfile.TemporaryDirectory() as home, Browser(Path(home)) as browser:
        for (name, one), skin, (width, height) in product(pages.items(), SKINS, SCREENS):
            for side in ("question", "answer"):
                path = Path(home, "page.html")
                path.write_text(page(one, getattr(one, side), skin), encoding="utf-8")
                browser.open(path, width, height, "light")
                browser.value(
                    "for (const fold of document.querySelectorAll('details')) fold.open = true"
                )
                file = f"{name}-{side}-{width}{'-night' if skin else ''}.png"
                (folder / file).write_bytes(browser.picture(whole=True))


if __name__ == "__main__":
    found = shown()
    renew(found)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    take_pictures(found, folder)

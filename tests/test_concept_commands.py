"""Concepts and decks as the learner sees them: `srs concept`, `srs deck show`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from rich.console import Console
from rich.theme import Theme

import decks
from decks.errors import UsageError
from decks.outline import explanation, heads
from decks.parse import parse
from srs import Collection, PathTo, Rating, Settings
from srs.cli import concept_page
from srs.cli.charts import Block, in_ascii
from srs.cli.info import info
from srs.cli.theme import DARK
from srs.importing import install_builtin
from srs.knowledge import Knowledge, Standing
from srs.stats import Mastery
from srs.store.create import in_memory
from tests.program import Program

MONDAY_MS = 1_772_438_400_000  # 2026-03-02T08:00:00Z
DAY_MS = 86_400_000
WIDTHS = (20, 31, 40, 80)
LONG = "a-concept-of-my-own-with-a-name-that-is-longer-than-any-terminal-cares-to-be-wide"
OWN = f"""\
---
deck: Serving
about: After this deck you size a fleet and say which knob moves p99.
complete: true
---

## batching-window
> sources: clipper2017, my notebook

Batching on a GPU trades latency
for throughput.

The window bounds the wait.

Q: What bounds the wait in a batch?
A: Only the secret window.

## latency-budget

Q: Who spends the budget?
A: Every hop of it.

## {LONG}

Q: And this?
A: That.

<!-- next deck file -->
---
deck: Serving::Caches
---

Q: How long does a cached value count?
A: For its TTL.
"""


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program with cards of concepts, some of the learner's own. Only to be read."""
    folder = tmp_path_factory.mktemp("serving")
    return imported(Program(folder / "home"), folder)


def imported(srs: Program, folder: Path) -> Program:
    """The program with those cards, out of a file in that folder."""
    (folder / "serving.md").write_text(OWN)
    assert srs("import", str(folder / "serving.md")).code == 0
    return srs


@contextmanager
def collection() -> Iterator[Collection]:
    """The built-in decks and those cards."""
    with TemporaryDirectory() as name:
        source = Path(name, "serving.md")
        source.write_text(OWN)
        settings = Settings(zone="UTC", new_per_day=25)
        with Collection(in_memory(install_builtin), name, settings) as found:
            found.import_files(decks.read([source]), MONDAY_MS)
            yield found


def learn(found: Collection, days: int = 2) -> int:
    """Some days of answers, most of them good; the instant after."""
    for day in range(days):
        at_ms = MONDAY_MS + day * DAY_MS
        for number in range(60):
            card = found.next_card(at_ms)
            if card is None:
                break
            found.answer(card, Rating.AGAIN if number % 7 == 6 else Rating.GOOD, at_ms)
            at_ms += 30_000
    return at_ms


# What "known" means


def held(known: float, cards: int = 10, *, seen: int | None = None, **more: int) -> Knowledge:
    met = cards if seen is None else seen
    return Knowledge(Mastery("", "", cards, met, met, 0, known, 0), **more)


@pytest.mark.parametrize(
    ("knowledge", "standing"),
    [
        (Knowledge(), Standing.NO_CARDS),
        (held(0.0, seen=0, new=10), Standing.NOT_MET),
        (held(0.9, seen=1, new=9), Standing.LEARNING),
        (held(8.09), Standing.LEARNING),
        (held(8.11), Standing.KNOWN),
        (held(9.9, in_steps=1), Standing.LEARNING),
        (held(8.11, seen=9, new=1), Standing.KNOWN),  # one new card of ten is no matter
        (held(4.5, seen=5, aside=5), Standing.KNOWN),  # five were set aside unseen
        (held(0.0, seen=0, aside=10), Standing.NO_CARDS),
    ],
)
def test_known_is_nearly_what_is_wanted(knowledge: Knowledge, standing: Standing) -> None:
    assert knowledge.standing(0.9) is standing


def test_who_wants_less_knows_sooner() -> None:
    assert held(7.5).standing(0.8) is Standing.KNOWN
    assert held(7.5).standing(0.9) is Standing.LEARNING


def test_concepts_are_as_far_as_statistics_say() -> None:
    with collection() as found:
        at_ms = learn(found) + DAY_MS
        topics = {topic.slug: topic for topic in found.curriculum(at_ms).topics()}
        told = {each.name: each for each in found.stats(at_ms).concepts}
        assert {slug for slug, topic in topics.items() if topic.knowledge.cards} == told.keys()
        for slug, each in told.items():
            mastery = topics[slug].knowledge.mastery
            assert mastery[2:6] == each[2:6]
            assert mastery.known == pytest.approx(each.known, rel=1e-9)
            assert mastery.mature == each.mature
        assert {topic.standing for topic in topics.values()} == {*Standing}
        assert sum(topic.knowledge.new for topic in topics.values()) > 0


def test_a_suspended_card_that_was_never_met_is_no_lack() -> None:
    with collection() as found:
        for card in found.cards(found.span(MONDAY_MS, ["Serving"])):
            if card.concept == LONG:
                found.suspend(card, MONDAY_MS)
        [topic] = [t for t in found.curriculum(MONDAY_MS).topics() if t.slug == LONG]
        assert topic.standing is Standing.NO_CARDS
        assert topic.knowledge.cards == 1


# What files say


def test_heads_are_read_without_the_cards() -> None:
    first, second = heads(OWN, "serving.md")
    assert (first.deck, first.complete, second.deck) == ("Serving", True, "Serving::Caches")
    assert first.about.startswith("After this deck")
    assert (second.about, second.complete, second.place.line) == ("", False, 29)
    assert heads("Q: a\nA: b\n", "x.md", "x")[0][:1] == ("x",)
    assert heads(OWN, "serving.md", "x") == parse(OWN, "serving.md", "x").heads


def test_the_explanation_of_one_concept_is_found() -> None:
    told = "Batching on a GPU trades latency\nfor throughput.\n\nThe window bounds the wait."
    assert explanation(OWN, "batching-window") == told
    assert explanation(OWN, "latency-budget") == ""
    assert explanation(OWN, "batching") == ""
    again = "## a-b\nQ: x\nA: y\n\n## a-b\n\nSecond.\n\nQ: z\nA: w\n"
    assert explanation(again, "a-b") == "Second."
    assert explanation("## a-b\nOnly words.\n# End\nmore\n", "a-b") == "Only words."
    code = "## top\nBefore.\n\n```sh\n# comment\n```\nAfter.\n\nQ: a\nA: b\n"
    assert explanation(code, "top") == "Before.\n\n```sh\n# comment\n```\nAfter."
    in_code = "```\n## top\nFake.\n```\n\n## top\nReal.\n\nQ: a\nA: b\n"
    assert explanation(in_code, "top") == "Real."
    commented = "<!--\n## top\nFake.\n-->\n\n## top\nReal.\n\nQ: a\nA: b\n"
    assert explanation(commented, "top") == "Real."
    for file in decks.builtin():
        text = (Path(decks.__file__).parent / file.path).read_text()
        for each in file.parsed.explanations:
            assert explanation(text, each.concept) == each.text


# Nothing is wider than the terminal


def pages(found: Collection, at_ms: int, width: int) -> Iterator[Block]:
    whole = found.curriculum(at_ms)
    yield concept_page.listing(whole.topics(), width)
    yield concept_page.listing([], width)
    for slug in ("training-serving-skew", "batching-window", LONG, "data-leakage"):
        yield concept_page.concept(whole.page(slug, 5), width)
        yield concept_page.path(whole.path(slug), width)
    for name in ("03-features", "Serving", "Serving::Caches"):
        yield concept_page.deck(whole.deck(name), width)


def test_no_line_is_wider_than_the_terminal() -> None:
    with collection() as found:
        at_ms = learn(found)
        for width in WIDTHS:
            for page in pages(found, at_ms, width):
                wide = [line.plain for line in page if line.cell_len > width]
                assert wide == [], width


def test_every_sign_has_one_in_ascii() -> None:
    with collection() as found:
        at_ms = learn(found)
        for page in pages(found, at_ms, 80):
            for line in page:
                assert in_ascii(line).plain.isascii(), line.plain
                assert in_ascii(line).cell_len == line.cell_len


def test_pages_show_no_answers() -> None:
    with collection() as found:
        page = found.curriculum(MONDAY_MS).page("batching-window", 5)
        shown = "\n".join(line.plain for line in concept_page.concept(page, 80))
        assert "What bounds the wait in a batch?" in shown
        assert "secret" not in shown


def test_no_card_of_a_note_tells_what_another_asks(srs: Program, tmp_path: Path) -> None:
    (tmp_path / "own.md").write_text(
        "## own-rows\n\nC: An update writes [a new row :: what?] and marks [the old one] dead.\n\n"
        "tombstone ::: a row [sic] that is only a mark\n"
    )
    assert srs("import", str(tmp_path / "own.md")).code == 0
    ran = srs("concept", "show", "own-rows", "--json").json
    assert [card["front"] for card in ran["asked"]] == [
        "An update writes [what?] and marks [...] dead.",
        "An update writes [what?] and marks [...] dead.",
        "tombstone",
        "tombstone",
    ]
    shown = srs("concept", "show", "own-rows").out
    assert "old" not in shown
    assert "only a mark" not in shown


# The tree


def drawn(path: PathTo, width: int) -> list[str]:
    return [line.plain.rstrip() for line in concept_page.path(path, width)]


def test_the_tree_names_every_concept_and_draws_it_once() -> None:
    with collection() as found:
        whole = found.curriculum(MONDAY_MS)
        path = whole.path("model-feature-compatibility")
        tree = drawn(path, 100)
        tree = tree[: tree.index("")]
        for slug in path.topics:
            at = [line for line in tree if slug in line.split()]
            assert len([line for line in at if "↑" not in line]) == 1, slug
        assert any("↑" in line for line in tree)


def test_the_tree_as_it_stands() -> None:
    with collection() as found:
        whole = found.curriculum(MONDAY_MS)
        assert drawn(whole.path("latency-budget"), 40) == [
            "· latency-budget",
            "└ ∘ clarify-requirements",
            "  └ ∘ seven-step-walk",
            "    └ ∘ ml-system-lifecycle",
            "",
            "· not met 1   ∘ no cards 3",
            "",
            "To learn, in this order: 1 concept, 1",
            "new card",
            "1.  · latency-budget  1 new",
        ]
        assert drawn(whole.path("latency-budget"), 80)[:2] == [
            "· latency-budget                Splitting an end-to-end budget between stages",
            "└─ ∘ clarify-requirements       Functional and non-functional requirements wort…",
        ]
        assert drawn(whole.path("ml-system-lifecycle"), 80)[-1] == (
            "There are no cards for any of it yet."
        )


def test_what_is_missing_is_in_an_order_to_learn_it_in() -> None:
    with collection() as found:
        path = found.curriculum(MONDAY_MS).path("feature-logging")
        slugs = [topic.slug for topic in path.missing]
        assert slugs[-1] == "feature-logging"
        places = {slug: place for place, slug in enumerate(slugs)}
        assert all(
            places[need] < places[slug]
            for slug in slugs for need in path.needs[slug] if need in places
        )  # fmt: skip
        assert path.new == sum(path.topics[slug].knowledge.new for slug in slugs)
        later = found.curriculum(learn(found, 9) + DAY_MS).path("feature-logging")
        assert later.missing == ()
        bare = sum(topic.standing is Standing.NO_CARDS for topic in later.topics.values())
        assert bare > 1
        assert drawn(later, 80)[-1] == (
            f"All that has cards to ask is known; {bare} concepts have none."
        )


# The program


def test_concepts_are_listed_deck_by_deck_the_learners_own_last(serving: Program) -> None:
    concepts = serving("concept", "list", "--json").json["concepts"]
    assert [one["concept"] for one in concepts[-2:]] == ["batching-window", LONG]
    assert [one["deck"] for one in concepts[-2:]] == [None, None]
    assert concepts[0] == {
        "concept": "ml-system-lifecycle",
        "title": "The ML system loop: data to model to decision to new data",
        "level": "mid", "deck": "01-framing", "deck_name": None, "standing": "none", "cards": 0,
        "seen": 0, "new": 0, "due": 0, "known": 0.0, "mastery": 0.0, "suspended": 0, "disabled": [],
    }  # fmt: skip
    stems = [one["deck"] for one in concepts[:-2]]
    assert stems == sorted(stems)
    ran = serving("concept", "list")
    places = [
        ran.out.index(f"\n{head}\n") for head in ("01-framing", "15-case-studies", "Your own")
    ]
    assert places == sorted(places)
    assert "\x1b" not in ran.out


def test_the_list_keeps_to_decks_and_levels(serving: Program) -> None:
    found = serving("concept", "list", "--deck", "serving", "--json").json["concepts"]
    assert [one["concept"] for one in found] == ["latency-budget", "batching-window", LONG]
    mid = serving("concept", "list", "--deck", "01-FRAMING", "--level", "mid", "--json").json
    assert {one["level"] for one in mid["concepts"]} == {"mid"}
    senior = serving("concept", "list", "--level", "senior", "--json").json["concepts"]
    assert {one["level"] for one in senior} == {"mid", "senior"}
    wrong = serving("concept", "list", "--deck", "servings")
    assert (wrong.code, "did you mean Serving?" in wrong.err) == (2, True)


def test_a_concept_is_shown_whole(serving: Program) -> None:
    shape = serving("concept", "show", "training-serving-skew", "--json").json
    assert {*shape} == {
        "schema", "concept", "title", "level", "deck", "deck_name", "standing", "cards", "seen",
        "new", "due", "known", "mastery", "suspended", "disabled", "explanation", "needs",
        "opens", "asked", "sources", "acronyms",
    }  # fmt: skip
    assert [one["concept"] for one in shape["needs"]] == ["feature-store", "data-leakage"]
    assert "feature-logging" in [one["concept"] for one in shape["opens"]]
    assert len(shape["asked"]) == shape["cards"] == shape["new"]
    assert {*shape["asked"][0]} == {
        "card", "deck", "type", "front", "phase", "due", "suspended", "retrievability",
    }  # fmt: skip
    assert shape["sources"][0] == {
        "key": "zinkevich",
        "title": "Rules of Machine Learning: Best Practices for ML Engineering",
        "year": "2017", "authors": "Zinkevich", "venue": "Google developers site",
        "locator": "developers.google.com",
    }  # fmt: skip
    assert shape["acronyms"]["ML"] == "machine learning"
    own = serving("concept", "show", "batching-window").out
    assert "Batching on a GPU trades latency for throughput." in own
    assert "Crankshaw et al. (2017). Clipper" in own
    assert "  my notebook." in own
    assert "GPU  graphics processing unit" in own


def test_a_path_is_a_graph(serving: Program) -> None:
    shape = serving("concept", "path", "feature-logging", "--json").json
    slugs = [node["concept"] for node in shape["nodes"]]
    assert slugs[-1] == shape["concept"] == "feature-logging"
    assert {(e["from"], e["to"]) for e in shape["edges"]} >= {
        ("training-serving-skew", "feature-logging"), ("feature-store", "training-serving-skew"),
    }  # fmt: skip
    assert all(slugs.index(edge["from"]) < slugs.index(edge["to"]) for edge in shape["edges"])
    assert shape["learn"][-1] == "feature-logging"
    new = {node["concept"]: node["new"] for node in shape["nodes"]}
    assert shape["new"] == sum(new[slug] for slug in shape["learn"]) > 0


def test_a_deck_is_shown_by_its_name_or_its_file(serving: Program) -> None:
    by_file = serving("deck", "show", "03-features", "--json").json
    assert serving("deck", "show", "features and feature stores", "--json").json == by_file
    assert (by_file["deck"], by_file["builtin"]) == ("Features and feature stores", True)
    assert by_file["concepts"][0]["concept"] == "feature-encoding"
    listed = serving("deck", "list", "--json").json["decks"]
    row = next(one for one in listed if one["deck"] == by_file["deck"])
    assert {key: by_file[key] for key in ("notes", "cards", "due", "new")} == {
        key: row[key] for key in ("notes", "cards", "due", "new")
    }
    own = serving("deck", "show", "serving", "--json").json
    assert own["about"] == "After this deck you size a fleet and say which knob moves p99."
    assert (own["complete"], own["cards"], len(own["concepts"])) == (True, 3, 3)
    assert own["decks"] == [{"deck": "Serving::Caches", "notes": 1, "cards": 1, "due": 0, "new": 1}]
    caches = serving("deck", "show", "Serving::Caches").out
    assert caches == "Serving::Caches\nyour own\n\n1 note, 1 card: 0 due, 1 new, 0 known now\n"


def test_a_deck_may_be_disabled_or_its_file_gone(srs: Program, tmp_path: Path) -> None:
    serving = imported(srs, tmp_path)
    assert serving("deck", "disable", "Serving").code == 0
    shown = serving("deck", "show", "Serving").out
    assert 'your own, complete, disabled: srs deck enable "Serving"\n' in shown
    assert "· latency-budget" in shown
    (tmp_path / "serving.md").unlink()
    gone = serving("deck", "show", "Serving", "--json").json
    assert (gone["about"], gone["complete"], gone["cards"]) == (None, False, 3)


@pytest.mark.parametrize("command", ["show", "path"])
@pytest.mark.parametrize(
    ("slug", "hint"),
    [
        ("training-skew", "did you mean training-serving-skew?"),
        ("FEATURE-STOER", "did you mean feature-store?"),
        ("offline", "did you mean offline-online-store, offline-vs-online-metrics or "),
        ("skew training", "did you mean training-serving-skew?"),
        ("nosuch", "srs concept list"),
        ("", "srs concept list"),
        ("%", "srs concept list"),
        ("*", "srs concept list"),
        ("\x1b[31m\u202ea'; DROP TABLE note; --", "srs concept list"),
        ("../../etc/passwd", "srs concept list"),
        ("a" * 5_000, "srs concept list"),
    ],
)
def test_a_slug_that_is_not_there(command: str, slug: str, hint: str) -> None:
    with collection() as found:
        whole = found.curriculum(MONDAY_MS)
        with pytest.raises(UsageError) as caught:
            whole.page(slug, 5) if command == "show" else whole.path(slug)
    assert caught.value.message == f"no concept {slug}"
    assert hint in caught.value.hint
    assert ("did you mean" in hint) == ("did you mean" in caught.value.hint)


def test_a_slug_may_be_written_in_any_case() -> None:
    with collection() as found:
        whole = found.curriculum(MONDAY_MS)
        assert whole.page("Feature-STORE", 5) == whole.page("feature-store", 5)
        assert whole.path("HNSW").target == "hnsw"


def test_a_session_knows_concepts_without_cards(srs: Program) -> None:
    unknown = srs("review", "--concept", "training-skew").err
    assert "error: no concept training-skew\nhint: did you mean training-serving-skew?" in unknown
    assert unknown.endswith("srs concept list shows the concepts\n")
    bare = srs("review", "--concept", "ml-system-lifecycle")
    assert (bare.code, bare.err) == (
        2, "error: ml-system-lifecycle has no cards yet\n"
        "hint: srs concept list shows which have some\n",
    )  # fmt: skip


def test_cards_that_are_all_suspended_are_said_to_be(srs: Program) -> None:
    assert srs("card", "suspend", "--find", "concept:hnsw", "--yes").code == 0
    unsuspend = "srs card unsuspend --find concept:hnsw"
    said = f"6 cards of hnsw, all suspended: {unsuspend}\n"
    assert f"∘ {said}" in srs("concept", "show", "hnsw").out
    for words in (("list",), ("list", "--deck", "07-retrieval-ranking"), ("path", "hnsw")):
        assert said in srs("concept", *words).out
    shape = srs("concept", "show", "hnsw", "--json").json
    assert (shape["standing"], shape["suspended"], shape["disabled"]) == ("none", 6, [])
    for words in (("--concept", "HNSW"), ("--find", "concept:hnsw", "--cram")):
        ran = srs("review", *words)
        assert (ran.code, ran.err.count("are suspended\nhint: srs card unsuspend")) == (2, 1)
    assert f"hint: {unsuspend} " in ran.err
    assert srs("review", "--cram", "--find", "is:suspended", stdin="q\n").code == 0


def test_a_concept_whose_deck_is_disabled_says_so(srs: Program, tmp_path: Path) -> None:
    imported(srs, tmp_path)
    assert srs("deck", "disable", "07-retrieval-ranking", "Serving").code == 0
    said = 'Retrieval and ranking is disabled: srs deck enable "Retrieval and ranking"\n'
    assert f"∘ {said}" in srs("concept", "show", "ann-search").out
    for words in (("list",), ("path", "ann-search"), ("list", "--deck", "07-retrieval-ranking")):
        assert said in srs("concept", *words).out
    shape = srs("concept", "show", "ann-search", "--json").json
    assert (shape["standing"], shape["disabled"]) == ("none", ["Retrieval and ranking"])
    listed = srs("concept", "list", "--deck", "serving", "--json").json["concepts"]
    assert [one["concept"] for one in listed] == ["latency-budget", "batching-window", LONG]
    assert [one["disabled"] for one in listed] == [["Serving"]] * 3
    ran = srs("review", "--concept", "ann-search")
    assert (ran.code, ran.err) == (
        2, "error: all cards of ann-search are in Retrieval and ranking, which is disabled\n"
        'hint: srs deck enable "Retrieval and ranking" shows it again\n',
    )  # fmt: skip


def test_a_slip_makes_no_collection(srs: Program) -> None:
    for words in (("--concept", "nosuch"), ("nosuch",), ("--deck", "nosuch"), ("--tag", "nosuch")):
        assert srs("review", *words).code == 2
        assert not srs.home.exists()


def test_a_deck_answers_to_its_name_and_to_its_file(serving: Program) -> None:
    listed = serving("concept", "list").out
    assert "\n03-features  Features and feature stores\n" in listed
    assert (
        " · 03-features · Features and feature stores\n"
        in serving("concept", "show", "feature-store").out
    )
    ahead = serving("deck", "show", "04-MODELING-training")
    assert (ahead.code, ahead.err) == (
        2, "error: 04-modeling-training has no cards yet\n"
        "hint: srs concept list --deck 04-modeling-training shows what it is about\n",
    )  # fmt: skip
    assert "did you mean 13-llm-apps-agents?" in serving("deck", "show", "13-agents").err


def test_a_deck_is_shown_by_its_own_spelling(srs: Program, tmp_path: Path) -> None:
    (tmp_path / "own.md").write_text("---\ndeck: My Notes::Search\n---\n\nQ: One?\nA: Two.\n")
    assert srs("import", str(tmp_path / "own.md")).code == 0
    assert srs("deck", "show", "MY NOTES").out.startswith("My Notes\n")


def test_cards_that_ask_the_same_words_are_shown_once(srs: Program) -> None:
    cards = srs("concept", "show", "two-stage-retrieval").out
    alike = [line for line in cards.splitlines() if "Of 300 million posts" in line]
    assert len(alike) == 1
    assert "  3 cards: new  " in alike[0]
    assert len(srs("concept", "show", "two-stage-retrieval", "--json").json["asked"]) == 13


def test_acronyms_are_spelled_out_where_they_are_shown(serving: Program) -> None:
    builds = serving("concept", "show", "loss-design").out
    assert "RMSE  root mean squared error" in builds
    cards = serving("concept", "show", "ann-search")
    assert "gigabyte" not in cards.out  # of a front whose end is cut off
    assert "GB" in serving("concept", "show", "ann-search", "--json").json["acronyms"]


def test_a_title_that_asks_gets_no_full_stop(serving: Program) -> None:
    out = " ".join(serving("concept", "show", "gbdt-vs-deep").out.split())
    assert "typical tabular data? NeurIPS" in out


MARKED = """\
---
deck: Marked
about: What **holds** at $x^2$.
---

## own-thing

A **bold** word and $x^2$.

```sh
# comment
srs sync
```

After.

Q: One?
A: Two.
"""


def test_explanations_are_shown_as_cards_are(srs: Program, tmp_path: Path) -> None:
    (tmp_path / "own.md").write_text(MARKED)
    assert srs("import", str(tmp_path / "own.md")).code == 0
    out = srs("concept", "show", "own-thing").out
    assert "\n\nA bold word and x².\n\n  # comment\n  srs sync\n\nAfter.\n" in out
    assert "\n\nWhat holds at x².\n" in srs("deck", "show", "Marked").out


def test_a_session_shows_explanations_as_cards_are(tmp_path: Path) -> None:
    (tmp_path / "own.md").write_text(MARKED)
    with collection() as found:
        found.import_files(decks.read([tmp_path]), MONDAY_MS)
        [card] = found.cards(found.span(MONDAY_MS, ["Marked"]))
        panel = info(found, card, MONDAY_MS, 80, reminder=True)
    console = Console(width=80, theme=Theme(DARK.styles))
    with console.capture() as captured:
        console.print(panel.body)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    assert lines[-6:] == ["A bold word and x².", "", "  # comment", "  srs sync", "", "After."]


@pytest.mark.parametrize("words", [("list",), ("path", "case-rag-assistant")])
def test_a_long_list_goes_through_the_pager(
    srs: Program, tmp_path: Path, words: tuple[str, ...]
) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\nwc -l | tr -d ' ' > \"$0.lines\"\necho in the pager\n")
    pager.chmod(0o755)
    srs.environment["PAGER"] = str(pager)
    screen = srs.screen("concept", *words)
    screen.wait_for("in the pager")
    assert screen.end() == 0
    assert int(Path(f"{pager}.lines").read_text()) > 50
    assert "in the pager" not in srs("concept", *words).out


def test_an_unknown_slug_is_an_error_of_usage(srs: Program) -> None:
    ran = srs("concept", "path", "training-skew\x1b[31m", "--json")
    assert (ran.code, ran.json["error"]["code"]) == (2, 2)
    assert ran.err.startswith("error: no concept training-skew␛[31m\nhint: did you mean")
    assert not srs.home.exists()


def test_a_terminal_that_knows_no_signs_gets_ascii(srs: Program) -> None:
    plain = Program(srs.home, environment={"PYTHONIOENCODING": "ascii", "COLUMNS": "44"})
    out = plain("concept", "path", "training-serving-skew").out
    assert out.isascii()
    assert out.startswith(". training-serving-skew\n|")
    assert "\n` o data-leakage\n" in out


def test_the_tree_has_colours_on_a_terminal_and_none_if_unwanted(srs: Program) -> None:
    narrow = Program(srs.home, environment={"COLUMNS": "40"})
    screen = narrow.screen("concept", "path", "latency-budget", columns=40)
    shown = screen.wait_for("There are no cards")
    assert "└ ∘ clarify-requirements" in shown
    assert screen.end() == 0
    assert "\x1b[" in screen.raw.decode()
    without = Program(srs.home, environment={"NO_COLOR": "1", "COLUMNS": "80"})
    screen = without.screen("concept", "path", "latency-budget")
    assert "└─ ∘ clarify-requirements" in screen.wait_for("There are no cards")
    assert screen.end() == 0
    assert "\x1b[3" not in screen.raw.decode()


def test_a_session_explains_the_concept_only_after_the_answer(srs: Program) -> None:
    suspended = srs("card", "suspend", "--find", "-concept:feature-freshness-tiers", "--yes")
    assert suspended.code == 0
    screen = srs.screen("review", "03-features")
    screen.wait_for("show the answer")
    screen.press("i")
    before = screen.wait_for("any key goes on")
    assert "A feature is computed in batch" not in before
    screen.press(" ")
    screen.wait_for("show the answer")
    screen.reveal()
    screen.press("i")
    after = screen.wait_for("any key goes on")
    assert "Batch, streaming and on-demand features" in after
    assert "A feature is computed in batch" in after
    screen.press("q")
    screen.press("q")
    assert screen.end() == 0


def test_slugs_are_completed(serving: Program) -> None:
    import subprocess

    from tests.program import SRS

    done = subprocess.run(
        [SRS, "concept", "path", "batch"], capture_output=True, text=True, check=False,
        env={**serving.env(), "_SRS_COMPLETE": "fish"},
    )  # fmt: skip
    assert [line.split("\t")[1] for line in done.stdout.splitlines()] == [
        "batch-vs-stream-ingestion", "batch-vs-online-inference", "batching-window",
    ]  # fmt: skip

"""Cards for the rules of lint: by rule, some that break it and some that do not, each named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from decks.checking import Verdict
from decks.concepts import Concept
from decks.lint.engine import lint
from decks.lint.rule import Finding, Knowledge, Sheet
from decks.lint.rules import LintChoice
from decks.parse import parse

CONCEPTS = {
    slug: Concept(slug, slug, (), level, ("gama2014",), "10-drift")
    for slug, level in (("drift", "M"), ("shift", "S"))
} | {"store": Concept("store", "store", (), "M", ("gama2014",), "03-features")}
KNOWN = Knowledge(CONCEPTS, {"gama2014", "feast-docs"}, {"PSI", "AUC"})


def words(count: int, last: str = "") -> str:
    """So many different words, none of which says anything to a rule."""
    named = [
        f"{'abcdefghijklmnopqrstuvwxyz'[n % 26]}{'rstuvwxyz'[n // 26]}na" for n in range(count)
    ]
    return " ".join([*named[: count - 1], last] if last else named)


def sheet(text: str, path: str = "10-drift.md") -> Sheet:
    """A deck file of that text."""
    return Sheet(path, parse(text, path, "Deck"))


def found(
    *texts: str,
    rule: str = "",
    standard: str = "deck",
    knowledge: Knowledge = KNOWN,
    paths: Sequence[str] = ("10-drift.md", "b.md"),
) -> list[Finding]:
    """What lint finds in files of those texts."""
    sheets = [sheet(text, path) for text, path in zip(texts, paths, strict=False)]
    choice = LintChoice.of((rule,) if rule else (), (), standard)
    return list(lint(sheets, knowledge, choice).findings)


class Case(NamedTuple):
    """A text, and what a rule finds in it: the number of errors and of warnings."""

    rule: str
    name: str
    text: str
    errors: int = 0
    warnings: int = 0


def qa(question: str, answer: str = "The model stays calibrated.", more: str = "") -> str:
    """One card."""
    return f"Q: {question}\nA: {answer}\n{more}"


def typed(kind: str, card: str, concept: str = "drift") -> str:
    """One card below a concept, with id and type."""
    return f"## {concept}\n> sources: gama2014\n\nWords.\n\n### an-id {{type={kind}}}\n{card}"


TRADEOFF = "State the gain, the price, and when the gain is zero."
PARTS = "Gain: fewer misses. Price: memory. Zero gain: nothing repeats."
RUN = "one two three four five six seven eight nine ten eleven"  # eleven words
CASES = [
    Case("blank", "no answer", "Q: Who?\n", 1),
    Case("blank", "an empty answer", "Q: Who?\nA:\n", 1),
    Case("blank", "no gap", "C: A rollout runs shadow first, then canary.\n", 1),
    Case("blank", "an empty gap", "C: A rollout runs [ ] first, then canary.\n", 1),
    Case("blank", "one word", qa("Who drifts?", "Inputs.")),
    Case("unreadable", "an answer alone", "A: Inputs.\n", 1),
    Case("unreadable", "a gap that never closes", "C: A rollout runs [shadow first.\n", 1),
    Case("unreadable", "prose", "Nothing that is a card.\n"),
    Case("remark", "a fence that never closes", "```\nprose\n", 0, 1),
    Case("remark", "an unknown key", "---\ncolour: red\n---\n\nTTL :: lifetime\n", 0, 1),
    Case("remark", "a fence that closes", "```\nprose\n```\n"),
    Case("missing-id", "none", qa("Who drifts?"), 1),
    Case("missing-id", "at the end", qa("Who drifts?", "Inputs. ^who-drifts")),
    Case("missing-id", "in the heading", f"### who\n{qa('Who drifts?')}"),
    Case("duplicate-id", "twice", f"### who\n{qa('Who?')}\n### who\n{qa('What?')}", 1),
    Case("duplicate-id", "two", f"### who\n{qa('Who?')}\n### what\n{qa('What?')}"),
    Case("type", "none", qa("Who drifts?"), 1),
    Case("type", "unknown", typed("guess", qa("Who drifts?")), 1),
    Case("type", "a cloze of another", typed("choose", "C: A gap [here] of it.\n"), 1),
    Case("type", "a question called cloze", typed("cloze", qa("Who drifts?")), 1),
    Case("type", "known", typed("contrast", qa("Who drifts?"))),
    Case("type", "a cloze", typed("cloze", "C: A gap [here] of it.\n")),
    Case("concept", "none", qa("Who drifts?"), 1),
    Case("concept", "unknown", typed("diagnose", qa("Who drifts?"), "drfit"), 1),
    Case("concept", "of another deck", typed("diagnose", qa("Who drifts?"), "store"), 1),
    Case("concept", "known", typed("diagnose", qa("Who drifts?"))),
    Case("source", "none", qa("Who drifts?"), 1),
    Case("source", "unknown", f"---\nsource: gama2041\n---\n\n{qa('Who drifts?')}", 1),
    Case("source", "one of two unknown", f"---\nsources: gama2014, x\n---\n\n{qa('Who?')}", 1),
    Case("source", "known", f"---\nsource: gama2014\n---\n\n{qa('Who drifts?')}"),
    Case("answer-length", "30 of recall", typed("contrast", qa("Who?", words(30)))),
    Case("answer-length", "31 of recall", typed("contrast", qa("Who?", words(31))), 0, 1),
    Case("answer-length", "40 of recall", typed("what-breaks", qa("Who?", words(40))), 0, 1),
    Case("answer-length", "41 of recall", typed("what-breaks", qa("Who?", words(41))), 1),
    Case("answer-length", "45 of reasoning", typed("diagnose", qa("Who?", words(45)))),
    Case("answer-length", "46 of reasoning", typed("diagnose", qa("Who?", words(46))), 0, 1),
    Case("answer-length", "60 of reasoning", typed("curveball", qa("Who?", words(60))), 0, 1),
    Case("answer-length", "61 of reasoning", typed("curveball", qa("Who?", words(61))), 1),
    Case("answer-length", "45 without a type", qa("Who?", words(45))),
    Case("answer-length", "signs are no words", qa("Who?", "a - " * 45)),
    Case("answer-length", "46 in a variant",
         typed("choose", qa("Who?", "x", f"Variant: Now? ({words(46)})\n")), 0, 1),
    Case("question-length", "45", qa(words(45))),
    Case("question-length", "46", qa(words(46)), 0, 1),
    Case("question-length", "a sentence of 46", f"C: [x] {words(45)}\n", 0, 1),
    Case("question-length", "46 in a variant",
         qa("Who?", "x", f"Variant: {words(46)} (y)\n"), 0, 1),
    Case("list-answer", "three bullets", qa("Who?", "\n- a\n- b\n- c"), 1),
    Case("list-answer", "two bullets", qa("Who?", "\n- a\n- b")),
    Case("list-answer", "three numbers", qa("Who?", "\n1. a\n2. b\n3. c"), 1),
    Case("list-answer", "(1)(2)(3)", qa("Who?", "(1) inputs (2) labels (3) both"), 1),
    Case("list-answer", "1) 2) 3)", qa("Who?", "1) inputs 2) labels 3) both"), 1),
    Case("list-answer", "arguments", qa("Who?", "f(1) + f(2) = f(3), at (a, 1) (a, 2) (a, 3) .")),
    Case("list-answer", "(1)(2)", qa("Who?", "(1) inputs (2) labels")),
    Case("list-answer", "three bold labels", qa("Who?", "**a:** x **b:** y **c**: z"), 1),
    Case("list-answer", "bullets in code", qa("Who?", "This:\n```\n- a\n- b\n- c\n```")),
    Case("list-answer", "three parts of a trade-off",
         typed("tradeoff", qa(TRADEOFF, "\n- Gain: a\n- Price: b\n- Zero gain: c"))),
    Case("list-answer", "four parts of a trade-off",
         typed("tradeoff", qa(TRADEOFF, "\n- Gain: a\n- Price: b\n- Zero gain: c\n- d")), 1),
    Case("tradeoff-parts", "three", typed("tradeoff", qa(TRADEOFF, PARTS))),
    Case("tradeoff-parts", "two",
         typed("tradeoff", qa(TRADEOFF, "Gain: less. Price: memory, unless it is full.")), 1),
    Case("tradeoff-parts", "none needed", typed("choose", qa("Who?", "Inputs."))),
    Case("flip", "none", typed("choose", qa("Batch or stream?")), 1),
    Case("flip", "one", typed("choose", qa("Batch or stream?", "Batch.", "Flip: Fresh.\n"))),
    Case("flip", "no choice", typed("diagnose", qa("What first?"))),
    Case("several-questions", "two marks", qa("What fails? Who notices?"), 0, 1),
    Case("several-questions", "one mark", qa("The store is stale. Who notices?")),
    Case("several-questions", "and why", qa("Which one fails, and why?"), 0, 1),
    Case("several-questions", "and what, of one thing",
         qa("What separates what was logged and what was served?"), 0, 0),
    Case("several-questions", "and what, declared",
         typed("curveball", qa("What fails first, and what replaces it?"))),
    Case("several-questions", "a pick and its reason", typed("choose", qa("A or B? Why?"))),
    Case("several-questions", "a mark in quotes",
         qa('A canary asks "is it safe?". Which question does an A/B test ask?')),
    Case("several-questions", "in a statement",
         qa("You log features and what they led to. Which row leaks?")),
    Case("several-questions", "in code", qa("What does `a ? b : c` give?")),
    Case("yes-no", "is", qa("Is a canary an A/B test?"), 1),
    Case("yes-no", "behind a case", qa("PSI is 0.02. Does the model drift?"), 1),
    Case("yes-no", "or", qa("Is it label shift or concept drift?")),
    Case("yes-no", "why", qa("Why is a canary no A/B test?")),
    Case("yes-no", "and why", qa("Is a canary an A/B test, and why not?")),
    Case("yes-no", "and which", qa("Does recall fall, and by how much?")),
    Case("yes-no", "a statement", qa("Does it? One learner says so. What does he miss?")),
    Case("yes-no", "a name", qa("Will, the on-call engineer, sees it. What does he check?")),
    Case("yes-no", "was", qa("Was the canary clean?"), 1),
    Case("yes-no", "German", qa("Der Motor ist warm. Was prüfst du?")),
    Case("yes-no", "behind a condition", qa("If p99 rises, is the cache to blame?"), 1),
    Case("yes-no", "behind a condition, with or", qa("If p99 rises, is the cache or disk full?")),
    Case("yes-no", "a word beside", qa("Under load, what part, if any, is lost?")),
    Case("yes-no", "true or false", qa("True or false: a canary is an A/B test."), 1),
    Case("yes-no", "and under which", qa("May a follower answer, and under which lease?")),
    Case("yes-no", "isn't", qa("Isn't a canary an A/B test?"), 1),
    Case("vague-opener", "Explain", qa("Explain feature stores."), 1),
    Case("vague-opener", "Describe", qa("Describe a canary."), 1),
    Case("vague-opener", "List the", qa("List the drift types."), 1),
    Case("vague-opener", "Name three", qa("Name three drift types."), 1),
    Case("vague-opener", "Name one", qa("Name one cause of drift."), 1),
    Case("vague-opener", "List some plural", qa("List causes of drift."), 1),
    Case("vague-opener", "a plural", qa("Name servers in a zone disagree. What do you check?")),
    Case("vague-opener", "Tell", qa("Tell me about drift."), 1),
    Case("vague-opener", "What are", qa("What are feature stores?"), 1),
    Case("vague-opener", "at the end", qa("You double the candidates. Discuss the cost."), 1),
    Case("vague-opener", "What is", qa("What is lost?")),
    Case("vague-opener", "a noun", qa("List comprehensions allocate what?")),
    Case("vague-opener", "a term", "explain plan :: how the database will run a query\n"),
    Case("vague-opener", "a command", qa("Explain plan and explain analyze differ in what?")),
    Case("vague-opener", "State", qa(f"You double the cache. {TRADEOFF}")),
    Case("ambiguous-reference", "It", qa("It fails at noon. What broke?"), 1),
    Case("ambiguous-reference", "This", qa("This store is stale. Who notices?"), 1),
    Case("ambiguous-reference", "the above", qa("What does the above model lack?"), 1),
    Case("ambiguous-reference", "this approach", qa("Which cost has this approach?"), 1),
    Case("ambiguous-reference", "this approach, named",
         qa("You backfill every night. Which cost has this approach?")),
    Case("ambiguous-reference", "Its", qa("Its owner leaves. Who notices?")),
    Case("ambiguous-reference", "code below",
         qa("This prints what?\n```python\nprint(1)\n```")),
    Case("ambiguous-reference", "in quotes", qa('"It works here." What is missed?')),
    Case("ambiguous-reference", "above-average", qa("Where do the above-average users go?")),
    Case("ambiguous-reference", "an answer", qa("What happens?", "It does not move.")),
    Case("answer-in-question", "60%", qa(
        "Which alpha beta gamma leaks?", "Alpha beta gamma delta epsilon"), 0, 1),
    Case("answer-in-question", "40%", qa(
        "Which alpha beta leaks?", "Alpha beta gamma delta epsilon")),
    Case("answer-in-question", "labels", qa(
        "In a star schema and in a snowflake schema, where does the city of a customer stand?",
        "Star: in the customer row. Snowflake: in a table of cities.")),
    Case("answer-in-question", "a single word",
         qa("What does shadow traffic do?", "Shadow."), 0, 1),
    Case("answer-in-question", "one of two", qa("TCP or UDP, when loss is fine?", "UDP.")),
    Case("answer-in-question", "a number", qa("How many requests fail in the month?",
         "30: requests fail in the month.")),
    Case("answer-in-question", "a gap", "C: A shadow deployment gets its name from [shadow].\n",
         0, 1),
    Case("answer-in-question", "another gap", "C: Ranking of [retrieval] stays [elsewhere].\n"),
    Case("it-depends", "alone", qa("Batch or stream?", "It depends."), 1),
    Case("it-depends", "really", qa("Batch or stream?", "That really depends."), 1),
    Case("it-depends", "on anything", qa("Batch or stream?", "It depends on the use case."), 1),
    Case("it-depends", "on something",
         qa("Batch or stream?", "It depends on how stale a value may be: minutes need a stream.")),
    Case("it-depends", "later", qa("Batch or stream?", "Batch. Cost depends on size.")),
    Case("cloze", "no words around", "C: [a] [b] is here\n", 1),
    Case("cloze", "8 words around", "C: one two three four five six seven eight [nine]\n"),
    Case("cloze", "7 words around", "C: one two three four five six seven [eight]\n", 1),
    Case("cloze", "3 gaps", f"C: [a] [b] [c] {words(8)}\n"),
    Case("cloze", "4 gaps", f"C: [a] [b] [c] [d] {words(8)}\n", 1),
    Case("cloze", "a gap of 6", f"C: [a b c d e f] {words(8)}\n"),
    Case("cloze", "a gap of 7", f"C: [a b c d e f g] {words(8)}\n", 1),
    Case("residue", "TODO", qa("Who?", "Inputs. TODO check"), 1),
    Case("residue", "wait", qa("Who?", "Inputs. Wait, let me think"), 1),
    Case("residue", "hmm", qa("Who?", "Hmm, inputs."), 1),
    Case("residue", "as an AI", qa("Who?", "As an AI language model I know inputs."), 1),
    Case("residue", "confused", qa("Who?", "I'm confused: inputs."), 1),
    Case("residue", "in a why", qa("Who?", "Inputs.", "Why: FIXME\n"), 1),
    Case("residue", "hidden Markov model", qa("What does an HMM hide?", "States.")),
    Case("residue", "to do", qa("What to do?", "Wait for the labels.")),
    Case("residue", "in code", qa("What marks it?", "`TODO`")),
    Case("absolute-words", "always", qa("Who?", "Inputs always drift."), 0, 1),
    Case("absolute-words", "any scale", qa("Who?", "Works at any scale."), 0, 1),
    Case("absolute-words", "in the question", qa("Who always drifts?", "Inputs.")),
    Case("absolute-words", "in a cloze", "C: Labels [never] come in time for the monitor.\n", 0, 1),
    Case("absolute-words", "part of a word", qa("Who?", "A prefixed key.")),
    Case("volatile", "a price", qa("What does it cost?", "$3 an hour."), 1),
    Case("volatile", "with a date", f"---\nas_of: 2026-03\n---\n\n{qa('Cost?', '$3 an hour.')}"),
    Case("volatile", "a price of the case",
         qa("A miss costs $60, ten happen. What is lost?", "$600 in all.")),
    Case("volatile", "hardware", qa("How fast is HBM?", "An H100 reads 3.35 TB/s."), 1),
    Case("volatile", "hardware in the question", qa("An H100 reads 3.35 TB/s. Why?"), 1),
    Case("volatile", "a rate", qa("How much comes in?", "8 GB/s of events.")),
    Case("volatile", "a product", qa("How big?", "DynamoDB items are limited to 400 KB."), 1),
    Case("volatile", "a product without numbers", qa("Who?", "Kafka limits the lag.")),
    Case("volatile", "state of the art", qa("Which is state of the art?", "X."), 1),
    Case("volatile", "a state", qa("Which state of the machine?", "X.")),
    Case("acronym", "unknown", qa("What does XQZ do?"), 0, 1),
    Case("acronym", "known", qa("What does PSI do?")),
    Case("acronym", "several", qa("What do PSIs and the AUCs do?")),
    Case("acronym", "explained", qa("What does expected query zone (XQZ) do?")),
    Case("acronym", "a unit", qa("What takes 3 GB?")),
    Case("acronym", "shouted", qa("What does it NOT do?")),
    Case("acronym", "money", qa("What costs 3 USD?")),
    Case("acronym", "one letter", qa("What does S3 do in an A/B test?")),
    Case("acronym", "in code", qa("What does `XQZ` do?")),
    Case("acronym", "a part number", qa("What does the pump XQZ-4471 do?")),
    Case("acronym", "joined by a hyphen", qa("What does an XQZ-index do?"), 0, 1),
    Case("unit", "none", qa("How long does it wait?", "40."), 1),
    Case("unit", "with a reason", qa("How long does it wait?", "About 40: four turns."), 1),
    Case("unit", "one", qa("How long does it wait?", "40 ms.")),
    Case("unit", "counted", qa("How many wait?", "40.")),
    Case("unit", "a year", qa("In which year?", "1969.")),
    Case("unit", "said by the question", qa("How long is a haiku, in syllables?", "17")),
    Case("unit", "a place, no unit", qa("How long does it wait in practice?", "40"), 1),
    Case("unit", "a product", qa("How much is 17 × 3?", "51")),
    Case("unit", "a port", qa("Which port has ssh?", "22")),
    Case("unit", "of an estimate", typed("estimate-fixed", qa("What comes in?", "12,000.")), 1),
    Case("unit", "of a share", typed("estimate-fixed", qa("Which share?", "0.3: a third."))),
    Case("unit", "thousands", qa("How long does it wait?", "3 million.")),
    Case("wide-code", "88", qa("What?", f"```\n{'x' * 88}\n```")),
    Case("wide-code", "89", qa("What?", f"```\n{'x' * 89}\n```"), 0, 1),
    Case("wide-code", "89 of prose", qa("What?", "x" * 89)),
    Case("terminal", "a picture", qa("![a](b.png) What?"), 0, 1),
    Case("terminal", "a table", qa("What?", "\n| a | b |\n|---|---|\n| 1 | 2 |"), 0, 1),
    Case("terminal", "a bar", qa("What is P(y|x)?", "A probability.\n---\n")),
    Case("terminal", "a table in code", qa("What?", "```\n|---|---|\n```")),
    Case("near-duplicate", "7 of 10", qa("aa bb cc dd ee ff gg hh")
         + qa("aa bb cc dd ee ff gg ii jj", "Other."), 1),
    Case("near-duplicate", "7 of 11", qa("aa bb cc dd ee ff gg hh kk")
         + qa("aa bb cc dd ee ff gg ii jj", "Other.")),
    Case("near-duplicate", "equal questions", qa("Who drifts?") + qa("Who drifts?", "Labels."), 1),
    Case("near-duplicate", "the same card", qa("Who drifts?") + qa("Who drifts?"), 1),
    Case("near-duplicate", "parallel questions",
         qa("What is the capital of France?", "Paris.")
         + qa("What is the capital of Spain?", "Madrid.")),
    Case("near-duplicate", "parallel questions of typed cards",
         typed("what-breaks", qa("Which reads fail when a hot shard dies?", "Those of one key."))
         + "\n### other {type=what-breaks}\n"
         + qa("Which reads fail when a cold shard dies?", "Hardly any."), 1),
    Case("near-duplicate", "another number",
         qa("A store answers in 10 ms; the budget is 50 ms. What is left over?", "40 ms.")
         + qa("A store answers in 20 ms; the budget is 50 ms. What is left over?", "30 ms."), 1),
    Case("near-duplicate", "trade-offs end alike", qa(f"You shrink windows. {TRADEOFF}", "a")
         + qa(f"You double caches. {TRADEOFF}", "b")),
    Case("near-duplicate", "answers of a concept",
         typed("contrast", qa("Who drifts?", "Inputs move while the rule stays put.")
               + qa("What moved?", "Inputs move while the rule stays put.")), 1),
    Case("near-duplicate", "short answers of a concept",
         typed("contrast", qa("Who drifts?", "Label shift.") + qa("What moved?", "Label shift."))),
    Case("near-duplicate", "other code",
         qa("What does this print?\n```\nprint(alpha + 1, beta)\n```")
         + qa("What does this print?\n```\nfor x in range(9): yield y\n```", "Other.")),
    Case("copied-text", "12 words",
         qa("Who?", f"{RUN} twelve.") + qa("What?", f"{RUN} twelve!"), 1),
    Case("copied-text", "11 words", qa("Who?", f"{RUN} twelve.") + qa("What?", f"{RUN} other.")),
    Case("copied-text", "in a why", qa("Who?", f"{RUN} twelve.")
         + qa("What?", "x", f"Why: {RUN} twelve.\n"), 1),
    Case("copied-text", "within a note", qa(f"{RUN} twelve?", f"{RUN} twelve.")),
    Case("copied-text", "the end of trade-offs", qa(f"You shrink windows a lot. {TRADEOFF}", "a")
         + qa(f"You shrink windows a lot. {TRADEOFF}", "b")),
]  # fmt: skip


def verdict(fingerprint: str, word: str = "good") -> Verdict:
    """What a checker found."""
    return Verdict("an-id", fingerprint, word, "read")

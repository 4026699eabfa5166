"""What cards claim: with dates where facts change, without words that are hardly ever true."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.lint.rule import ERROR, WARNING, Flaw, Knowledge, Rule, Subject
from decks.lint.words import sentences

_ABSOLUTE = re.compile(
    r"\b(always|never|only|guarantee(?:s|d)?|fixed|(?:at )?any scale|eliminate(?:s|d)?)\b", re.I
)
_RESIDUE = re.compile(
    r"\b(TODO|FIXME|[Hh]mm+(?![A-Za-z])"
    r"|(?i:wait, (?:let me|actually|no\b)"
    r"|let me (?:rethink|reconsider|rephrase|recalculate|re-check)"
    r"|I['’]m confused|I am confused|as an AI(?: (?:language )?model| assistant|,)"
    r"|I (?:cannot|can['’]t) (?:help|assist) with|(?:sure|certainly)[,!] here(?:['’]s| is| are)"
    r"|lorem ipsum))"
)
_MONEY = re.compile(
    r"[$€£¥]\s?\d|\b(?:USD|EUR|GBP)\s?\d|\d\s?(?:USD|EUR|GBP|dollars?|euros?|cents?)\b", re.I
)
_BANDWIDTH = re.compile(
    r"\d\s?(?:[KMGTP]i?(?:B|bit|b)(?:/s|ps)|[GTP]FLOPS?(?:/s)?|[GTP]FLOP/s)(?![A-Za-z])"
)
_HARDWARE = re.compile(
    r"\b(?:GPUs?|TPUs?|HBM\d?e?|NVLink|NVSwitch|PCIe|InfiniBand|DDR\d|NVMe|SSDs?"
    r"|[ABHL]\d{2,3}s?|GH?B?\d{3}|MI\d{3}X?|TPU ?v\d\w?|memory bandwidth)\b"
)
_PRODUCT = re.compile(
    r"\b(?:DynamoDB|S3|Lambda|Kinesis|SageMaker|Bedrock|BigQuery|Bigtable|Spanner|Vertex|Redshift"
    r"|Snowflake|Databricks|Kafka|Redis|Cassandra|PostgreSQL|Postgres|MySQL|MongoDB|Elasticsearch"
    r"|OpenSearch|Pinecone|Weaviate|Milvus|Qdrant|Cloudflare|Kubernetes|GPT-?\d\w*|ChatGPT|OpenAI"
    r"|Claude|Gemini|Llama|Mistral|DeepSeek|GitHub|Azure|AWS|GCP)\b"
)
_LIMIT = re.compile(
    r"\b(?:limit(?:s|ed)?|quotas?|maximum|at most|up to|no more than|cap(?:s|ped)?|context window"
    r"|context length|per account|per region)\b",
    re.IGNORECASE,
)
_NEWEST = re.compile(r"\bstate[ -]of[ -]the[ -]art\b|\bSOTA\b", re.IGNORECASE)
# Part numbers (KX-4471) are names.
_ACRONYM = re.compile(r"(?<![A-Za-z0-9])([A-Z][A-Z0-9]{1,5})s?(?![A-Za-z0-9]|-\d\d)")
# Units, and words that are shouted.
_SHOUTED = """
KB MB GB TB PB EB KIB MIB GIB TIB KHZ MHZ GHZ THZ KW MW GW KWH DB NOT AND OR ALL ANY NO NONE YES
IF THE ONE TWO IS ON OFF TRUE FALSE NULL NOW BOTH AM PM OK US UK EU UN NYC LA TODO FIXME II III
USD EUR GBP JPY CHF IV VI VII VIII IX XI XII
"""
_NO_ACRONYM = frozenset(_SHOUTED.split())


def _absolute(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    found = dict.fromkeys(word.lower() for word in _ABSOLUTE.findall(subject.claims))
    if found:
        hint = "say when it holds, or have the note checked: a verdict clears this (--record)"
        yield subject.flaw(f"absolute: {', '.join(found)}", hint)


def _residue(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    for text in subject.texts:
        if found := _RESIDUE.search(text):
            hint = "finish the card: take out what was said while it was written"
            yield subject.flaw(f'"{found[0]}" was left in the text', hint)
            return


def _volatile(subject: Subject, _: Knowledge) -> Iterator[Flaw]:
    if subject.note.as_of:
        return
    if what := _changing(subject):
        hint = "write `as_of: 2026-03` into the head of the file, or leave the number out"
        yield subject.flaw(f"{what} changes, and no date says when it was true", hint)


def _changing(subject: Subject) -> str:
    """What in a note will not stay true; "" if nothing.

    A price or a bandwidth that the question gives is part of its case, and what is computed from
    it as well.
    """
    claims, given = subject.claims, "" if subject.is_cloze else subject.question
    for text in (claims, given):
        if found := _NEWEST.search(text):
            return f'"{found[0]}"'
    if (found := _MONEY.search(claims)) and not _MONEY.search(given):
        return "a price"
    for text in (claims, given):
        for sentence in sentences(text):
            if _BANDWIDTH.search(sentence) and _HARDWARE.search(sentence):
                if text is given or not _BANDWIDTH.search(given):
                    return "the bandwidth of hardware"
            elif _is_product_limit(sentence):
                return "the limit of a product"
    return ""


def _is_product_limit(sentence: str) -> bool:
    product = _PRODUCT.search(sentence)
    if product is None or not _LIMIT.search(sentence):
        return False
    return any(char.isdigit() for char in _PRODUCT.sub("", sentence))


def _acronyms(subject: Subject, knowledge: Knowledge) -> Iterator[Flaw]:
    text = "\n".join(subject.texts)
    found = dict.fromkeys(filter(_is_acronym, _ACRONYM.findall(text)))
    unknown = [
        one for one in found if one not in knowledge.glossary and not _is_explained(one, text)
    ]
    if unknown:
        hint = "write it out, explain it in parentheses, or add it to the glossary"
        yield subject.flaw(f"not in the glossary: {', '.join(unknown)}", hint)


def _is_acronym(word: str) -> bool:
    """Whether a word in capitals is short for something: no unit, nothing shouted, no `P99`."""
    return word not in _NO_ACRONYM and sum(char.isalpha() for char in word) > 1


def _is_explained(acronym: str, text: str) -> bool:
    return f"({acronym})" in text or f"({acronym}s)" in text or f"{acronym} (" in text


RULES = (
    Rule("absolute-words", WARNING,
         "no always, never, only, guarantees, fixed, any scale, eliminates",
         note=_absolute, cleared=True),
    Rule("residue", ERROR, "nothing left over from writing: TODO, hmm, as an AI", own=WARNING,
         note=_residue),
    Rule("volatile", ERROR, "a date (as_of) for prices, bandwidths, limits, the state of the art",
         note=_volatile),
    Rule("acronym", WARNING, "acronyms that the glossary or the card explains", note=_acronyms),
)  # fmt: skip

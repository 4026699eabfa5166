"""What will not stay true: prices, bandwidths, limits of products, the state of the art."""

from __future__ import annotations

import re
from dataclasses import replace

from decks.lint.rule import Subject
from decks.lint.words import sentences
from decks.model import Variant

_SIGNS = "$€£¥₹₩₽₺₪₫₴฿¢\uff04"
_SIGN = re.compile(f"[{_SIGNS}]")
_ESCAPED_DOLLAR, _DOLLAR = "\\$", "\uff04"  # \$3 is how a price stands beside formulas
_CODES = r"USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|KRW|AUD|SEK|NOK|DKK|PLN|BRL|SGD|HKD"
_COINS = r"dollars?|euros?|cents?|yen|yuan|rupees?|francs?|pounds sterling"
_MONEY = re.compile(
    rf"[{_SIGNS}]\s?\.?\d|\d\s?[{_SIGNS}](?![A-Za-z])|\b(?:{_CODES})\s?\d"
    rf"|\d(?:\s?(?:k|m|bn|hundred|thousand|million|billion|trillion))?[\s-]?(?:{_CODES}|{_COINS})\b"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|twenty|fifty|hundred|thousand|million"
    rf"|billion) (?:{_COINS})\b",
    re.IGNORECASE,
)
_MONEY_WORDS = (
    *_CODES.lower().split("|"),
    *("dollar", "euro", "cent", "yen", "yuan", "rupee", "franc", "pounds"),
)
_SECOND = r"(?:\s?/\s?s(?:ec(?:onds?)?)?|\s(?:per|a|each|every)\s(?:s|sec|second))"
_BANDWIDTH = re.compile(
    rf"\d[\s-]?(?:[kKMGTP]i?(?:(?:[Bb](?:its?|ytes?)?)(?:{_SECOND}|ps)|FLOPS?(?:/s)?)"
    rf"|(?:[kK]ilo|[Mm]ega|[Gg]iga|[Tt]era)(?:bits?|bytes?){_SECOND})(?![A-Za-z])"
)
_HARDWARE = re.compile(
    r"\b(?:GPUs?|TPUs?|HBM\d?e?|NVLink|NVSwitch|PCIe|InfiniBand|DDR\d|NVMe|SSDs?"
    r"|[ABHLV]\d{2,3}[sS]?|P100s?|[TL]4s?|[RG]TX(?: ?\d{4})?|GeForce|GH?B?\d{3}|MI\d{3}X?"
    r"|TPU ?v\d\w?|memory bandwidth)\b"
)
# What cases are made of as well: a disk that reads 150 MB/s. It counts in what a card claims.
_PARTS = re.compile(
    r"\b(?:NICs?|network (?:cards?|adapters?)|Ethernet|EBS|SATA|HDDs?|hard (?:disks?|drives?)|DRAM"
    r"|disks? (?:read|writ|giv|mov|sustain|deliver|stream|manag)\w*|(?:main|server|host) memory)\b",
    re.IGNORECASE,
)
# Names that are words, or programs that one sets up as one likes, need a quota beside them.
_WORDS = (
    "Lambda|Vertex|Snowflake|Spanner|Bedrock|Kafka|Redis|Cassandra|PostgreSQL|Postgres|MySQL"
    "|MongoDB|Elasticsearch|OpenSearch|Milvus|Qdrant|Weaviate|Kubernetes|Claude|Gemini|Llama"
    "|Mistral"
)
_OFFERED = rf"(?:{_WORDS}|Functions|Run|Storage|EBS)"
_NAMES = (
    "DynamoDB|S3|SQS|SNS|Kinesis|SageMaker|BigQuery|Bigtable|Redshift|Databricks|Pinecone"
    "|Cloudflare|Pub/Sub|Firestore|Cosmos ?DB|EventBridge|ElastiCache|CloudWatch|Event Hubs"
    r"|API Gateway|Vertex AI|pgvector|GPT-?\d\w*|ChatGPT|OpenAI|Anthropic|DeepSeek|GitHub|Azure"
    rf"|AWS|GCP|Amazon {_OFFERED}|Google {_OFFERED}|Google Cloud {_OFFERED}"
)
_PRODUCT = re.compile(rf"\b(?:({_NAMES})|{_WORDS})\b")
_MAY_BE_PRODUCT = re.compile(f"{_NAMES}|{_WORDS}")  # the same, found much faster
# 16 MB, 15 minutes, 8,192 tokens; but not "up to 3 replicas".
_QUOTA = re.compile(
    r"\d\s?(?:[kKMGT]i?B|bytes|[num]?s|(?:milli)?seconds?|minutes?|hours?|days?)\b"
    r"|\d(?:[\d,]\d|\s?(?:k|K|M|thousand|million|billion))[ -](?:[a-z]+ )?(?:tokens?|requests?"
    r"|messages?|connections?|clients?|records?|keys|columns|fields|characters|items|calls|nodes"
    r"|pods|dimensions|partitions|shards|elements|queries)\b"
)
_LIMIT = re.compile(
    r"\b(?:limit(?:s|ed)?|quotas?|maximum|at most|up to|no more than|cap(?:s|ped)?|context window"
    r"|context length|per account|per region)\b",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"\b(?:(?:may|can|must|could|do|does)(?: ?not|n['’]t) (?:exceed|be (?:larger|longer|bigger|more"
    r"|over|above))|never exceeds?|times? out (?:after|at)|expires? after|tops out|maxes out|max"
    r"|ceilings?|no (?:larger|longer|bigger) than|throttl\w+ (?:at|above|beyond|after)"
    r"|(?:allow|support|accept)s? (?=\d)|(?:reject|refuse)s? [^.]{1,40}\b(?:over|above|larger))\b",
    re.IGNORECASE,
)
_ASKS_SPEED = re.compile(r"\b(?:bandwidth|how fast|speed|throughput)\b", re.IGNORECASE)
_ASKS_LIMIT = re.compile(
    r"\b(?:limit|quota|maximum|max|largest|longest|biggest|context window|context length"
    r"|how (?:large|big|long|many|much)\b[^.?]{0,60}\b(?:may|can|allow\w*))\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d(?:[\d.,]*\d)?")
_NEWEST = re.compile(r"\bstate[ -]of[ -]the[ -]art\b|\bSOTA\b", re.IGNORECASE)


def _with_dollars(subject: Subject) -> Subject:
    """The note with its escaped dollars, which prose does not have, as another sign of them."""
    note = subject.note
    if not any(_ESCAPED_DOLLAR in text for text in subject.raw_texts):
        return subject
    front, back, why, flip = (
        text.replace(_ESCAPED_DOLLAR, _DOLLAR)
        for text in (note.front, note.back, note.why, note.flip)
    )
    variants = tuple(
        Variant(*(text.replace(_ESCAPED_DOLLAR, _DOLLAR) for text in one)) for one in note.variants
    )
    return Subject(replace(note, front=front, back=back, why=why, flip=flip, variants=variants))


def changing(subject: Subject) -> str:
    """Name what in a note will not stay true; "" if nothing.

    A price, a bandwidth or a limit that a question gives is part of its case, and what is computed
    from it as well.
    """
    subject = _with_dollars(subject)
    claims = subject.claims
    given = "\n\n".join(wording.question for wording in subject.wordings)
    text = f"{claims}\n\n{given}"
    small = text.lower()
    if ("state" in small or "sota" in small) and (found := _NEWEST.search(text)):
        return f'"{found[0]}"'
    if _has_price(claims, small) and not _MONEY.search(given):
        return "a price"
    if _has_bandwidth(claims, given):
        return "the bandwidth of hardware"
    return "the limit of a product" if _has_limit(claims, given) else ""


def _has_price(claims: str, small: str) -> bool:
    likely = _SIGN.search(claims) or any(word in small for word in _MONEY_WORDS)
    return bool(likely) and _MONEY.search(claims) is not None


def _has_bandwidth(claims: str, given: str) -> bool:
    """Whether a bandwidth is claimed of hardware, or given of hardware with a name."""
    if _BANDWIDTH.search(given):
        return any(map(_HARDWARE.search, _sentences(given, _BANDWIDTH)))
    told = _sentences(claims, _BANDWIDTH)
    if any(_HARDWARE.search(one) or _PARTS.search(one) for one in told):
        return True
    return (
        bool(told)
        and _ASKS_SPEED.search(given) is not None
        and any(_is_recalled(given, names) for names in (_HARDWARE, _PARTS))
    )


def _has_limit(claims: str, given: str) -> bool:
    """Whether a limit is claimed of a product, or given of it in as many words."""
    if _MAY_BE_PRODUCT.search(given):
        if any(_LIMIT.search(one) and _is_dated(one) for one in _sentences(given, _PRODUCT)):
            return True
        if _is_certain(given) and _is_recalled(given, _PRODUCT) and _ASKS_LIMIT.search(given):
            return _QUOTA.search(claims) is not None
    if not _MAY_BE_PRODUCT.search(claims):
        return False
    known = frozenset(_DIGITS.findall(given))
    limited = (
        one for one in _sentences(claims, _PRODUCT) if _LIMIT.search(one) or _REFUSES.search(one)
    )
    return any(_is_dated(one) and not known.issuperset(_numbers(one)) for one in limited)


def _sentences(text: str, holding: re.Pattern[str]) -> list[str]:
    """The sentences of a text that hold something."""
    return list(filter(holding.search, sentences(text))) if holding.search(text) else []


def _is_recalled(given: str, names: re.Pattern[str]) -> bool:
    """Whether a question names one of those and gives no number to compute with."""
    return names.search(given) is not None and not _DIGITS.search(names.sub("", given))


def _is_dated(sentence: str) -> bool:
    """Whether a number beside a product is its own."""
    return bool(_numbers(sentence)) if _is_certain(sentence) else bool(_QUOTA.search(sentence))


def _is_certain(text: str) -> bool:
    return any(found[1] for found in _PRODUCT.finditer(text))


def _numbers(sentence: str) -> list[str]:
    return _DIGITS.findall(_PRODUCT.sub("", sentence))

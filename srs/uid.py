"""Identifiers of log rows: UUIDs of version 7. Pure, and cheap to import."""

from __future__ import annotations


def uuid7(at_ms: int, random_bytes: bytes) -> bytes:
    """A UUID of version 7 (RFC 9562, section 5.7): 48 bits of time, then ten random bytes."""
    head = (max(at_ms, 0) & (1 << 48) - 1).to_bytes(6, "big")
    tail = bytearray(random_bytes[:10])
    tail[0] = tail[0] & 0x0F | 0x70  # version
    tail[2] = tail[2] & 0x3F | 0x80  # variant
    return head + bytes(tail)

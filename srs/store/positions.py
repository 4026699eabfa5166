"""Places in the order of new cards."""

from __future__ import annotations

# New cards of the curriculum come after the learner's own, in the curriculum's order.
CURRICULUM_START = 1 << 40

"""When the built-in decks last changed. Cheap to import: every start compares it."""

# The same in every collection, or each export from a new one would look newer to Anki and overwrite
# what the learner changed there. Raise it with the decks; a test holds it to their content.
BUILTIN_CHANGED_MS = 1_795_305_600_000  # 2026-11-22

"""SQLite: the review log, the cache of states beside it, and the notes.

Knows rows and values; knows nothing of FSRS or of policy. `connection`, `agenda` and `log` are on
the daily path and use plain sqlite3; `schema` and `notes` may use sqlite-utils.
"""

"""The triggers that keep the review log append-only, and the marks that say whose file this is."""

from __future__ import annotations

import sqlite3


def _refuse(table: str, action: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


GUARDS = {
    f"{table}_no_{action.lower()}": _refuse(table, action)
    for table in ("review_log", "params")
    for action in ("UPDATE", "DELETE")
}


def missing(connection: sqlite3.Connection) -> list[str]:
    """Names of the guards that are not there, or not as we wrote them."""
    rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    present = dict(rows.fetchall())
    return [name for name, sql in GUARDS.items() if present.get(name) != sql]


def put_back(connection: sqlite3.Connection, names: list[str]) -> None:
    """Create the named guards anew."""
    for name in names:
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        connection.execute(GUARDS[name])

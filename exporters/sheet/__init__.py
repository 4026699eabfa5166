"""A study sheet: decks as one HTML page to read, fold and print; it needs nothing else. Pure."""

from exporters.sheet.whole import FORMAT as FORMAT

__all__ = ["FORMAT"]

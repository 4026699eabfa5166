"""Anki packages: what their notes, cards and logs are made of."""

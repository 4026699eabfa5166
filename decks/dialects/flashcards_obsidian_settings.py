"""The settings of flashcards-obsidian, of either version."""

from __future__ import annotations

from typing import NamedTuple

from decks.dialects.plugin_settings import part, plugin_settings, text


class Around(NamedTuple):
    """What the plugin's settings say."""

    tag: str = "card"
    separator: str = "::"
    reverse: str = ":::"


DEFAULT = Around()


def look_around(folder: str) -> object:
    """What the settings of the plugin say, in the vault around a folder."""
    data = plugin_settings(folder, "flashcards-obsidian")
    if not data:
        return None
    tag = text(data, "flashcardsTag", DEFAULT.tag)
    for group, name in (("legacy", "hashtagBasic"), ("hashtag", "basicTag")):
        tag = text(part(data, group), name, tag)
    return Around(
        tag.strip("# "),
        text(data, "inlineSeparator", DEFAULT.separator),
        text(data, "inlineSeparatorReverse", text(data, "inlineReverseSeparator", DEFAULT.reverse)),
    )

"""What is wrong with cards, and how an author mends it: rules over notes, decks and all of them.

Pure: `decks.linting` reads the files.
"""

"""Cards as other programs write them in markdown: one module for each, and what they share."""

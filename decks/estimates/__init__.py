"""Estimates: questions whose numbers are drawn anew each time, answered by a number of a unit."""

"""Doubles: the office's pages of producers and products that may be one, and their merging."""

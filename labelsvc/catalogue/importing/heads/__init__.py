"""Titles, heads and headings of a list: its kind, and the meaning of each column."""

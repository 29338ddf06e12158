"""Guards: what is refused before a page runs, and how refusals are counted."""

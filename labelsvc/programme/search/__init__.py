"""Search of the public register: one index of everything that has a page, kept with each transaction."""

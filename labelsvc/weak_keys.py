"""Weak keys: finds secret keys that somebody could guess: repeated, counted up, or words of an example. Pure.

A key is trusted for what nobody can try out. Its length says little of that: "changeme" four times has 32
characters, and so has a row of zeros.
"""

from __future__ import annotations

import itertools

from labelsvc.errors import Phrase

#: Different characters of a key, at least; a random one of 32 hexadecimal digits has fewer once in 100,000.
_FEWEST = 9
#: A key that repeats a piece of it this many times is as good as the piece.
_TIMES = 2
#: Share of the characters that follow the one before in the alphabet, or repeat it.
_COUNTED = 0.5
#: What stands in examples and in files that were never changed; long enough not to come by chance.
_WORDS = ("changeme", "changethis", "replaceme", "password", "matkhau", "secretkey", "yoursecret", "mysecret",
          "examplekey", "placeholder", "development", "insertkey", "qwertyuiop")  # fmt: skip


def weakness(key: str) -> Phrase | None:
    """Tell why *key* could be guessed; None if nothing speaks for it."""
    plain = "".join(char for char in key.lower() if char.isalnum())
    if any(word in plain for word in _WORDS):
        return Phrase("it holds words that stand in examples")
    if len(set(key)) < _FEWEST:
        return Phrase("it has too few different characters")
    for length in range(1, len(key) // _TIMES + 1):
        if (key[:length] * len(key))[: len(key)] == key:
            return Phrase("it repeats a short text")
    steps = [ord(second) - ord(first) for first, second in itertools.pairwise(key)]
    if sum(step in (-1, 0, 1) for step in steps) > _COUNTED * len(key):
        return Phrase("its characters are counted up or repeated")
    return None

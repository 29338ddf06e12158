"""A keyed shuffle of [0, 2**bits): numbers in order in, numbers without order out.

Codes are numbered one after the other, and a label must not tell how many were made before it.
So the label carries ``forward(number)``, and the server finds the number again by ``backward``:
no table, no row per unit.

It is a Feistel network, alternately unbalanced when *bits* is odd (the shape of NIST SP 800-38G
FF1, with exclusive-or for addition): ten rounds, the round function AES-256 of (round, bits,
tweak, half). AES rather than a keyed hash because many blocks go through one ECB call at the
speed of the processor's AES unit: a million numbers take about half a second, where ten million
calls of keyed blake2b take six, and no tables have to be built first. ECB is right here and nowhere else: every block
is the input of a pseudo-random function, not a message.

The shuffle hides volume. It does not authenticate: that is the tag's work (signing.py).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from numpy.typing import NDArray

ROUNDS: Final = 10
MAX_BITS: Final = 48


class Permutation:
    """A bijection of [0, 2**bits) onto itself, chosen by *key* and *tweak*.

    :param key: 32 secret bytes.
    :param bits: 1 to 48. Under 20 bits whoever sees many outputs can list them all: then it is a
        shuffle against a curious reader, not a cipher.
    :param tweak: 0 to 2**32 - 1; gives other bijections under the same key, one a lot for example.
    :raises ValueError: a parameter out of its range.
    """

    def __init__(self, key: bytes, bits: int, *, tweak: int = 0) -> None:
        if len(key) != 32:
            raise ValueError("the key of a permutation has 32 bytes")
        if not 1 <= bits <= MAX_BITS:
            raise ValueError(f"a permutation has 1 to {MAX_BITS} bits")
        if not 0 <= tweak < 1 << 32:
            raise ValueError("the tweak has 32 bits")
        self.size = 1 << bits
        left = bits // 2
        right = bits - left
        # The half that is replaced in round r has left or right bits, by turns.
        masks = [(1 << (right if r & 1 else left)) - 1 for r in range(ROUNDS)]
        self._right = right
        heads = [r << 56 | bits << 48 | tweak for r in range(ROUNDS)]
        # First half of the block of each round, as bytes, and what is replaced by it.
        self._rounds = [
            (head.to_bytes(8, "big"), mask) for head, mask in zip(heads, masks, strict=True)
        ]
        self._threads = threading.local()
        self._cipher = Cipher(AES(key), ECB())  # noqa: S305 - a round function, see above

    def forward(self, number: int) -> int:
        """The place of *number* in the shuffle. :raises ValueError: outside the range."""
        a, b = self._split(number)
        prf = self._prf()
        for head, mask in self._rounds:
            block = prf(head + b.to_bytes(8, "big"))
            a, b = b, a ^ (int.from_bytes(block[:8], "big") & mask)
        return a << self._right | b

    def backward(self, place: int) -> int:
        """The number whose `forward` is *place*. :raises ValueError: outside the range."""
        a, b = self._split(place)
        prf = self._prf()
        for head, mask in reversed(self._rounds):
            block = prf(head + a.to_bytes(8, "big"))
            a, b = b ^ (int.from_bytes(block[:8], "big") & mask), a
        return a << self._right | b

    def forward_many(self, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """`forward` of every element. :raises ValueError: one is outside the range."""
        if len(numbers) and int(numbers.max()) >= self.size:
            raise ValueError(f"a number is outside 0 to {self.size - 1}")
        a = numbers >> np.uint64(self._right)
        b = numbers & np.uint64((1 << self._right) - 1)
        blocks = np.empty((len(numbers), 2), dtype=">u8")
        prf = self._prf()
        for head, mask in self._rounds:
            blocks[:, 0] = int.from_bytes(head, "big")
            blocks[:, 1] = b
            output = np.frombuffer(prf(blocks.tobytes()), dtype=">u8")[::2].astype(np.uint64)
            a, b = b, a ^ (output & np.uint64(mask))
        return a << np.uint64(self._right) | b

    def _prf(self) -> Callable[[bytes], bytes]:
        """AES of one block. ECB keeps nothing from block to block, so one context serves for ever;
        making it costs more than ten blocks. A context is not for two threads at once."""
        found: Callable[[bytes], bytes] | None = getattr(self._threads, "prf", None)
        if found is None:
            found = self._threads.prf = self._cipher.encryptor().update
        return found

    def _split(self, value: int) -> tuple[int, int]:
        if not 0 <= value < self.size:
            raise ValueError(f"{value} is outside 0 to {self.size - 1}")
        return value >> self._right, value & ((1 << self._right) - 1)

"""Statistics of counts: how unlikely one is by chance, and which of many unlikely ones to believe."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, fsum, lgamma, log


def poisson_tail(count: int, mean: float) -> float:
    """P(X >= *count*) of a Poisson variable X; 1.0 for a *count* of 0 or less.

    Summed from the end that is smaller, so that small tails keep their relative precision.

    :raises ValueError: the mean is negative.
    """
    if mean < 0:
        raise ValueError("a mean of counts is not negative")
    if count <= 0:
        return 1.0
    if mean == 0:
        return 0.0
    first = exp(count * log(mean) - mean - lgamma(count + 1))  # P(X = count)
    terms: list[float] = []
    if count > mean:
        term, step = first, count
        while term > first * 1e-17 and term > 0:
            terms.append(term)
            step += 1
            term *= mean / step
        return min(1.0, fsum(terms))
    if first == 0:
        return 1.0  # so far below the mean that the rest of the sum is nothing
    term, step = first, count
    while step > 0:
        term *= step / mean
        step -= 1
        terms.append(term)
        if term < 1e-17 * terms[0]:
            break
    return min(1.0, max(0.0, 1.0 - fsum(terms)))


def benjamini_hochberg(
    tails: Sequence[float], share: float, *, tests: int | None = None
) -> list[bool]:
    """Tell which of *tails* (p-values) to believe, so that at most *share* of those are false alarms.

    The largest k with p(k) <= k/m · share, and everything at or below it (J. R. Statist. Soc. B 57,
    1995, p. 289).

    :param tests: how many tests there were when only the small tails are given.
    """
    total = max(tests or 0, len(tails))
    limit = -1.0
    for rank, tail in enumerate(sorted(tails), 1):
        if tail <= rank / total * share:
            limit = tail
    return [tail <= limit for tail in tails]

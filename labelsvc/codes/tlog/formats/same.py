"""Same: whether two leaves of one subject tell the same fact. Used by the log and by whoever completes a copy.

After an old copy was put back a row may get the id of one that is lost, and its leaf the subject. Names
and codes of things are corrected in the course of time and tell nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from labelsvc.codes.tlog.formats.leaf import AuditHeadLeaf, Leaf, PrintRunLeaf, RecognitionLeaf

#: Stands between a subject and how many facts have it.
_AGAIN = "#"


def fact(leaf: Leaf) -> tuple[object, ...]:
    """Give the facts of *leaf*, without when, and without what may be corrected later."""
    if isinstance(leaf, PrintRunLeaf):
        return leaf.form, leaf.kid, leaf.first, leaf.count, leaf.lot, leaf.first_in_lot
    if isinstance(leaf, RecognitionLeaf):
        return leaf.event, leaf.recognition, leaf.stars, leaf.decision, leaf.decided_on
    if isinstance(leaf, AuditHeadLeaf):
        return leaf.entry, leaf.count, leaf.head
    return leaf.state, leaf.lot, leaf.kid, leaf.first, leaf.count


def spellings(leaf: Leaf) -> Iterator[Leaf]:
    """*leaf*, and then as the second, third … fact of its subject: "mark:5", "mark:5#2"."""
    yield leaf
    for number in count(2):
        yield replace(leaf, id=f"{leaf.id}{_AGAIN}{number}")


def subject(leaf: Leaf) -> str:
    """The subject without how many facts have it."""
    return leaf.id.partition(_AGAIN)[0]

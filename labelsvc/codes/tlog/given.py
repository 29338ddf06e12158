"""Numbers and keys that the published log names: a restored database must not give them again."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session

from labelsvc.codes.tlog import log
from labelsvc.codes.tlog.formats import tiles
from labelsvc.codes.tlog.formats.checkpoint import read
from labelsvc.codes.tlog.formats.leaf import PrintRunLeaf, parse
from labelsvc.codes.tlog.formats.tiles import ENTRIES, WIDTH
from labelsvc.codes.tlog.models import LogState
from labelsvc.errors import FileMissing
from labelsvc.files import Files


class Given(NamedTuple):
    """High-water marks."""

    #: First number that was never given.
    next: int = 1
    #: Newest key that signed; 0 for none.
    kid: int = 0


def given(session: Session, files: Files) -> Given:
    """The marks of the published log; the lowest where nothing of it is published.

    :raises BadLog: the checkpoint is not signed by the log that the database knows.
    """
    state = session.get(LogState, 1)
    try:
        note = log.published(files)
    except FileMissing:
        return Given()
    if state is None:
        return Given()
    checkpoint, _ = read(note, log.key_of(state))
    found = Given()
    for start in range(0, checkpoint.size, WIDTH):
        bundle = tiles.tile_at(checkpoint.size, ENTRIES, start // WIDTH)
        for body in tiles.unpack_leaves(log.read_tile(files, bundle), bundle.width):
            leaf = parse(body)
            if isinstance(leaf, PrintRunLeaf):
                found = Given(max(found.next, leaf.first + leaf.count), max(found.kid, leaf.kid))
    return found

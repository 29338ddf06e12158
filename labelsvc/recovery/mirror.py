"""Mirror: takes a newer log from a copy that others keep, where the files were set back as well."""

from __future__ import annotations

from labelsvc.codes.tlog import log
from labelsvc.codes.tlog.formats import audit, tiles
from labelsvc.codes.tlog.formats.checkpoint import read
from labelsvc.codes.tlog.formats.note import NoteKey
from labelsvc.errors import BadLog, FileMissing
from labelsvc.files import Files


def take(fetch: audit.Fetch, files: Files, key: NoteKey) -> int:
    """Put the log of *fetch* among the files, where it goes on from ours. Gives its leaves.

    Nothing is believed but what the key of the log signed: every leaf and hash is checked before.

    :raises BadLog: it does not fit, or it is not longer than ours.
    """
    try:
        own = log.published(files)
    except FileMissing:
        own = None
    before = read(own, key)[0].size if own is not None else 0
    report = audit.verify(fetch, key, remembered=own)
    wrong = [problem for problem in report.problems if not _of_contents(problem)]
    if wrong:
        raise wrong[0].error
    if report.size <= before:
        raise BadLog(
            "The mirror has {size} leaves, and there are {before} here: it is not newer.",
            size=report.size,
            before=before,
        )
    for tile in tiles.new_tiles(before, report.size):
        files.put(f"{log.FOLDER}/{tile.path}", _tile(fetch, tile))
    files.put(log.CHECKPOINT, report.checkpoint)
    return report.size


def _of_contents(problem: audit.Problem) -> bool:
    """A contradiction that a signed leaf tells: it is in the log, whoever likes it."""
    return ", leaf " in problem.place and "tile/entries" in problem.place


def _tile(fetch: audit.Fetch, tile: tiles.Tile) -> bytes:
    try:
        return fetch(tile.path)
    except FileMissing:
        if tile.full:
            raise
    data = fetch(tile.whole.path)
    if tile.level == tiles.ENTRIES:
        return tiles.pack_leaves(tiles.unpack_leaves(data, tiles.WIDTH)[: tile.width])
    return tiles.pack(tiles.unpack(data, tiles.WIDTH)[: tile.width])

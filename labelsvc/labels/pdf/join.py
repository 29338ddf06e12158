"""Join: makes one PDF of many parts, object by object, in constant memory. Used by merge.

A general library keeps every object of every file; a run of a million labels has a hundred
thousand. Parts are files that `pdf` wrote, so their form is known: a plain cross-reference table,
no object streams, no text strings outside of the document information. What is not of that form is
refused, and the caller compares pages of the result with those of the parts.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from labelsvc.errors import ReadBackFailed

_REFERENCE = re.compile(rb"(\d+) 0 R\b")
_STREAM = re.compile(rb"stream\r?\n")
#: Bytes at the end of a file in which its `startxref` stands.
_TAIL = 256


class _Part(NamedTuple):
    stream: IO[bytes]
    offsets: list[int]  # of object n at index n, 0 where there is none
    end: int  # of the objects: where the cross-reference table begins
    root: int
    info: int
    pages: int
    page_count: int


def join(parts: Sequence[IO[bytes]], out: IO[bytes]) -> int:
    """Write the pages of all *parts* to *out*, which must be empty; how many pages there are.

    Catalogue and document information are those of the first part. The same parts give the same
    bytes. Raises `ReadBackFailed` for a file that `pdf` did not write.
    """
    digest = hashlib.sha256()
    out.write(b"%PDF-1.6\n%\x93\x8c\x8b\x9e\n")
    offsets: list[int] = [0]
    opened = [_open(part) for part in parts]
    bases = [1]  # object 1 is the root of the page tree
    for part in opened:
        bases.append(bases[-1] + len(part.offsets) - 1)
    offsets += [0] * bases[-1]
    pages = 0
    for part, base in zip(opened, bases[:-1], strict=True):
        first = part is opened[0]
        for number, body in _objects(part):
            if number in (part.root, part.info) and not first:
                continue
            # The document information holds free text, which may look like anything.
            head, stream = (body, b"") if number == part.info else _split(body)
            moved = head if number == part.info else _renumbered(head, base)
            if number == part.root:
                moved = re.sub(rb"/Pages \d+ 0 R", b"/Pages 1 0 R", moved)
            if number == part.pages:
                moved = moved.replace(b"<<", b"<<\n/Parent 1 0 R", 1)
            digest.update(body)
            offsets[base + number] = out.tell()
            out.write(b"%d 0 obj\n" % (base + number) + moved + stream + b"\nendobj\n")
        pages += part.page_count
    kids = b" ".join(
        b"%d 0 R" % (base + part.pages) for part, base in zip(opened, bases[:-1], strict=True)
    )
    offsets[1] = out.tell()
    out.write(b"1 0 obj\n<< /Type /Pages /Count %d /Kids [ %s ] >>\nendobj\n" % (pages, kids))
    _finish(out, offsets, opened[0], bases[0], digest.hexdigest()[:32].encode())
    return pages


def _finish(out: IO[bytes], offsets: list[int], first: _Part, base: int, mark: bytes) -> None:
    start = out.tell()
    out.write(b"xref\n0 %d\n" % len(offsets))
    for number, offset in enumerate(offsets):
        if offset:
            out.write(b"%010d 00000 n \n" % offset)
        else:
            out.write(b"0000000000 %05d f \n" % (65535 if not number else 0))
    out.write(
        b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s><%s>] >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(offsets), base + first.root, base + first.info, mark, mark, start)
    )


def _open(stream: IO[bytes]) -> _Part:
    length = stream.seek(0, 2)
    stream.seek(max(0, length - _TAIL))
    found = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*$", stream.read())
    if found is None:
        raise _foreign()
    end = int(found[1])
    stream.seek(end)
    table = stream.read()
    head = re.match(rb"xref\s+0 (\d+)\s+", table)
    trailer = re.search(rb"trailer\s*<<(.*?)>>\s*startxref", table, re.DOTALL)
    if head is None or trailer is None:
        raise _foreign()
    rows = table[head.end() : trailer.start()].split(b"\n")
    offsets = [int(row[:10]) if row[17:18] == b"n" else 0 for row in rows[: int(head[1])]]
    root, info = (_number(trailer[1], key) for key in (b"/Root", b"/Info"))
    part = _Part(stream, offsets, end, root, info, 0, 0)
    pages = _number(_body(part, root), b"/Pages")
    count = re.search(rb"/Count (\d+)", _body(part, pages))
    if count is None:
        raise _foreign()
    return part._replace(pages=pages, page_count=int(count[1]))


def _number(body: bytes, key: bytes) -> int:
    found = re.search(re.escape(key) + rb" (\d+) 0 R", body)
    if found is None:
        raise _foreign()
    return int(found[1])


def _objects(part: _Part) -> Iterator[tuple[int, bytes]]:
    """Number and body of every object, in the order of the file."""
    order = sorted((offset, number) for number, offset in enumerate(part.offsets) if offset)
    stops = [offset for offset, _ in order[1:]] + [part.end]
    for (offset, number), stop in zip(order, stops, strict=True):
        part.stream.seek(offset)
        yield number, _stripped(part.stream.read(stop - offset), number)


def _body(part: _Part, number: int) -> bytes:
    if not 0 < number < len(part.offsets):
        raise _foreign()
    later = [offset for offset in part.offsets if offset > part.offsets[number]]
    part.stream.seek(part.offsets[number])
    return _stripped(part.stream.read(min(later, default=part.end) - part.offsets[number]), number)


def _stripped(text: bytes, number: int) -> bytes:
    found = re.match(rb"%d 0 obj\s*" % number, text)
    end = text.rfind(b"endobj")
    if found is None or end < 0:
        raise _foreign()
    return text[found.end() : end].rstrip(b"\r\n")


def _split(body: bytes) -> tuple[bytes, bytes]:
    """Dictionary, and the stream with its keyword."""
    found = _STREAM.search(body)
    return (body, b"") if found is None else (body[: found.start()], body[found.start() :])


def _renumbered(head: bytes, base: int) -> bytes:
    return _REFERENCE.sub(lambda found: b"%d 0 R" % (int(found[1]) + base), head)


def _foreign() -> ReadBackFailed:
    return ReadBackFailed(
        "The file was not released: a part is not a file of this program",
        fix="Print nothing of it. Make the run again.",
    )

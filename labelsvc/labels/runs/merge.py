"""Merge: makes one file of the parts of a run, and compares it with what was read back. Used by the worker."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import IO, Any

import numpy as np
import pypdfium2

from labelsvc.errors import ReadBackFailed
from labelsvc.files import Files
from labelsvc.labels.pdf.join import join
from labelsvc.labels.pdf.rendering import PDFIUM, grey_page
from labelsvc.labels.rolls.languages import PDF
from labelsvc.labels.runs.parts import Printed, part_key

#: Enough to tell two pages of symbols apart: the left fifth, where every sheet begins its rows.
_COMPARE_DPI, _SHARE = 72, 0.2


def merge(files: Files, run: Printed, hashes: Sequence[str]) -> tuple[str, str, int]:
    """One file of all parts: its key, SHA-256 and length. A single part is taken as it is.

    :param hashes: SHA-256 of each part, as it was when its symbols were read back.
    :raises ReadBackFailed: a part is not what was read back, or the whole is not its parts.
    """
    parts = [part_key(run, n + 1) for n in range(len(hashes))]
    with ExitStack() as opened:
        streams = [opened.enter_context(files.open(part)) for part in parts]
        for number, (stream, known) in enumerate(zip(streams, hashes, strict=True), 1):
            if _sha256(stream) != known:
                raise _unfit("part {part} is not the file that was read back", part=number)
        if len(parts) == 1:
            return parts[0], hashes[0], streams[0].seek(0, io.SEEK_END)
        whole = opened.enter_context(tempfile.TemporaryFile())
        if run.output == PDF:
            pages = join(streams, whole)
            _compare(whole, streams, pages)
        else:  # commands of a label printer: one after another
            for stream in streams:
                stream.seek(0)
                shutil.copyfileobj(stream, whole)
        digest, length = _sha256(whole), whole.seek(0, io.SEEK_END)
        whole.seek(0)
        key = f"{run.folder}/labels.{run.output}"
        files.put_stream(key, whole)
    return key, digest, length


def _compare(whole: IO[bytes], parts: Sequence[IO[bytes]], pages: int) -> None:
    """*whole* has as many pages as its parts, and the first page of each part and the last of all
    look on their left as they did when their symbols were read. (`join` copies pages byte by byte; a
    page too many or too few moves the first page of the next part.)"""
    with _opened(whole) as joined:
        if len(joined) != pages:
            raise _unfit("the file has pages that no part has")
        before = 0
        for part in parts:
            with _opened(part) as one:
                for index in {0, len(one) - 1} if part is parts[-1] else {0}:
                    if before + index >= pages or not np.array_equal(
                        grey_page(joined, before + index, _COMPARE_DPI, share=_SHARE),
                        grey_page(one, index, _COMPARE_DPI, share=_SHARE),
                    ):
                        page = before + index + 1
                        raise _unfit("page {page} is not the page that was read back", page=page)
                before += len(one)
        if before != pages:
            raise _unfit("the file has pages that no part has")


@contextmanager
def _opened(stream: IO[bytes]) -> Iterator[pypdfium2.PdfDocument]:
    """Pages are read as they are asked for."""
    stream.seek(0)
    with PDFIUM:
        document = pypdfium2.PdfDocument(stream, autoclose=False)
    try:
        yield document
    finally:
        with PDFIUM:
            document.close()


def _sha256(stream: IO[bytes]) -> str:
    stream.seek(0)
    return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def _unfit(reason: str, **params: Any) -> ReadBackFailed:
    return ReadBackFailed(
        "The file was not released: " + reason,
        fix="Print nothing of it. Make the run again; if it fails again, report it with this message.",
        **params,
    )

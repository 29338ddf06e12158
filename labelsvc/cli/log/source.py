"""Log source: reads a public log from an address or a folder, and remembers its last head."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from labelsvc.codes.tlog.formats import audit
from labelsvc.codes.tlog.formats.note import LARGEST_NOTE, NoteKey
from labelsvc.codes.tlog.formats.tiles import LARGEST_BUNDLE
from labelsvc.errors import BadInput, BadLog, FileMissing, LabelsvcError

_TIMEOUT = 20
_TRIES = 3


def fetcher(url: str) -> audit.Fetch:
    """Reads files below *url*, http(s) or a folder; bounded in size and time.

    :raises BadInput: neither of them.
    """
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and parts.hostname:
        root = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/log'}/"
        return lambda path: download(root + path, _largest(path))
    folder = Path(parts.path if parts.scheme == "file" else url)
    if not folder.is_dir():
        raise BadInput(
            "{url} is neither a web address nor a folder.",
            fix="Give an address like https://qr.example.vn/log/.",
            url=url,
        )
    return lambda path: _from_folder(folder, path)


def _from_folder(folder: Path, path: str) -> bytes:
    try:
        with (folder / path).open("rb") as file:
            data = file.read(_largest(path) + 1)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise FileMissing("There is no file {key}.", key=path) from None
    return _bounded(data, path, _largest(path))


class _NoRedirect(HTTPRedirectHandler):
    """Another address is another log."""

    def redirect_request(self, *_: Any) -> None:
        return None


def download(address: str, largest: int) -> bytes:
    """Bytes of *address*, without following it elsewhere. :raises FileMissing: there are none."""
    request = Request(address, headers={"Accept-Encoding": "gzip, identity"})  # noqa: S310 -- http(s)
    reason: object = ""
    for _ in range(_TRIES):
        try:
            with build_opener(_NoRedirect).open(request, timeout=_TIMEOUT) as answer:
                data: bytes = answer.read(largest + 1)
                if answer.headers.get("Content-Encoding") == "gzip":
                    data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, largest + 1)
            return _bounded(data, address, largest)
        except HTTPError as error:
            if error.code in (403, 404, 410):
                raise FileMissing("There is no file {key}.", key=address) from None
            reason = error
        except (URLError, OSError, zlib.error) as error:
            reason = error
    raise FileMissing(
        "{url} cannot be fetched: {reason}.",
        fix="Check the address and the network, and try again.",
        url=address,
        reason=str(reason),
    )


def _largest(path: str) -> int:
    return LARGEST_BUNDLE if path.startswith("tile/") else LARGEST_NOTE


def _bounded(data: bytes, path: str, largest: int) -> bytes:
    if len(data) > largest:
        raise BadLog("{path} is larger than it may be.", path=path)
    return data


def known_key(
    fetch: Callable[[str], bytes], given: str | None, state: Path | None
) -> tuple[NoteKey, str, bytes | None]:
    """The key of the log (*given*, or of last time, or its own word), where it is from, and the checkpoint of the last time."""
    kept: dict[str, Any] = {}
    if state is not None and state.exists():
        try:
            kept = json.loads(state.read_text(encoding="utf-8"))
            key, remembered = NoteKey.parse(kept["key"]), str(kept["checkpoint"]).encode()
        except (ValueError, KeyError, TypeError, LabelsvcError):
            raise BadInput("{file} is no file of this command.", file=str(state)) from None
        if given is not None and NoteKey.parse(given) != key:
            raise BadLog("This is not the key of last time.", fix="Ask the programme office why.")
        return key, "state", remembered
    if given is not None:
        return NoteKey.parse(given), "given", None
    try:
        return NoteKey.parse(fetch("key").decode("ascii", "replace")), "log", None
    except BadLog as error:
        raise BadInput(error.message, fix=error.fix, **error.params) from None


def remember(state: Path, key: NoteKey, seen: bytes) -> None:
    aside = state.with_name(state.name + ".part")
    text = json.dumps({"key": key.text, "checkpoint": seen.decode()}, ensure_ascii=False, indent=1)
    aside.write_text(text, encoding="utf-8")
    aside.replace(state)

"""Common passwords: makes the list of hashes that labelsvc refuses, from lists which others publish.

    python tools/common_passwords.py django-*.whl zxcvbn-ts-language-common-*.tgz

The archives come from PyPI (Django) and npm (@zxcvbn-ts/language-common). Only the first six bytes of
the SHA-256 of each password are kept, sorted: nobody learns words from the file, and a look is a bisection.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import tarfile
import zipfile
from pathlib import Path

from labelsvc.accounts.common_passwords import LIST, RECORD

#: What people here try first, and those lists do not know: with digits behind, too.
OURS = [
    "vietnam",
    "hanoi",
    "saigon",
    "ocop",
    "ocophanoi",
    "langnghe",
    "matkhau",
    "matkhaumoi",
    "anhyeuem",
    "emyeuanh",
    "yeuemnhieu",
    "congnghe",
    "sanpham",
    "htx",
    "hoptacxa",
    "xinchao",
    "chaoban",
    "tongcuc",
    "uybannhandan",
    "labelsvc",
    "abcdefghij",
    "qwertyuiop",
    "0123456789",
    "9876543210",
    "12345678910",
    "1111111111",
    "0000000000",
    "1234512345",
    "0987654321",
    "123456789a",
    "a123456789",
]


def words(archive: Path) -> list[str]:
    """The passwords of one of the two archives. :raises SystemExit: it is none of them."""
    name = archive.name.casefold()
    if name.startswith("django"):
        data = zipfile.ZipFile(archive).read("django/contrib/auth/common-passwords.txt.gz")
        return gzip.decompress(data).decode().split("\n")
    if name.startswith("zxcvbn-ts"):
        with tarfile.open(archive) as files:
            member = files.extractfile("package/src/passwords.json")
            assert member is not None
            return [str(word) for word in json.load(member)]
    raise SystemExit(f"{archive}: neither Django nor @zxcvbn-ts/language-common")


def main(archives: list[Path]) -> None:
    found = {word.strip().casefold() for archive in archives for word in words(archive)} | {*OURS}
    # A word of one or two letters says nothing about a password that has it among others.
    hashes = {hashlib.sha256(word.encode()).digest()[:RECORD] for word in found if len(word) > 2}
    LIST.write_bytes(b"".join(sorted(hashes)))
    print(f"{len(hashes)} passwords in {LIST}")


if __name__ == "__main__":
    main([Path(given) for given in sys.argv[1:]])

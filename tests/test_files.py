"""Blobs in a local folder and in S3: the same promises on both."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from labelsvc.errors import FileMissing
from labelsvc.files import Files

#: More than the pieces in which s3fs sends a file.
_LARGE = 60 * 1024 * 1024


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A server that answers as S3 does, with one bucket."""
    pytest.importorskip("s3fs", reason="requirements/test.txt has it")
    server_module = pytest.importorskip("moto.server", reason="requirements/test.txt has it")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_S3", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        import boto3

        client = boto3.client("s3")
        client.create_bucket(Bucket="labels")
        client.close()
        yield "s3://labels"
    server.stop()


@pytest.fixture(params=["file", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty folder."""
    if request.param == "file":
        return f"file://{tmp_path}/files"
    return f"{request.getfixturevalue('s3')}/{tmp_path.name}"


@pytest.fixture
def files(url: str) -> Files:
    return Files(url)


class Broken(BytesIO):
    """A stream that breaks off after its first piece."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise ConnectionError("the other side is gone")
        return super().read(size)


def test_what_is_put_is_got_and_listed_and_deleted(files: Files) -> None:
    assert files.names("runs/1") == []
    assert not files.exists("runs/1/a.pdf")
    for key in ("runs/1/b.pdf", "runs/1/a.pdf", "runs/2/c.pdf"):
        files.put(key, key.encode())
    assert files.names("runs/1") == ["runs/1/a.pdf", "runs/1/b.pdf"]
    assert (files.get("runs/1/a.pdf"), files.size("runs/1/a.pdf")) == (b"runs/1/a.pdf", 12)
    files.put("runs/1/a.pdf", b"again")
    assert files.get("runs/1/a.pdf") == b"again"
    files.put("runs/1/none", b"")
    assert files.get("runs/1/none") == b""
    files.delete("runs/1/a.pdf")
    files.delete("runs/1/a.pdf")
    assert files.names("runs/1") == ["runs/1/b.pdf", "runs/1/none"]


def test_what_is_not_there_is_missing(files: Files) -> None:
    for asked in (files.get, files.open, files.size):
        with pytest.raises(FileMissing):
            asked("runs/1/nothing.pdf")
    for key in ("../secret", "/etc/passwd", "a/../b", "A", ""):
        with pytest.raises(FileMissing):
            files.get(key)


def test_a_listing_is_never_older_than_what_others_wrote(url: str) -> None:
    ours, others = Files(url), Files(url)
    others.put("runs/1/x", b"x")
    others.delete("runs/1/x")
    type(others._fs).clear_instance_cache()  # or both would be one client with one cache
    assert ours.names("runs/1") == []
    assert ours._fs is not others._fs
    for number in range(3):
        others.put(f"runs/1/{number}", b"x")
        assert len(ours.names("runs/1")) == number + 1
        assert ours.exists(f"runs/1/{number}")
    others.delete("runs/1/0")
    assert ours.names("runs/1") == ["runs/1/1", "runs/1/2"]
    assert not ours.exists("runs/1/0")


@pytest.mark.parametrize("size", [0, 10, _LARGE])
def test_a_stream_is_kept_whole_and_read_piece_by_piece(files: Files, size: int) -> None:
    data = os.urandom(1024) * (size // 1024) or b"x" * size
    files.put_stream("runs/1/labels.pdf", BytesIO(data))
    with files.open("runs/1/labels.pdf") as source:
        assert source.read(7) == data[:7]
        source.seek(max(len(data) - 7, 0))
        assert source.read() == data[-7:]
    assert files.size("runs/1/labels.pdf") == len(data)


def test_of_a_stream_that_breaks_off_nothing_stays(files: Files, tmp_path: Path) -> None:
    with pytest.raises(ConnectionError):
        files.put_stream("runs/1/labels.pdf", Broken(b"x" * (1 << 21)))
    assert not files.exists("runs/1/labels.pdf")
    assert files.names("runs/1") == []
    files.put("runs/1/labels.pdf", b"good")
    with pytest.raises(ConnectionError):
        files.put_stream("runs/1/labels.pdf", Broken(b"x" * (1 << 21)))
    assert files.get("runs/1/labels.pdf") == b"good"
    # names() hides what is unfinished: left on the disk it would fill it, unseen.
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] in ([], ["labels.pdf"])
    assert list(tmp_path.rglob("*.part")) == []


def _in_a_fork(files: Files, results: Any) -> None:
    try:
        files.put("fork/child", files.get("fork/parent") + b" seen")
        results.put("done")
    except BaseException as error:
        results.put(repr(error))


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_files_that_were_used_before_a_fork_work_behind_it(files: Files) -> None:
    files.put("fork/parent", b"parent")
    fork = multiprocessing.get_context("fork")
    results = fork.SimpleQueue()
    child = fork.Process(target=_in_a_fork, args=(files, results))
    child.start()
    child.join(60)
    assert results.get() == "done"
    assert files.get("fork/child") == b"parent seen"

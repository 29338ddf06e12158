"""The attacks in short, against a server of the test's own: scans are answered while they go on.

No clock is asserted: a machine that runs tests is never quiet. What is held is that no attack takes the
threads of scans, which shows as a scan that is not answered at all.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import labelsvc
from tests.attack.attacks import big_uploads, running, sign_ins, slow_headers, stalled_bodies
from tests.attack.client import Target
from tests.cli.test_serve import until


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("attacked")
    given = {
        "LABELSVC_DEV": "true",
        "LABELSVC_DATA_DIR": str(folder),
        "LABELSVC_BASE_URL": f"http://127.0.0.1:{port}",
        "LABELSVC_RENDER_PROCESSES": "0",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "labelsvc", "serve", "--port", str(port), "--workers", "1"],
        env=os.environ | given | {"PYTHONPATH": str(Path(labelsvc.__file__).parents[1])},
        stderr=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip
    made = Target(f"http://127.0.0.1:{port}", "robots.txt")  # served as scans are

    def answers() -> bool:
        with suppress(OSError), urllib.request.urlopen(made.base + "/account/sign-in", timeout=5):
            return True
        return False

    try:
        until(answers, 90)
        yield made
    finally:
        server.terminate()
        server.wait(40)


@pytest.mark.server
@pytest.mark.parametrize("attack", [sign_ins, stalled_bodies, slow_headers, big_uploads])
def test_scans_are_answered_while_somebody_attacks(target: Target, attack: object) -> None:
    with running(target, attack) as said:  # type: ignore[arg-type]
        for _ in range(40):
            target.scan()
        until(lambda: sum(said.values()) > 0, 60)
    assert set(said) <= {"open", 401, 403, 400, 429, 503, "ConnectionResetError", "BrokenPipeError"}
    target.scan()


@pytest.mark.server
def test_a_page_is_answered_while_bodies_stall(target: Target) -> None:
    """They wait in no thread, so pages go on as well."""
    with (
        running(target, stalled_bodies),
        urllib.request.urlopen(target.base + "/account/sign-in", timeout=30) as page,
    ):
        assert page.status == 200


@pytest.mark.server
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST /account/sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"GET /robots.txt HTTP/1.1\nHost: x\n\n", b"400"),
        (b"POST /robots.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", b"400"),
        (b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n", b"200"),
        (b"POST /account/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
    ],
    ids=["no length", "bare line feeds", "two lengths", "a scan", "too large"],
)  # fmt: skip
def test_odd_requests_get_an_answer_at_once(target: Target, sent: bytes, status: bytes) -> None:
    with target.raw() as line:
        line.sendall(sent.replace(b"Host: x", b"Host: " + target.base[7:].encode()))
        assert line.recv(65536).split(b" ")[1] == status

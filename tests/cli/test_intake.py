"""Requests as they arrive, and who serves them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from labelsvc.cli.intake.incoming import MAX_HEAD, Incoming, Lane, lane_of
from labelsvc.db import Database
from labelsvc.settings import Settings
from labelsvc.web.app import create_app

MAX = 10_000

#: Other tests may have the machine.
_ANY_MACHINE = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def fed(data: bytes, cuts: list[int] | None = None) -> Incoming:
    request = Incoming(MAX)
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts or [])})
    for start, end in itertools.pairwise(places):
        if request.whole:
            request.rest += data[start:end]
        else:
            request.feed(data[start:end])
    return request


@_ANY_MACHINE
@given(body=st.binary(max_size=300), after=st.binary(max_size=50), cuts=st.lists(st.integers(0)))
def test_a_request_is_the_same_however_its_bytes_arrive(
    body: bytes, after: bytes, cuts: list[int]
) -> None:
    head = b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    request = fed(head + body + after, cuts)
    assert request.whole and b"".join(request.chunks()) == head + body
    assert request.rest == after and request.held == len(body)
    request.close()


@_ANY_MACHINE
@given(body=st.binary(min_size=1, max_size=300), cut=st.integers(1))
def test_a_request_waits_for_its_last_byte(body: bytes, cut: int) -> None:
    head = b"POST /x HTTP/1.1\r\ncontent-length:%d\r\n\r\n" % len(body)
    whole = head + body
    request = Incoming(MAX)
    request.feed(whole[: 1 + cut % (len(whole) - 1)])
    assert not request.whole
    request.close()


@_ANY_MACHINE
@given(cut=st.integers(0, 90))
def test_what_another_process_is_to_read_is_all_that_came(cut: int) -> None:
    data = b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc"
    first = Incoming(MAX)
    for piece in (data[:cut], data[cut:]):
        first.feed(piece, body=False)
    assert first.received() == data and not first.whole
    second = fed(first.received() + b"def")
    assert second.whole and b"".join(second.chunks()) == data + b"def"
    second.close()


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"GET /" + b"a" * (MAX_HEAD + 1), id="a line without end"),
        pytest.param(b"GET /x HTTP/1.1\nHost: a\n\n", id="bare line feeds"),
        pytest.param(b"POST /x HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", id="two lengths"),
        pytest.param(b"POST /x HTTP/1.1\r\nContent-Length: -5\r\n\r\n", id="a length below nothing"),
        pytest.param(b"POST /x HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MAX + 1), id="a body too long"),
    ],
)  # fmt: skip
def test_what_the_parser_or_the_application_refuses_waits_for_no_more(head: bytes) -> None:
    request = fed(head)
    assert request.whole and b"".join(request.chunks()) == head


def test_who_waits_for_a_word_gets_it_here_and_only_here() -> None:
    request = fed(
        b"POST /x HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-Continue\r\nHost: a\r\n\r\n"
    )
    assert request.expects and not request.whole
    request.feed(b"12345")
    assert b"Expect" not in b"".join(request.chunks())
    request.close()


@pytest.mark.parametrize(
    ("line", "lane"),
    [
        ("GET /8-2ABC HTTP/1.1", Lane.SCAN),
        ("HEAD /8-2ABC?x=1 HTTP/1.1", Lane.SCAN),
        ("GET /01/08930000000000/10/L1 HTTP/1.1", Lane.SCAN),
        ("GET /static/app.css HTTP/1.1", Lane.FILE),
        ("GET /media/photos/a.jpg HTTP/1.0", Lane.FILE),
        ("POST /8-2ABC HTTP/1.1", Lane.PAGE),
        ("GET /%61ccount/sign-in HTTP/1.1", Lane.PAGE),
        ("GET //office/ HTTP/1.1", Lane.PAGE),
        ("GET http://a/8-2ABC HTTP/1.1", Lane.PAGE),
        ("GET / HTTP/1.1", Lane.PAGE),
        ("get /8-2ABC HTTP/1.1", Lane.PAGE),
        ("", Lane.PAGE),
    ],
)
def test_lanes(line: str, lane: Lane) -> None:
    assert lane_of(f"{line}\r\nHost: a\r\n\r\n".encode()) is lane


#: Pages of consumers that are as quick as a scan, and small.
_AS_QUICK = {"health", "machine.robots", "media.icon"}


def test_no_page_but_those_of_scans_is_served_by_the_threads_of_scans(
    settings: Settings,
) -> None:
    """A new room belongs into the table of the intake: its pages must not fill the threads of scans."""
    wrong, database = [], Database.of(settings)
    rules = list(create_app(settings, database).url_map.iter_rules())
    database.close()
    for rule in rules:
        lane = lane_of(f"GET {rule.rule} HTTP/1.1\r\n\r\n".encode())
        room = rule.endpoint.partition(".")[0]
        scans = room == "scan" or room in _AS_QUICK or rule.endpoint in _AS_QUICK
        if (lane is Lane.SCAN) is not scans:
            wrong.append((rule.rule, rule.endpoint, str(lane)))
    assert wrong == []

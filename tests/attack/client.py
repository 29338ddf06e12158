"""Client: the few requests of HTTP that attacks need, with nothing that would be kind to a server."""

from __future__ import annotations

import http.client
import re
import socket
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_TIMEOUT = 60.0


@dataclass
class Target:
    """The server, and one code of it."""

    base: str
    code: str

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.base)
        assert parts.hostname in ("127.0.0.1", "localhost"), "only a server of one's own"
        return parts.hostname, parts.port or 80

    def scan(self) -> float:
        """Seconds that one scan takes on a new connection."""
        began = time.perf_counter()
        line = http.client.HTTPConnection(*self.address, timeout=_TIMEOUT)
        try:
            line.request("GET", f"/{self.code}", headers={"Accept": "text/html"})
            answer = line.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
        finally:
            line.close()
        return time.perf_counter() - began

    def raw(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=_TIMEOUT)


@dataclass
class Browser:
    """Cookies and a form token."""

    target: Target
    cookies: dict[str, str] = field(default_factory=dict)

    def send(
        self, method: str, path: str, body: bytes = b"", kind: str = ""
    ) -> tuple[int, str, http.client.HTTPMessage]:
        line = http.client.HTTPConnection(*self.target.address, timeout=_TIMEOUT)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if kind:
            headers["Content-Type"] = kind
        try:
            line.request(method, path, body or None, headers)
            answer = line.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            line.close()
        for given in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = given.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text, answer.headers

    def token(self, path: str) -> str:
        found = _TOKEN.search(self.send("GET", path)[1])
        assert found is not None, path
        return found[1]

    def sign_in(self, name: str, password: str, token: str = "") -> int:
        token = token or self.token("/account/sign-in")
        form = urlencode({"csrf_token": token, "name": name, "password": password})
        return self.send(
            "POST", "/account/sign-in", form.encode(), "application/x-www-form-urlencoded"
        )[0]

    def upload(self, path: str, token: str, name: str, data: bytes) -> int:
        """One file in a form."""
        mark = "----attack"
        parts = (
            f'--{mark}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="x.toml"\r\n'
            "Content-Type: application/toml\r\n\r\n"
        ).encode()
        body = parts + data + f"\r\n--{mark}--\r\n".encode()
        return self.send("POST", path, body, f"multipart/form-data; boundary={mark}")[0]

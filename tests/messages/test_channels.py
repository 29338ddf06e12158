"""Channels: what goes over the wire, and what each answer of the other side means."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from labelsvc.errors import ConfigurationError
from labelsvc.messages import letter
from labelsvc.messages.channels.channel import NotSentError, Outgoing, Why
from labelsvc.messages.channels.mail import Mail
from labelsvc.messages.channels.telephone import Telephone
from labelsvc.messages.channels.webhook import Webhook, key_of
from labelsvc.messages.kinds import KINDS, SAMPLES
from labelsvc.settings import Settings, load
from tests.messages.servers import MailServer, Recorder

SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes of the webhook!").decode()


def outgoing(address: str = "mai@example.vn", kind: str = "withdrawn") -> Outgoing:
    facts = SAMPLES.get(kind, {})
    link = "https://qr.example.vn/console/"
    made = letter.write(kind, facts, language="vi", link=link, office="Văn phòng OCOP")
    at = datetime(2026, 11, 23, 5, tzinfo=UTC)
    return Outgoing("f00d" * 8, kind, address, at, made, facts)


def mail_settings(port: int, **more: object) -> Settings:
    facts = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "smtp_from": "ocop@example.vn"}  # fmt: skip
    return load(dev=True, base_url="http://127.0.0.1:8000", **(facts | more))


def why(send, *what: object) -> tuple[Why, str]:  # type: ignore[no-untyped-def]
    with pytest.raises(NotSentError) as caught:
        send(*what)
    return caught.value.why, str(caught.value)


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_whole_in_both_languages(kind: str, language: str) -> None:
    made = letter.write(
        kind, SAMPLES.get(kind, {}), language=language, link="https://qr.example.vn/x", office="Văn phòng"
    )  # fmt: skip
    for words in (made.subject, made.text, made.html):
        assert "{" not in words.replace("{{", "") or "style" in words
        assert words.strip()
    assert made.text.count("https://qr.example.vn/x") == 1
    assert "<script" not in made.html and "src=" not in made.html


def test_facts_are_data_in_subject_text_and_html() -> None:
    facts = {"goods": "<b>Chè</b> {moment}\r\nBcc: x@example.vn"}
    made = letter.write("withdrawn", facts, language="en", link="https://x.example/", office="<i>")
    assert "\n" not in made.subject and "<b>" not in made.html and "<i>" not in made.html
    assert "{moment}" in made.subject


# --- mail ----------------------------------------------------------------------------------------


def test_a_letter_has_both_forms_and_the_id_of_its_row(mail: MailServer) -> None:
    way = Mail(
        mail_settings(mail.port, office_name="Văn phòng OCOP, Hà Nội", office_email="a@example.vn")
    )
    way.send(outgoing())
    way.send(outgoing())  # over the same connection
    way.close()
    first, second = mail.wait(2)
    assert first["Message-ID"] == second["Message-ID"] == f"<{'f00d' * 8}@127.0.0.1>"
    assert "Văn phòng OCOP, Hà Nội" in first["From"] and "ocop@example.vn" in first["From"]
    assert (first["To"], first["Reply-To"]) == ("mai@example.vn", "a@example.vn")
    assert first["Auto-Submitted"] == "auto-generated"
    plain, html = first.get_body(("plain",)), first.get_body(("html",))
    assert plain is not None and html is not None
    assert "Chè lam gừng" in first["Subject"] and "thu hồi" in plain.get_content()
    assert "thu hồi" in html.get_content()


@pytest.mark.parametrize(
    ("where", "answer", "means"),
    [
        ("mai@example.vn", "550 5.1.1 no such user", Why.REFUSED),
        ("mai@example.vn", "550 no such user", Why.REFUSED),
        ("mai@example.vn", "550 5.7.1 blocked by policy", Why.FAILED),
        ("mai@example.vn", "452 4.2.2 mailbox full", Why.LATER),
        ("data", "554 5.6.0 not this content", Why.FAILED),
        ("data", "451 4.7.1 greylisted", Why.LATER),
        ("data", "421 closing", Why.AWAY),
    ],
)
def test_what_a_mail_server_says_decides_what_becomes_of_a_letter(
    mail: MailServer, where: str, answer: str, means: Why
) -> None:
    mail.answers[where] = answer
    way = Mail(mail_settings(mail.port))
    found, said = why(way.send, outgoing())
    assert (found, answer[:3] in said) == (means, True)
    way.close()


def test_a_mail_server_that_is_not_there_is_no_fault_of_the_letter() -> None:
    assert why(Mail(mail_settings(1)).send, outgoing())[0] is Why.AWAY


def test_a_password_never_goes_over_an_open_wire(mail: MailServer) -> None:
    way = Mail(mail_settings(mail.port, smtp_tls="starttls", smtp_user="u", smtp_password="p"))
    assert why(way.send, outgoing())[0] is Why.AWAY  # this server offers no STARTTLS
    assert not mail.taken
    with pytest.raises(ConfigurationError):
        load(
            dev=True,
            smtp_host="mail.example.vn",
            smtp_from="a@example.vn",
            smtp_tls="none",
            smtp_user="u",
        )


# --- webhook -------------------------------------------------------------------------------------


def webhook(hook: Recorder, path: str = "/told?x=1") -> Webhook:
    return Webhook(load(dev=True, webhook_url=hook.url + path, webhook_secret=SECRET))


def test_a_webhook_is_signed_over_id_moment_and_body(hook: Recorder) -> None:
    webhook(hook).send(outgoing(address=""))
    path, headers, body = hook.requests[0]
    assert path == "/told?x=1" and json.loads(body)["kind"] == "withdrawn"
    moment, identity = headers["webhook-timestamp"], headers["webhook-id"]
    assert abs(time.time() - int(moment)) < 300 and json.loads(body)["id"] == identity
    good = hmac.digest(b"thirty-two bytes of the webhook!", f"{identity}.{moment}.".encode() + body, hashlib.sha256)  # fmt: skip
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(good).decode()}"


def test_a_secret_may_be_plain_text() -> None:
    assert key_of("x" * 32) == b"x" * 32 and key_of(SECRET) == b"thirty-two bytes of the webhook!"


@pytest.mark.parametrize(
    ("status", "means"),
    [(400, Why.FAILED), (410, Why.FAILED), (307, Why.FAILED), (401, Why.AWAY), (404, Why.AWAY),
     (429, Why.LATER), (408, Why.LATER), (500, Why.LATER), (503, Why.LATER)],
)  # fmt: skip
def test_what_a_status_means_and_no_redirect_is_followed(
    hook: Recorder, status: int, means: Why
) -> None:
    hook.answers = [(status, b"")]
    assert why(webhook(hook).send, outgoing(address=""))[0] is means
    assert len(hook.requests) == 1


@pytest.mark.parametrize(
    "facts",
    [{"webhook_url": "http://example.vn/x", "webhook_secret": SECRET},
     {"webhook_url": "https://example.vn/x", "webhook_secret": "short"},
     {"phone_gateway": "sms"},
     {"phone_templates": ["reset"]},
     {"smtp_host": "mail.example.vn"}],
)  # fmt: skip
def test_a_channel_that_is_not_safe_or_not_whole_is_refused(facts: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        load(dev=True, **facts)


# --- telephone -----------------------------------------------------------------------------------


def telephone(hook: Recorder, kind: str) -> Telephone:
    return Telephone(
        load(dev=True, phone_gateway=kind, phone_url=f"{hook.url}/send", phone_token="t0ken",
             phone_templates=["withdrawn=7001"])
    )  # fmt: skip


def test_an_sms_gateway_gets_number_template_and_values(hook: Recorder) -> None:
    telephone(hook, "sms").send(outgoing(address="0912345678"))
    assert hook.documents == [
        {"id": "f00d" * 8, "to": "+84912345678", "template": "7001",
         "parameters": {"goods": "Chè lam gừng, LOT-2026-07", "link": "https://qr.example.vn/console/"}}
    ]  # fmt: skip
    assert hook.requests[0][1]["authorization"] == "Bearer t0ken"


@pytest.mark.parametrize(
    ("answer", "means"),
    [(b'{"error": -118, "message": "no such account"}', Why.REFUSED),
     (b'{"error": -124, "message": "token"}', Why.AWAY),
     (b'{"error": -1}', Why.FAILED),
     (b"not JSON", Why.AWAY)],
)  # fmt: skip
def test_zalo_says_no_with_a_status_that_says_yes(
    hook: Recorder, answer: bytes, means: Why
) -> None:
    hook.answers = [(200, b'{"error": 0}'), (200, answer)]
    way = telephone(hook, "zns")
    way.send(outgoing(address="0912345678"))
    assert why(way.send, outgoing(address="0912345678"))[0] is means
    assert hook.documents[0]["phone"] == "84912345678"
    assert (
        hook.documents[0]["template_id"] == "7001"
        and "page" not in hook.documents[0]["template_data"]
    )


def test_a_kind_without_template_is_not_sent(hook: Recorder) -> None:
    sent = replace(outgoing(address="0912345678"), kind="test")
    assert why(telephone(hook, "sms").send, sent)[0] is Why.FAILED and not hook.requests

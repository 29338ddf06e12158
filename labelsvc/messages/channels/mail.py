"""Mail: hands messages to a mail server (SMTP, RFC 5321), several over one connection."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from labelsvc.messages.channels.channel import NotSentError, Outgoing, Why
from labelsvc.settings import Settings

#: Seconds for each answer of the server: ten of them stay below the lease of a message.
TIMEOUT: Final = 15
#: Answers to a recipient that speak of the address, where no enhanced status (RFC 3463) says more.
_NO_SUCH: Final = (550, 551, 553)
_ENHANCED: Final = re.compile(r"\b5\.(\d+)\.\d+")


class Mail:
    """A connection to the mail server of the settings, opened by the first message."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None
        self._host = urlsplit(settings.base_url).hostname or "localhost"

    def send(self, outgoing: Outgoing) -> None:
        server, letter = self._connected(), self._letter(outgoing)
        try:
            server.send_message(letter, self._settings.smtp_from, [outgoing.address])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = error.recipients[outgoing.address]
            raise _refusal(code, said, recipient=True) from None
        except smtplib.SMTPSenderRefused as error:  # of every message: the settings are wrong
            self.close()
            raise NotSentError(Why.AWAY, _words(error.smtp_code, error.smtp_error)) from None
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from None
        except (smtplib.SMTPException, OSError) as error:  # it may have taken the message or not
            self.close()
            raise NotSentError(Why.LATER, _told(error)) from None

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    def _connected(self) -> smtplib.SMTP:
        """The open connection, or a new one. :raises NotSentError: nobody answers, or not to us."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                if self._server.noop()[0] == 250:
                    return self._server
            self.close()
        try:
            self._server = self._open()
        except (smtplib.SMTPException, OSError) as error:
            raise NotSentError(Why.AWAY, _told(error)) from None
        return self._server

    def _open(self) -> smtplib.SMTP:
        found = self._settings
        context = ssl.create_default_context()
        if found.smtp_tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                found.smtp_host, found.smtp_port, self._host, timeout=TIMEOUT, context=context
            )
        else:
            server = smtplib.SMTP(found.smtp_host, found.smtp_port, self._host, timeout=TIMEOUT)
        try:
            if found.smtp_tls == "starttls":
                server.starttls(context=context)
            if found.smtp_user:
                server.login(found.smtp_user, found.smtp_password)
        except BaseException:
            server.close()
            raise
        return server

    def _letter(self, outgoing: Outgoing) -> EmailMessage:
        made, letter, found = EmailMessage(policy=SMTP), outgoing.letter, self._settings
        made["From"] = Address(found.office_name, addr_spec=found.smtp_from)
        made["To"] = Address(addr_spec=outgoing.address)
        if found.office_email:
            made["Reply-To"] = found.office_email
        made["Subject"] = letter.subject
        made["Date"] = format_datetime(outgoing.at)
        made["Message-ID"] = f"<{outgoing.id}@{self._host}>"
        made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers it
        made["Content-Language"] = letter.language
        # Quoted, since a server without 8BITMIME would refuse Vietnamese letters.
        made.set_content(letter.text, cte="quoted-printable")
        made.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        return made


def _refusal(code: int, said: bytes | str, *, recipient: bool = False) -> NotSentError:
    words = _words(code, said)
    if code == 421:
        return NotSentError(Why.AWAY, words)
    if code < 500:
        return NotSentError(Why.LATER, words)
    enhanced = _ENHANCED.search(words)
    unknown = enhanced[1] == "1" if enhanced else recipient and code in _NO_SUCH
    return NotSentError(Why.REFUSED if unknown else Why.FAILED, words)


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"


def _told(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"

"""Errors: one tree, each with code, message and fix.

Every error that labelsvc raises on purpose descends from `LabelsvcError`. It carries a machine
`code`, an English `message` and `fix` (both also keys of the translations, with `{name}`
placeholders) and the `params` that fill them. The reader's language is chosen where the error is
shown: ``i18n.explain(error, "vi")``. A parser raises these and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar


class LabelsvcError(Exception):
    """Something labelsvc refuses or cannot do, with what happened and what to do.

    :param message: English sentence, `{name}` placeholders allowed; also the translation key.
    :param fix: what the reader can do about it, the same way.
    :param params: values of the placeholders, and facts for machines (row, column, field ...).
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, fix: str = "", **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.params = params

    def __str__(self) -> str:
        return fill(self.message, self.params)

    def as_json(self) -> dict[str, Any]:
        """For `--json` and the API: code, message, fix and parameters."""
        params = {
            k: v if isinstance(v, (int, float, bool)) else str(v) for k, v in self.params.items()
        }
        return {
            "code": self.code,
            "message": str(self),
            "fix": fill(self.fix, self.params),
            **params,
        }


class Phrase:
    """A sentence inside another one, as the value of a placeholder: translated with it."""

    def __init__(self, text: str, **params: Any) -> None:
        self.text = text
        self.params = params

    def __str__(self) -> str:
        return fill(self.text, self.params)


_PLACE = re.compile(r"\{(\w+)\}")


def fill(template: str, params: dict[str, Any]) -> str:
    """Put *params* into *template*; a template is ours, so only known names are replaced.

    In one pass: a value that holds "{name}" itself stays as it is.
    """

    def words(place: re.Match[str]) -> str:
        value = params.get(place[1], place[0])
        return f"{value:.10g}" if isinstance(value, float) else str(value)

    return _PLACE.sub(words, template)


# --- what somebody gave us is wrong -------------------------------------------------------------


class BadInput(LabelsvcError):
    code = "bad_input"
    http_status = 400


class BadCode(BadInput):
    """A text that should be one of our codes and is not acceptable as one."""

    code = "bad_code"


class MalformedCode(BadCode):
    """Not of the shape of any of our forms, or not in its canonical spelling."""

    code = "malformed_code"


class ForeignHost(BadCode):
    """A link to some other host."""

    code = "foreign_host"


class BadSignature(BadCode):
    """The tag or signature does not fit: we did not make this code."""

    code = "bad_signature"
    http_status = 404


class UnknownKey(BadSignature):
    """The code names a key that this keyring does not hold."""

    code = "unknown_key"


class FrozenKey(BadSignature):
    """Signed by a stolen key, outside the ranges that the public log had before it was frozen, or
    that two people added."""

    code = "frozen_key"


class RevokedKey(BadSignature):
    """Signed by a key whose every code is refused."""

    code = "revoked_key"


class ImportRefused(BadInput):
    """A file or a row of a list that cannot be imported."""

    code = "import_refused"


class LayoutError(BadInput):
    """A layout file that breaks the schema, or cannot be drawn."""

    code = "layout_error"


class NoSuchLayout(LayoutError):
    """Nothing has this name, among the built-in layouts and those of the producer."""


class LabelOverflow(LayoutError):
    """Text does not fit at its smallest size. Params: layout, field, record."""

    code = "label_overflow"


class MissingGlyph(LayoutError):
    """A font lacks a character. Params: font, characters, field."""

    code = "missing_glyph"


class PhotoRefused(BadInput):
    code = "photo_refused"


class BadLog(BadInput):
    """A checkpoint, tile, leaf or proof of the public log that is not what it should be."""

    code = "bad_log"


class BadStatusList(BadInput):
    """A status list or head that is not what it should be."""

    code = "bad_status_list"


class BadTrust(BadInput):
    """A trust manifest that is not what it should be, or that must not follow the one held."""

    code = "bad_trust"


class TrustRollback(BadTrust):
    """Older than what is held, or another one under the same number."""

    code = "trust_rollback"


# --- a rule says no -----------------------------------------------------------------------------


class Refused(LabelsvcError):
    """The request is well formed and a rule of the programme or the law forbids it."""

    code = "refused"
    http_status = 409


class PrintRefused(Refused):
    code = "print_refused"


class RecognitionForbids(PrintRefused):
    """The stars of the layout may not be printed today (Decision 26/2026, Decision 1162)."""

    code = "recognition_forbids"


class QuantityExceeded(PrintRefused):
    """More labels than the lot declared."""

    code = "quantity_exceeded"


class ContentMissing(PrintRefused):
    """A mandatory content of Decree 37/2026 is missing."""

    code = "content_missing"


class InnerCodesOff(PrintRefused):
    """The layout prints inner codes, and packs of the lot carry none."""

    code = "inner_codes_off"


class ReadBackFailed(PrintRefused):
    """A symbol of the finished file does not read back as its code; the run is not released.

    :param faults: everything that was found, as `labels.faults` keeps it; the message is of the first.
    """

    code = "read_back_failed"

    def __init__(
        self, message: str, *, fix: str = "", faults: Iterable[dict[str, Any]] = (), **params: Any
    ) -> None:
        super().__init__(message, fix=fix, **params)
        self.faults = tuple(faults)


class PrinterFailed(Refused):
    """A printer on the network cannot be reached, or stopped taking labels."""

    code = "printer_failed"


class Conflict(Refused):
    """Somebody else changed it first, or the name is taken."""

    code = "conflict"


class LogForked(Refused):
    """Going on would give the public log a second history."""

    code = "log_forked"


# --- who may ------------------------------------------------------------------------------------


class SignInFailed(LabelsvcError):
    code = "sign_in_failed"
    http_status = 401


class TooManyTries(LabelsvcError):
    code = "too_many_tries"
    http_status = 429


class Busy(LabelsvcError):
    """Too much is asked at this moment; nothing was done. Params: seconds until it is worth trying."""

    code = "busy"
    http_status = 503


class NotAllowed(LabelsvcError):
    code = "not_allowed"
    http_status = 403


class StepUpNeeded(NotAllowed):
    """Signed in, but the factor or password was not given within the last minutes."""

    code = "step_up_needed"


class NotFound(LabelsvcError):
    code = "not_found"
    http_status = 404


class NotIssued(NotFound):
    """A code of our shape on no goods. Forged or never printed: who asks is not told which."""


# --- the machine --------------------------------------------------------------------------------


class ConfigurationError(LabelsvcError):
    """A setting is missing, wrong or unsafe."""

    code = "configuration"


class DatabaseUnusable(ConfigurationError):
    """The database does not answer, may not be written, or has another schema."""

    code = "database"


class DatabaseGone(DatabaseUnusable):
    """Its file was deleted or replaced while the program ran."""

    code = "database_gone"
    http_status = 503


class KeyUnavailable(ConfigurationError):
    code = "key_unavailable"


class StorageFault(LabelsvcError):
    """Disk, file store or database do not take or give what they should; it may pass.

    :param kind: what is wrong in one word, for programs.
    """

    code = "storage"
    http_status = 503

    def __init__(self, message: str, *, kind: str, fix: str = "", **params: Any) -> None:
        super().__init__(message, fix=fix, **params)
        self.kind = kind


class FileMissing(LabelsvcError):
    code = "file_missing"
    http_status = 404


class Doubt(LabelsvcError):
    """It works, but probably not as meant."""

    code = "doubt"

"""Settings: reads `LABELSVC_*` variables and `labelsvc.toml` into one frozen object.

The environment wins over the file. `labelsvc.toml` is looked for in the working folder, or where
`LABELSVC_CONFIG` says. Every setting has a heading in docs/settings.md (a test holds that).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from labelsvc import setting_values
from labelsvc.errors import ConfigurationError, Phrase
from labelsvc.partners import Partner
from labelsvc.setting_files import PREFIX, config_file, read_private
from labelsvc.setting_values import fault, unusable, variable
from labelsvc.setting_values import loopback as loopback
from labelsvc.weak_keys import weakness

#: Known to everybody who reads this file, so it protects nothing. `demo` sets `dev = true`.
DEVELOPMENT_KEY = "development-key-protects-nothing-0000000000"

#: Secrets that may stand in a file of their own, named by the setting with _FILE.
_IN_FILES: Final = ("secret_keys", "kms_pin", "smtp_password", "webhook_secret", "phone_token")


class Secrets(tuple[str, ...]):
    """Secret keys oldest to newest, and the token that seals in their stead, if there is one."""

    kms: str = ""
    kms_pin: str = ""

    @classmethod
    def of(cls, keys: Iterable[str], *, kms: str = "", kms_pin: str = "") -> Secrets:
        made = cls(keys)
        made.kms, made.kms_pin = kms, kms_pin
        return made


class Settings(BaseSettings):
    """All settings; docs/settings.md explains each."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    database_url: str = ""
    #: Connections of one process to a database server that stay open, and that come when they do not
    #: suffice; seconds to wait for one; whether statements stay prepared there.
    database_pool: int = Field(default=5, ge=1, le=100)
    database_overflow: int = Field(default=10, ge=0, le=100)
    database_wait: float = Field(default=30.0, gt=0, le=600)
    database_prepare: bool = False
    data_dir: Path = Path("var")
    base_url: str = "http://127.0.0.1:8000"
    broker_url: str = ""
    files_url: str = ""
    #: Separated by spaces in the environment, so not JSON as pydantic would have it.
    secret_keys: Annotated[tuple[str, ...], NoDecode] = ()
    #: The same in a file, one a line, which only its owner reads.
    secret_keys_file: Path | None = None
    #: Key of a token that seals the signing keys: pkcs11:MODULE?token=LABEL&key=LABEL.
    kms: str = ""
    kms_pin: str = Field(default="", repr=False)
    kms_pin_file: Path | None = None
    dev: bool = False
    #: Reverse proxies in front whose X-Forwarded-* headers are believed.
    proxy_hops: int = Field(default=0, ge=0, le=5)
    #: Processes that render parts of print runs; 0 renders in the serving process.
    render_processes: int = Field(default=2, ge=0, le=64)
    #: Hours without use after which a sign-in ends.
    session_hours: int = Field(default=12, ge=1, le=24 * 30)
    #: Whether office, inspectors and auditors sign in with a second factor; None: unless `dev`.
    second_factor: bool | None = None
    #: Hours in which a new, reset or promoted account confirms nothing; None: 72, and 0 where `dev`.
    confirm_wait_hours: int | None = Field(None, ge=0, le=720)
    #: Largest file that may be uploaded, in MiB.
    upload_mib: int = Field(default=20, ge=1, le=200)
    #: Days that the scan log keeps minutes; older scans keep the day only (data minimisation).
    scan_minutes_days: int = Field(default=90, ge=1)
    #: Wrong codes of one network (/24, /48) in a minute that are answered in full, in each process.
    scan_misses: int = Field(default=60, ge=1, le=100_000)
    #: Copy risk (docs/copy-risk.md): sessions of one unit code from which its page advises to look
    #: closely, and from which a case is opened; multiple of the declared units for a lot code.
    copy_notice_sessions: int = Field(default=5, ge=1, le=100_000)
    copy_case_sessions: int = Field(default=10, ge=1, le=100_000)
    copy_lot_multiple: int = Field(default=3, ge=1, le=1000)
    #: Sessions of one lot after sold, void, withdrawn or recalled, or before activation.
    copy_after_end: int = Field(default=1, ge=1, le=100_000)
    #: Sessions of one lot past its expiry date: old jars at home are many.
    copy_after_expiry: int = Field(default=20, ge=1, le=100_000)
    #: Two reports of one unit this far apart within these hours.
    copy_travel_km: int = Field(default=300, ge=1, le=20_000)
    copy_travel_hours: float = Field(default=2.0, gt=0, le=24)
    #: Share of a lot's reports from outside the declared provinces.
    copy_outside_share: float = Field(default=0.2, gt=0, le=1)
    #: False alarms of the statistics that are put up with: probability of one unit, share of a day.
    copy_tail: float = Field(default=1e-4, gt=0, lt=0.5)
    #: Codes with a wrong tag or signature in a day that begin alike.
    copy_refused: int = Field(default=50, ge=1)
    #: The same from one network.
    copy_refused_network: int = Field(default=200, ge=1)
    #: Name of the programme office on pages and reports.
    office_name: str = "Văn phòng OCOP"
    office_phone: str = ""
    office_email: str = ""
    #: Mail server for messages; none: no mail is sent (docs/messages.md).
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = Field(default="", repr=False)
    smtp_password_file: Path | None = None
    smtp_from: str = ""
    #: Address of another program of the office that is told of what happens, and what signs it.
    webhook_url: str = ""
    webhook_secret: str = Field(default="", repr=False)
    webhook_secret_file: Path | None = None
    #: Gateway for SMS or Zalo ZNS: kind, address, token, and its templates ("reset=1234 verify=1235").
    phone_gateway: Literal["", "sms", "zns"] = ""
    phone_url: str = ""
    phone_token: str = Field(default="", repr=False)
    phone_token_file: Path | None = None
    phone_templates: Annotated[tuple[str, ...], NoDecode] = ()
    #: Networks in which label printers may be sent to, as 192.168.1.0/24; none: only downloads.
    printer_networks: Annotated[tuple[str, ...], NoDecode] = ()
    #: Names beside that of BASE_URL to which requests may come; separated by spaces.
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    #: Hosts that BASE_URL had before and labels were printed under; separated by spaces.
    former_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    #: Other programmes whose codes are named: `host | name | address | contact`; separated by semicolons.
    partners: Annotated[tuple[Partner, ...], NoDecode] = ()
    template_override: Path | None = None
    log_json: bool = False

    @model_validator(mode="before")
    @classmethod
    def _read_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        for name in _IN_FILES:
            if file := values.get(f"{name}_file"):
                if values.get(name):
                    raise ConfigurationError(
                        "Both {variable} and {variable}_FILE are set.",
                        fix="Keep {variable}_FILE and take the other away.",
                        variable=variable(name),
                    )
                values = values | {name: read_private(Path(file), variable(f"{name}_file")).strip()}
        return values

    _words = field_validator(
        "secret_keys", "trusted_hosts", "former_hosts", "phone_templates", mode="before"
    )(setting_values.words)
    _former_hosts = field_validator("former_hosts")(setting_values.former_hosts)
    _partners = field_validator("partners", mode="before")(setting_values.programmes)
    _networks = field_validator("printer_networks", mode="before")(setting_values.networks)
    _database_url = field_validator("database_url")(setting_values.database_url)
    _base_url = field_validator("base_url")(setting_values.base_url)

    @model_validator(mode="after")
    def _check_channels(self) -> Settings:
        if self.smtp_host and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", self.smtp_from):
            raise unusable("smtp_from", Phrase("it must be the address that messages come from"))
        open_wire = self.smtp_tls == "none" and not loopback(self.smtp_host)
        if self.smtp_user and open_wire:
            raise unusable("smtp_tls", Phrase("the password would go over the wire unencrypted"))
        for name in ("webhook_url", "phone_url"):
            parts = urlsplit(getattr(self, name))
            safe = parts.scheme == "https" or (
                parts.scheme == "http" and loopback(parts.hostname or "")
            )
            if getattr(self, name) and not (safe and parts.hostname):
                raise unusable(name, Phrase("it must begin with https://"))
        if self.webhook_url and len(self.webhook_secret) < 32:
            given = "webhook_secret_file" if self.webhook_secret_file else "webhook_secret"
            raise unusable(given, Phrase("it needs at least 32 characters"))
        if self.phone_gateway and not self.phone_url:
            raise unusable("phone_url", Phrase("it must begin with https://"))
        if any("=" not in pair for pair in self.phone_templates):
            raise unusable("phone_templates", Phrase("it must be pairs such as reset=1234"))
        return self

    @model_validator(mode="after")
    def _check_dev(self) -> Settings:
        # Its key is known to everybody and its sign-ins have one factor: nobody else may reach it.
        if self.dev and not loopback(urlsplit(self.base_url).hostname or ""):
            raise unusable(
                "dev",
                Phrase(
                    "it is for an address of this machine, and BASE_URL is {url}", url=self.base_url
                ),
            )
        return self

    @model_validator(mode="after")
    def _check_keys(self) -> Settings:
        if not self.dev:
            given = "secret_keys_file" if self.secret_keys_file else "secret_keys"
            if DEVELOPMENT_KEY in self.secret_keys:
                raise unusable(given, Phrase("the development key is refused outside the demo"))
            if any(len(key) < 32 for key in self.secret_keys):
                raise unusable(given, Phrase("each key needs at least 32 characters"))
            # Older ones still open what they sealed: `doctor` names them until they are away.
            if self.secret_keys and (why := weakness(self.secret_keys[-1])):
                raise unusable(given, Phrase("the newest key can be guessed: {why}", why=why))
        return self

    @property
    def database(self) -> str:
        """SQLAlchemy URL; an SQLite file in the data folder unless one is given."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'labelsvc.sqlite3'}"

    @property
    def files(self) -> str:
        """fsspec URL of the folder that holds photos and print files."""
        return self.files_url or f"file://{self.data_dir.resolve() / 'files'}"

    @property
    def host(self) -> str:
        """Authority of the base URL in lower case, with the port if it has one."""
        return urlsplit(self.base_url).netloc.lower()

    @property
    def asks_second_factor(self) -> bool:
        """True if certain roles (accounts/roles.py) need a second factor."""
        return not self.dev if self.second_factor is None else self.second_factor

    @property
    def phone_kinds(self) -> dict[str, str]:
        """Kind of message → template of the telephone gateway."""
        pairs = (pair.partition("=") for pair in self.phone_templates)
        return {kind: template for kind, _, template in pairs}

    @property
    def channels(self) -> dict[str, frozenset[str] | None]:
        """Ways by which messages leave, each with the kinds that it takes; None: all that go that way."""
        found: dict[str, frozenset[str] | None] = {}
        if self.smtp_host:
            found["mail"] = None
        if self.phone_gateway:
            found["phone"] = frozenset(self.phone_kinds)
        if self.webhook_url:
            found["webhook"] = None
        return found

    @property
    def https(self) -> bool:
        """True if people reach the service by https: cookies and headers depend on it."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def confirm_wait(self) -> int:
        """Hours in which an account that others had a hand in confirms nothing."""
        if self.confirm_wait_hours is None:
            return 0 if self.dev else 72
        return self.confirm_wait_hours

    @property
    def keys(self) -> tuple[str, ...]:
        """Secrets oldest to newest: the last signs, all verify (the order of itsdangerous)."""
        keys = self.secret_keys or ((DEVELOPMENT_KEY,) if self.dev else ())
        if keys:
            return Secrets.of(keys, kms=self.kms, kms_pin=self.kms_pin)
        raise ConfigurationError(
            "No secret key is set.",
            fix="Write a random text of 32 characters or more into a file that only the service "
            "reads, name it in LABELSVC_SECRET_KEYS_FILE, and keep a copy elsewhere "
            "(docs/operate.md). For example: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = TomlConfigSettingsSource(settings_cls, config_file())
        return (init_settings, env_settings, file)


def load(**overrides: Any) -> Settings:
    """Read the settings anew; *overrides* win over environment and file.

    :raises ConfigurationError: naming the setting and what is wrong with it.
    """
    try:
        return Settings(**overrides)
    except (SettingsError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            "The settings cannot be read: {reason}.",
            fix="Correct labelsvc.toml, or the variable that is named.",
            reason=str(error),
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise unusable(name, fault(first["type"], first["msg"], first.get("ctx", {}))) from None


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return load()

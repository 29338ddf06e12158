"""Settings: one frozen object, from `LABELSVC_*` variables and `labelsvc.toml`.

The environment wins over the file. `labelsvc.toml` is looked for in the working folder, or where
`LABELSVC_CONFIG` says. Every setting has a heading in docs/operate.md (a test holds that).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any
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

from labelsvc.errors import ConfigurationError

#: Known to everybody who reads this file, so it protects nothing. `demo` sets `dev = true`.
DEVELOPMENT_KEY = "development-key-protects-nothing-0000000000"


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
    """All settings; docs/operate.md explains each."""

    model_config = SettingsConfigDict(env_prefix="LABELSVC_", frozen=True, extra="ignore")

    database_url: str = ""
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
    #: Networks in which label printers may be sent to, as 192.168.1.0/24; none: only downloads.
    printer_networks: Annotated[tuple[str, ...], NoDecode] = ()
    template_override: Path | None = None
    log_json: bool = False

    @model_validator(mode="before")
    @classmethod
    def _read_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        for name in ("secret_keys", "kms_pin"):
            if file := values.get(f"{name}_file"):
                if values.get(name):
                    raise ValueError(f"give either {name} or {name}_file")
                values = values | {name: _private(Path(file)).strip()}
        return values

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: Any) -> Any:
        return tuple(k for k in value.split() if k) if isinstance(value, str) else value

    @field_validator("printer_networks", mode="before")
    @classmethod
    def _split_networks(cls, value: Any) -> Any:
        found = tuple(value.split()) if isinstance(value, str) else tuple(value)
        for network in found:
            ip_network(network)  # its message says what is wrong
        return found

    @field_validator("base_url")
    @classmethod
    def _check_base_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must look like https://qr.example.vn")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must be a scheme and a host only: codes stand directly after it")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _check_keys(self) -> Settings:
        if not self.dev:
            if DEVELOPMENT_KEY in self.secret_keys:
                raise ValueError("the development key is refused outside the demo")
            for key in self.secret_keys:
                if len(key) < 32:
                    raise ValueError("each key of secret_keys needs at least 32 characters")
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
        """Whether certain roles (accounts/roles.py) need a second factor."""
        return not self.dev if self.second_factor is None else self.second_factor

    @property
    def keys(self) -> tuple[str, ...]:
        """Secrets oldest to newest: the last signs, all verify (the order of itsdangerous)."""
        keys = self.secret_keys or ((DEVELOPMENT_KEY,) if self.dev else ())
        if keys:
            return Secrets.of(keys, kms=self.kms, kms_pin=self.kms_pin)
        raise ConfigurationError(
            "No secret key is set.",
            fix="Set LABELSVC_SECRET_KEYS to a random text of 32 characters or more, "
            "for example from: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
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
        file = Path(os.environ.get("LABELSVC_CONFIG", "labelsvc.toml"))
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file))


def _private(file: Path) -> str:
    """What stands in a file that nobody but its owner and root can read."""
    try:
        with file.open(encoding="utf-8") as opened:
            if os.fstat(opened.fileno()).st_mode & 0o077:
                raise ValueError(f"{file} is readable by others than its owner; run: chmod 600")
            return opened.read()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} cannot be read: {error}") from None


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
        name = ".".join(str(part) for part in first["loc"]) or "secret_keys"
        raise ConfigurationError(
            "The setting {name} is not usable: {reason}.",
            fix="Correct LABELSVC_{variable} or the line in labelsvc.toml.",
            name=name,
            variable=name.upper(),
            reason=first["msg"].removeprefix("Value error, "),
        ) from None


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return load()

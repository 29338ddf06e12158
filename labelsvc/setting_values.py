"""Setting values: checks single values of settings, and says what is wrong with one. Used by `settings`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any, Final
from urllib.parse import urlsplit

from labelsvc import partners
from labelsvc.errors import ConfigurationError, Phrase
from labelsvc.setting_files import PREFIX

#: As in a trust manifest, which names them.
_MOST_FORMER: Final = 16
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")
#: Kinds of errors of pydantic → what is wrong with the value.
_REASONS: Final = {
    "int_parsing": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "int_type": "it must be a whole number",
    "float_parsing": "it must be a number",
    "float_type": "it must be a number",
    "bool_parsing": "it must be true or false",
    "bool_type": "it must be true or false",
    "string_type": "it must be a text",
    "path_type": "it must be the name of a file or folder",
    "greater_than_equal": "it must be {ge} or more",
    "greater_than": "it must be more than {gt}",
    "less_than_equal": "it must be {le} or less",
    "less_than": "it must be less than {lt}",
    "literal_error": "it must be one of {expected}",
}


def words(value: Any) -> Any:
    """Part a text of several words; any other value stays."""
    return tuple(k for k in value.split() if k) if isinstance(value, str) else value


def former_hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    """Check names of hosts, in lower case and each once."""
    if len(value) > _MOST_FORMER:
        raise unusable("former_hosts", Phrase("it names more than {most} hosts", most=_MOST_FORMER))
    value = tuple(name.lower() for name in value)
    for name in value:
        if not _HOST.fullmatch(name) or name.endswith(":443"):
            raise unusable(
                "former_hosts",
                Phrase("{name} is no host such as qr-cu.example.vn: no scheme, no path", name=name),
            )
    return tuple(dict.fromkeys(value))


def programmes(value: Any) -> Any:
    """Read the other programmes, one a line: `host | name | address | contact`."""
    lines = value if isinstance(value, str) else ";".join(map(_line_of, value))
    try:
        return partners.read(lines)
    except ValueError as error:
        reason = Phrase(
            "“{part}” is not `host | name | address | contact` of a programme", part=str(error)
        )
        raise unusable("partners", reason) from None


def networks(value: Any) -> Any:
    """Check networks such as 192.168.1.0/24."""
    found = tuple(value.split()) if isinstance(value, str) else tuple(value)
    for network in found:
        try:
            ip_network(network)
        except ValueError:
            raise unusable(
                "printer_networks",
                Phrase("{network} is no network such as 192.168.1.0/24", network=network),
            ) from None
    return found


def database_url(value: str) -> str:
    """Check the kind of database and the port."""
    parts = urlsplit(value)
    if value and parts.scheme.partition("+")[0] not in ("sqlite", "postgresql"):
        raise unusable("database_url", Phrase("it must begin with postgresql:// or sqlite:///"))
    try:
        parts.port  # noqa: B018 -- raises when it is none
    except ValueError:
        raise unusable("database_url", Phrase("its port must be a number")) from None
    return value


def base_url(value: str) -> str:
    """Check a scheme and a host, and no more; without the last slash."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise unusable("base_url", Phrase("it must look like https://qr.example.vn"))
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise unusable(
            "base_url",
            Phrase("it must be a scheme and a host only: codes stand directly after it"),
        )
    return value.rstrip("/")


def loopback(host: str) -> bool:
    """True for a name or address by which only programs of the same machine are reached."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def variable(name: str) -> str:
    """Name the variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def unusable(name: str, reason: Phrase | str) -> ConfigurationError:
    """Make the error for the value of a setting."""
    return ConfigurationError(
        "The setting {name} is not usable: {reason}.",
        fix="Correct {variable} or the line in labelsvc.toml.",
        name=name,
        variable=variable(name),
        reason=reason,
    )


def fault(kind: str, message: str, context: Mapping[str, Any]) -> Phrase | str:
    """Tell what an error of pydantic says about a value."""
    limits = {
        name: context[name] for name in ("ge", "gt", "le", "lt", "expected") if name in context
    }
    if kind in _REASONS:
        return Phrase(_REASONS[kind], **limits)
    return message


def _line_of(partner: Any) -> str:
    """A programme as one line: a list of the settings file has lines, a program may give `Partner`."""
    return partner if isinstance(partner, str) else " | ".join(partner)

"""Hosts that labels were printed under: after a change of BASE_URL the ones of before must be named. Used by
print runs, blank rolls and `doctor`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.codes.forms import uri
from labelsvc.errors import PrintRefused
from labelsvc.labels.models import BlankRoll, PrintRun
from labelsvc.settings import loopback


def unnamed(session: Session, base_url: str, former: Collection[str]) -> list[str]:
    """Hosts in printed symbols that are neither that of *base_url* nor one of *former*.

    Names of the machine itself are left out: nobody scans such a label.
    """
    printed = {
        uri.authority(found)
        for rows in (PrintRun, BlankRoll)
        for found in session.scalars(select(rows.base_url).distinct())
    }
    printed -= {uri.authority(base_url), *former}
    return sorted(host for host in printed if not loopback(host.rpartition(":")[0] or host))


def refuse(session: Session, base_url: str, former: Collection[str] | None) -> None:
    """Print nothing while labels of before are answered as somebody else's.

    :param former: None: the caller prints again under the host of a run that there is.
    :raises PrintRefused: labels were printed under a host that nobody names.
    """
    if former is not None and (lost := unnamed(session, base_url, former)):
        raise PrintRefused(
            "Labels were printed under {hosts}, which the service does not know as its own any more.",
            fix="The operator names it in LABELSVC_FORMER_HOSTS (docs/trust.md, “Another host”), "
            "or sets LABELSVC_BASE_URL back.",
            hosts=", ".join(lost),
        )

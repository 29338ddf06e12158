"""Site: settings, database and files of the running application. Used by every page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from flask import current_app

from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.scans.misses import Misses
from labelsvc.settings import Settings


@dataclass
class Site:
    """The things that pages share: settings, the database and the files."""

    settings: Settings
    database: Database
    #: Codes that did not hold, by the networks of who asked; of every page that takes a code.
    misses: Misses
    files: Files = field(init=False)

    def __post_init__(self) -> None:
        self.files = Files(self.settings.files)


def site() -> Site:
    """The `Site` of the application that answers this request."""
    return cast(Site, current_app.extensions["labelsvc"])

"""Imports every mapped class, so that the metadata is whole wherever a database is opened."""

from labelsvc.accounts import models as accounts
from labelsvc.accounts.contact import models as contact
from labelsvc.catalogue import models as catalogue
from labelsvc.catalogue import recognition
from labelsvc.catalogue.exporting import handover
from labelsvc.catalogue.importing import trace, waiting
from labelsvc.catalogue.importing.heads import memory
from labelsvc.catalogue.owners import decisions as owner_decisions
from labelsvc.catalogue.points import models as points
from labelsvc.catalogue.stars import proposals
from labelsvc.catalogue.villages import models as villages
from labelsvc.codes import models as codes
from labelsvc.codes.tlog import models as tlog
from labelsvc.codes.trust import models as trust
from labelsvc.db import Base
from labelsvc.events import models as events
from labelsvc.inspections import models as inspections
from labelsvc.jobs import heartbeat
from labelsvc.jobs import models as jobs
from labelsvc.labels import models as labels
from labelsvc.messages import models as messages
from labelsvc.programme import models as programme
from labelsvc.programme.papers import models as papers
from labelsvc.programme.plans import models as plans
from labelsvc.programme.points import models as point_links
from labelsvc.programme.search import keep as search
from labelsvc.scans import models as scans

__all__ = [
    "accounts",
    "catalogue",
    "codes",
    "contact",
    "events",
    "handover",
    "heartbeat",
    "inspections",
    "jobs",
    "labels",
    "memory",
    "messages",
    "metadata",
    "owner_decisions",
    "papers",
    "plans",
    "point_links",
    "points",
    "programme",
    "proposals",
    "recognition",
    "scans",
    "search",
    "tlog",
    "trace",
    "trust",
    "villages",
    "waiting",
]

metadata = Base.metadata

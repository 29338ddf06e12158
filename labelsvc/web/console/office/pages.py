"""Pages: imports all pages of the office, which puts them on the blueprint."""

from labelsvc.web.console.office import accounts as accounts
from labelsvc.web.console.office import audit as audit
from labelsvc.web.console.office import cases as cases
from labelsvc.web.console.office import handovers as handovers
from labelsvc.web.console.office import key_ranges as key_ranges
from labelsvc.web.console.office import keys as keys
from labelsvc.web.console.office import mark as mark
from labelsvc.web.console.office import merges as merges
from labelsvc.web.console.office import outlets as outlets
from labelsvc.web.console.office import producers as producers
from labelsvc.web.console.office import products as products
from labelsvc.web.console.office import proposals as proposals
from labelsvc.web.console.office import recognitions as recognitions
from labelsvc.web.console.office import reports as reports
from labelsvc.web.console.office import sets as sets
from labelsvc.web.console.office import villages as villages
from labelsvc.web.console.office import withdrawals as withdrawals
from labelsvc.web.console.office.dashboard import bp as bp
from labelsvc.web.console.office.imports import answers as answers
from labelsvc.web.console.office.imports import columns as columns
from labelsvc.web.console.office.imports import mending as mending
from labelsvc.web.console.office.imports import owners as owners
from labelsvc.web.console.office.imports import preview as preview
from labelsvc.web.console.office.imports import templates as templates
from labelsvc.web.console.office.imports import undo as undo
from labelsvc.web.console.office.imports import upload as upload

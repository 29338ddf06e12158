"""Pages of producers and of the programme office. Importing it puts every page on its blueprint."""

from labelsvc.web.console import layout_preview as layout_preview
from labelsvc.web.console import office_accounts as office_accounts
from labelsvc.web.console import office_audit as office_audit
from labelsvc.web.console import office_cases as office_cases
from labelsvc.web.console import office_imports as office_imports
from labelsvc.web.console import office_outlets as office_outlets
from labelsvc.web.console import office_producers as office_producers
from labelsvc.web.console import office_products as office_products
from labelsvc.web.console import office_recognitions as office_recognitions
from labelsvc.web.console import office_reports as office_reports
from labelsvc.web.console import office_sets as office_sets
from labelsvc.web.console import office_villages as office_villages
from labelsvc.web.console import office_withdrawals as office_withdrawals
from labelsvc.web.console import producer_bind as producer_bind
from labelsvc.web.console import producer_blanks as producer_blanks
from labelsvc.web.console import producer_cases as producer_cases
from labelsvc.web.console import producer_files as producer_files
from labelsvc.web.console import producer_inner as producer_inner
from labelsvc.web.console import producer_layouts as producer_layouts
from labelsvc.web.console import producer_life as producer_life
from labelsvc.web.console import producer_lots as producer_lots
from labelsvc.web.console import producer_printers as producer_printers
from labelsvc.web.console import producer_products as producer_products
from labelsvc.web.console import producer_runs as producer_runs
from labelsvc.web.console import producer_sheets as producer_sheets
from labelsvc.web.console import producer_wizard as producer_wizard

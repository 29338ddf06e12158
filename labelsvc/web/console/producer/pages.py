"""Pages: imports all pages of a producer and of the layout editor, which puts them on the blueprint."""

from labelsvc.web.console.editor import dressing as dressing
from labelsvc.web.console.editor import editor as editor
from labelsvc.web.console.editor import layouts as layouts
from labelsvc.web.console.editor import ornaments as ornaments
from labelsvc.web.console.editor import preview as preview
from labelsvc.web.console.producer import bind as bind
from labelsvc.web.console.producer import blanks as blanks
from labelsvc.web.console.producer import cases as cases
from labelsvc.web.console.producer import changes as changes
from labelsvc.web.console.producer import dashboard as dashboard
from labelsvc.web.console.producer import faults as faults
from labelsvc.web.console.producer import files as files
from labelsvc.web.console.producer import inner as inner
from labelsvc.web.console.producer import life as life
from labelsvc.web.console.producer import logo as logo
from labelsvc.web.console.producer import lots as lots
from labelsvc.web.console.producer import points as points
from labelsvc.web.console.producer import products as products
from labelsvc.web.console.producer import runs as runs
from labelsvc.web.console.producer.paper import calibration as calibration
from labelsvc.web.console.producer.paper import printers as printers
from labelsvc.web.console.producer.paper import sheets as sheets
from labelsvc.web.console.producer.printing import repeat as repeat
from labelsvc.web.console.producer.printing import wizard as wizard
from labelsvc.web.console.producer_scope import bp as bp

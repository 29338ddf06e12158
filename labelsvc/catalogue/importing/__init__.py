"""Bringing in lists of products as provinces really write them: XLSX, XLS, ODS and CSV.

    data ─ guard ─ read ─→ tables ─ sheets (header, kind, title) ─→ rows ─ row/grant/ending ─→ lines ─ known ─→ Plan ─→ apply

A plan says what kind of list it is, which sheets and columns were understood, and of every row
whether it is new, changed, unchanged, refused and why, or a proposed withdrawal. Nothing is written
before `apply_import`, which writes in one transaction. The same file again gives only unchanged rows.
"""

from labelsvc.catalogue.importing.apply import apply_import as apply_import
from labelsvc.catalogue.importing.choices import Choices as Choices
from labelsvc.catalogue.importing.heads.kinds import ListKind as ListKind
from labelsvc.catalogue.importing.plan import Plan as Plan
from labelsvc.catalogue.importing.plan import plan_import as plan_import

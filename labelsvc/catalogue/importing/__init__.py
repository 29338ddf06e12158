"""Bringing in lists of products as provinces really write them: XLSX and CSV.

    data ─ guard ─ read ─→ tables ─ header ─→ rows ─ row/cell ─→ typed rows ─ compare ─→ Plan ─→ apply

A plan says of every row of the file whether it is new, changed, unchanged or refused and why;
nothing is written before `apply_import`, which writes in one transaction. The same file again
gives only unchanged rows.
"""

from labelsvc.catalogue.importing.apply import apply_import as apply_import
from labelsvc.catalogue.importing.plan import Plan as Plan
from labelsvc.catalogue.importing.plan import plan_import as plan_import

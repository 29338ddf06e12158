"""Words of the catalogue's columns, where a change is told as "old → new".

Used by the pages of imports and of the audit trail. Those of products are declared in
`catalogue/products/columns.py`.
"""

from __future__ import annotations

from labelsvc.catalogue.products import columns as product_columns

#: Column → English key of its words.
COLUMN_WORDS = product_columns.WORDS | {
    "set_guessed": "Guessed set",
    "kind": "Kind", "tax_code": "Tax code", "representative": "Representative (not public)",
    "phone": "Telephone", "email": "E-mail", "website": "Website", "street": "House, street, hamlet",
    "old_address": "Address before 1 July 2025", "commune_code": "Ward or commune",
    "commune_from": "Ward or commune since", "village_id": "Craft village", "craft": "Craft",
    "craft_code": "Craft of the list", "withdrawn_on": "Recognition ended on",
    "ended_on": "Historic entry since", "latitude": "Latitude", "longitude": "Longitude",
    "organisation": "The tax code is an organisation's and may be shown",
    "recognition": "Recognition", "stars": "Stars", "score": "Score",
    "decision_date": "Date of the decision", "valid_from": "Valid from", "valid_to": "Valid until",
    "authority": "Authority", "potential_five": "Potential 5 stars",
}  # fmt: skip

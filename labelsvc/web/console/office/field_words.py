"""Fields of lists in words, as the select beside a head offers them. Used by the pages of imports."""

from __future__ import annotations

from labelsvc.catalogue.importing.heads.words import NOT_KEPT, READ
from labelsvc.catalogue.products.columns import IN_LISTS

#: Field of a list → its words.
FIELD_WORDS = {
    "product": "Product", "old_name": "Older name of the product", "producer": "Producer",
    "kind": "Legal form", "representative": "Representative (not public)", "address": "Address",
    "hamlet": "Hamlet", "commune": "Ward or commune", "district": "District before July 2025",
    "phone": "Telephone", "email": "E-mail", "website": "Website", "tax_code": "Tax code",
    "stars": "Stars", "score": "Score", "decision": "Decision",
    "decision_date": "Date of the decision", "valid_from": "Valid from", "valid_to": "Valid until",
    "authority": "Authority", "certificate": "Certificate number",
    "set": "Criteria set (Decision 26/2026)", "note": "Note", "status": "State",
    "withdrawal_decision": "Number of the withdrawal decision",
    "withdrawal_date": "First day without stars", "withdrawal_reason": "Reason of the withdrawal",
    "outlet": "Point of sale", "operator": "Operator", "hours": "Opening hours",
    "opened": "Open since", "position": "Place on the map", "latitude": "Latitude",
    "longitude": "Longitude", "village": "Craft village", "craft": "Craft",
    "number": "Number of the row", "capacity": "Capacity or turnover",
    "old_stars": "Stars before", "old_decision": "Decision before",
    "wanted_stars": "Stars that are aimed at", "part_score": "Part of the score", "year": "Year",
    "personal_id": "Personal id", "registration": "Business registration", "photo": "Picture",
    "unit": "Unit", "price": "Price", "count": "Count", "province": "Province",
    **{column.name: column.words for column in IN_LISTS},
}  # fmt: skip
#: What the select offers: fields that the catalogue takes, and what is understood and left.
FIELD_GROUPS = {"Taken into the catalogue": READ, "Understood, not kept": NOT_KEPT}

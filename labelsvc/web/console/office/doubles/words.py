"""Fields of two owners side by side, in words."""

#: What speaks for or against two owners being one (catalogue/owners/likeness.py).
LIKENESS_WORDS = {
    "tax_code": "Tax code", "name": "Name", "legal_form": "Legal form", "place": "Commune",
    "hamlet": "Hamlet", "phone": "Telephone", "representative": "Representative (not public)",
    "products": "Products",
}  # fmt: skip
#: What is shown of each side, and the fields of the likeness that speak of it.
SIDE_WORDS = {
    "name": ("Name", ("name",)),
    "legal_form": ("Legal form", ("legal_form",)),
    "tax_code": ("Tax code", ("tax_code",)),
    "address": ("Address", ("place", "hamlet")),
    "phone": ("Telephone", ("phone",)),
    "representative": ("Representative (not public)", ("representative",)),
}

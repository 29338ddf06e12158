"""Models: tables of the catalogue, a module for each kind of thing.

The stars are in recognition.py. Text is NFC. `search_key` columns hold `i18n.fold` of the names,
because SQLite cannot compare Vietnamese without marks.
"""

from labelsvc.catalogue.models.goods import (
    ORGANISATIONS,
    PRODUCER_KINDS,
    Producer,
    ProducerKind,
    Product,
    ProductPhoto,
    RiskLevel,
    outlet_product,
)
from labelsvc.catalogue.models.lots import ImportRun, Lot
from labelsvc.catalogue.models.outlets import OWN_KINDS, Outlet, OutletKind, OutletState
from labelsvc.catalogue.models.places import (
    VILLAGE_KINDS,
    AdminUnit,
    AdminUnitChange,
    Village,
    VillageKind,
)

__all__ = [
    "ORGANISATIONS",
    "OWN_KINDS",
    "PRODUCER_KINDS",
    "VILLAGE_KINDS",
    "AdminUnit",
    "AdminUnitChange",
    "ImportRun",
    "Lot",
    "Outlet",
    "OutletKind",
    "OutletState",
    "Producer",
    "ProducerKind",
    "Product",
    "ProductPhoto",
    "RiskLevel",
    "Village",
    "VillageKind",
    "outlet_product",
]

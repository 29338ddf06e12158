"""Steps of a journey: business steps of CBV 2.0, and "harvesting", which CBV does not have."""

from __future__ import annotations

#: Step → English name (key of the translations), in the order in which they usually come.
STEPS: dict[str, str] = {
    "harvesting": "Harvest",
    "collecting": "Collection of raw material",
    "creating": "Making",
    "processing": "Processing",
    "inspecting": "Inspection",
    "packing": "Packing and labelling",
    "storing": "Storage",
    "shipping": "Shipping",
    "receiving": "Receipt",
    "retail_selling": "Sale",
}


def step_name(step: str) -> str:
    """English name of a step; the step itself where it is not one of ours."""
    return STEPS.get(step, step)

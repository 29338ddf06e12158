"""Events: what happened to a lot, in EPCIS words."""

"""What happened to a lot, in EPCIS words."""

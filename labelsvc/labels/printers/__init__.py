"""Printers of a producer: the list, sending, calibration."""

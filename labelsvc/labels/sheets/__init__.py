"""Places of labels on a sheet, and corrections for a printer. Pure."""

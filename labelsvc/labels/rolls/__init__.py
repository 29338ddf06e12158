"""Files for label printers, ZPL and TSPL. Pure."""

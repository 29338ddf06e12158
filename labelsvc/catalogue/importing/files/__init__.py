"""Bytes of a list become tables of cells, within bounds."""

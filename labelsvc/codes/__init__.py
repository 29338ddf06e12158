"""Codes: what stands in a QR symbol; forms, keys, tags, and the ranges of numbers that were given out."""

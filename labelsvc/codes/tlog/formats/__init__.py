"""Bytes of the public log: leaves, tiles, notes, checkpoints, and their checks. Pure."""

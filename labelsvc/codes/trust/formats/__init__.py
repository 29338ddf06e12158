"""Bytes of trust: manifest, status lists and heads. Pure."""

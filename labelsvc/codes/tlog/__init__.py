"""The public log of what was issued: a tiled Merkle tree of static files (docs/log.md)."""

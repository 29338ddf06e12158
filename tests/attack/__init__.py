"""Attacks on a running server of one's own, and what a scan feels of them."""

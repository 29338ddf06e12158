"""The desk of the office: what waits, and finding anything by one word."""

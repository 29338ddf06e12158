"""What the office works at: what waits, and finding anything by one word."""

"""Pages behind a scanned code."""

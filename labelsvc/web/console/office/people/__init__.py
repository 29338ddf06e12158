"""People: accounts of officials, their roles, and what waits for a second person."""

"""Pages of the programme office."""

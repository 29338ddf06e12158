"""Pages of a producer."""

"""Pages of the layout editor."""

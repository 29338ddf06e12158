"""A row becomes facts, notes and refusals."""

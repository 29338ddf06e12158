"""A cell becomes a value: days, stars, decisions, numbers."""

"""Print runs from request to release, in the database."""

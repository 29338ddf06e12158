"""Lists that are written: templates to fill in, and what is new since a day, with its receipt."""

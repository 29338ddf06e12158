"""Web: the site."""

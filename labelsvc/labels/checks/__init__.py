"""Finished files are rendered, decoded and compared. Pure."""

"""Checks of a finished press or archive file. Pure."""

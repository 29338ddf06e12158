"""Backup: the commands that copy an installation and bring it back."""

"""Owners: tells whether producers of two lists are one, by name and number, and keeps what people said."""

"""Printing: the producer chooses layout, dress, cells and printer, and prints like the last time."""

"""Producers, products, recognitions, lots, villages and places."""

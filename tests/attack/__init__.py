"""Attacks as programs: each tries a class of holes and prints what it found."""

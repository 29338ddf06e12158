"""Browsers: cookies of a sign-in, and what is held for a browser whose sign-in ended."""

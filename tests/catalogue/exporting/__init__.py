"""Tests of lists that are written."""

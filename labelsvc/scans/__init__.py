"""Verdicts, and the de-identified record of scans."""

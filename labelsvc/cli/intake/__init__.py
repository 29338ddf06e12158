"""Intake: takes requests off the network whole, and keeps scans apart from everything else."""

"""Plans: the office's pages of targets and what of them is reached."""

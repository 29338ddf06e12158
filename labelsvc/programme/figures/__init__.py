"""Figures of the programme as of any day: stars, groups, owners, places, villages, crafts, years, plans."""

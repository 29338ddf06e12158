"""Craft villages: crafts, artisans, pictures, and what counts as recognised on a day."""

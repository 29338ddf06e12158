"""Plans of the programme: what a document promises for a period, and what of it is reached."""

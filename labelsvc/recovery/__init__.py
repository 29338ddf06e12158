"""What a copy forgot: noticed, taken from the log, the lists and the journal beside them, and applied."""

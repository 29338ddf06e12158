"""Recovery: notices what a copy forgot, takes it from the log, the lists and the journal beside them, and
applies it."""

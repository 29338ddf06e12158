"""Open data: the register as rows that anybody may use again, as of any day, without personal data."""

"""Stars: gives, extends and takes them back by decisions, and finds those that end."""

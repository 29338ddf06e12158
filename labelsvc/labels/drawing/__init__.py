"""A layout and its facts become drawing operations, and pictures. Pure."""

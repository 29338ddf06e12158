"""Pages of producers and of the programme office."""

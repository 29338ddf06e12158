"""Work of the programme office beside the catalogue itself."""

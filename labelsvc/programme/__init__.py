"""What the programme office does beside the catalogue itself."""

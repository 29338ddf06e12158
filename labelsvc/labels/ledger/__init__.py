"""Labels after printing: printed, spoiled, activated, sold, in the database."""

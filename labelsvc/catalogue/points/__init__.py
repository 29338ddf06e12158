"""Points of sale: their hours, the steps of their life, and what of them the public sees."""

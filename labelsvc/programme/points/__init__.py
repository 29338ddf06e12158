"""Points of sale through a year: proposals, confirmations, support, figures, posters."""

"""What the office does about points of sale in a year: proposals, confirmations, support, figures, posters."""

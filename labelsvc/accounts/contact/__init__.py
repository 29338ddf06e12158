"""Contact: where people are reached, what they want to be told there, and links that prove it is them."""

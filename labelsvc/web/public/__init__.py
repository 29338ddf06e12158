"""Pages of the public register: products, villages, points of sale and figures for anybody."""

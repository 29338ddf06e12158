"""Goods: knows which group of appendix I goods belong to, and what the law asks of their ingredients."""

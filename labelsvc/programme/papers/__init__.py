"""papers: the signed decisions themselves, as PDF."""

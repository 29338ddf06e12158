"""papers: the office attaches PDFs to decisions."""

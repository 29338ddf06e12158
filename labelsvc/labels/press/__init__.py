"""Files for the print shop: inks, bleed, imposition, PDF/X and PDF/A. Pure."""

"""Villages: the office's pages of craft villages, their artisans and pictures."""

"""Product: the office's pages of one product, its form, pictures, decisions and certificates."""

"""The office's pages of points of sale: lists, forms, proposals, links, support."""

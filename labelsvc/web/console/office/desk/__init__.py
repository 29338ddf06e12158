"""Pages that lead the office to its work: what waits, one search, lists of goods, exports."""

"""Pages of a list: upload, preview, answers, taking over."""

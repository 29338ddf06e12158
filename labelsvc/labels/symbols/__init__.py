"""QR symbols: encoding, sizes, batches of matrices. Pure."""

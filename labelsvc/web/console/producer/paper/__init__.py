"""Paper: the producer's pages of sheets, rolls and printers, and of corrections measured on them."""

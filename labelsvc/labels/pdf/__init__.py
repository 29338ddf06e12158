"""Drawing operations become PDF files, and PDF files become pixels. Pure."""

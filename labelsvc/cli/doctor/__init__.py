"""doctor: checks what a page or a print run needs."""

"""Families of labels: motifs, colours and letters that dress any layout. Pure."""

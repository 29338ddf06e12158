"""Forms of codes: spelling, tags and signatures of each. Pure."""

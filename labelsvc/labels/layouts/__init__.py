"""Layout files: elements, papers, variables, reading and writing. Pure."""

"""`python -m labelsvc` is the command line."""

from labelsvc.cli import main

main(prog_name="labelsvc")

"""Faults: machines that break at any moment, on purpose. `make faults` runs the long mode (docs/faults.md)."""

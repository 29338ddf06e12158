"""Random small changes of labelsvc, held against the tests that execute them (docs/mutation.md)."""

"""Trust: what a verifier without our secrets believes; trust manifest and lists of withdrawn codes.

docs/trust.md is the specification. `bits`, `body`, `status` and `manifest` are pure.
"""

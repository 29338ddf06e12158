"""Keys in memory: generations, the keyring, tokens, sealing."""

"""Pages of accounts: signing in, second factors."""

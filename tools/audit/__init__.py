"""The audit of security: rules of our own, bandit, advisories, licences and the list of parts."""

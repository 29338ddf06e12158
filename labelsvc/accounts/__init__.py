"""Who may sign in, in which role, and what they did."""

"""Accounts: users, roles, sign-ins and the audit trail."""

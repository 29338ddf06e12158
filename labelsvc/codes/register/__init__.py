"""Codes in the database: keys, issues, blanks, marks, withdrawals."""

"""Trail: the office's page of the audit trail, and its search."""

"""Signing: the office's pages of keys, and of ranges under a frozen one."""

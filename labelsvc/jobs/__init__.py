"""Durable state of long work; the worker package runs it."""

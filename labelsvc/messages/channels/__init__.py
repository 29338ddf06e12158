"""Channels by which messages leave: mail, a telephone gateway, a webhook."""

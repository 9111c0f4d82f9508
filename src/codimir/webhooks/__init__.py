"""Webhooks: events of the log, sent to the addresses that ask for them."""

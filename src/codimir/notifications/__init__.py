"""Notifications: what in the event log concerns a person, kept for them, and mailed to who wants that."""

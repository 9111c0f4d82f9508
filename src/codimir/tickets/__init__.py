"""Tickets: what the tracker is for."""

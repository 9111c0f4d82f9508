"""Backups: made while the server runs, checked, and restored."""

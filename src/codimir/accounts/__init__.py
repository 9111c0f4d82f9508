"""Accounts: coming in by password, provider or invitation, and what programs sign in with."""

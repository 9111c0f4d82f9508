"""Accounts: signing in and out, in the way of NextAuth's clients."""

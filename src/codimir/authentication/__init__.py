"""Proof of who is asking: sessions, tokens, passwords, one-time links, and the cookies of NextAuth."""

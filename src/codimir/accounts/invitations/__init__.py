"""Invitations: links with which the next people come into a workspace."""

"""Passwords: changing one's own, and choosing a new one by a link when it is forgotten."""

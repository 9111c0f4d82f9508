"""One history of the schema for both databases, run at start.

A migration is a file in `versions/` named after its place, such as `0002_search.py`. It uses Alembic's operations, and
asks for the dialect only where the two databases really differ.
"""

"""SQLAlchemy writes the SQL; sqlite3 and asyncpg run it."""

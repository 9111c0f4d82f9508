"""How tickets change: created, updated, moved between projects, and back again."""

"""Members: who is in a workspace or a project, and as what."""

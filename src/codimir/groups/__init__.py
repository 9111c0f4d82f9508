"""Groups: teams inside a workspace."""

"""Workspaces: the tenants."""

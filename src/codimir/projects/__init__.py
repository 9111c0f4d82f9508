"""Projects: where tickets get their keys."""

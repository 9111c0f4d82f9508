"""The trash: what was deleted, how it comes back, and how it goes for good."""

"""Setup: the first administrator and the first workspace of an empty instance."""

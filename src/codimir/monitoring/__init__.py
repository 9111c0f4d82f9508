"""What those who run an instance ask of it: whether it is well, and what it does."""

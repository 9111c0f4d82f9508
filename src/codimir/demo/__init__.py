"""A believable workspace to look at, made from a seed."""

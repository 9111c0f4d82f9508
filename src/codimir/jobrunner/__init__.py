"""Does background jobs, in portions so small that others hardly wait for them."""

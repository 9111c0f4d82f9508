"""API tokens: what programs sign their requests with, in the name of who made them."""

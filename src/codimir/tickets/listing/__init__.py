"""Which tickets match, in which order, and how a page of them is found."""

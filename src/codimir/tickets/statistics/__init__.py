"""Numbers about tickets: counts, what moved in a period, and what is due."""

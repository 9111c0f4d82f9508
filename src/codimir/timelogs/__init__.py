"""Time spent on tickets."""

"""Labels: names with a colour, put on tickets."""

"""What can be wrong: codes with values, and the sentence of each code."""

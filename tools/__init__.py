"""What is run by hand to look after this repository."""

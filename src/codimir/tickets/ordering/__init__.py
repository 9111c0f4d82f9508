"""The order made by hand, and the board that shows it."""

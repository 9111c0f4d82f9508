"""What the hot paths cost, measured from outside the server's process."""

"""What those who are signed in may see and do."""

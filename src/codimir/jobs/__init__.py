"""Work on many tickets that one change began, done in portions between which others read and write."""

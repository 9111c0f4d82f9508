"""Search: what is indexed, how words are understood, and the newest or the best matches."""

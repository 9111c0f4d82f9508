"""Ids, clock, text and worker processes: words of programming, none of the domain."""

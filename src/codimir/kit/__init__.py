"""Ids, clock and text: words of programming, none of the domain."""

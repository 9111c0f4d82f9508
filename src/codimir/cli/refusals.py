"""What a command says when it cannot do what it was asked."""


class Refused(Exception):
    """A command cannot do what it was asked; the message says why in one line."""

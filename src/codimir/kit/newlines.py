"""One way to end a line."""


def normalize_newlines(text: str) -> str:
    r"""Return a text whose lines all end with `\n`: browsers send `\r\n` from forms, some programs a lone `\r`."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

"""How much of what was sent a client has not taken yet."""

import asyncio
import sys

if sys.platform != "win32":
    import fcntl
    import termios


def unsent_bytes(transport: asyncio.Transport) -> int:
    """Count what waits to be sent, and what was sent and is not acknowledged where the system tells that.

    A system buffers megabytes: a client that takes ten kilobytes a second moves nothing in our own buffer for a minute.
    """
    return transport.get_write_buffer_size() + _unacknowledged(transport)


def _unacknowledged(transport: asyncio.Transport) -> int:
    socket = transport.get_extra_info("socket")
    if sys.platform != "linux" or socket is None or socket.fileno() < 0:
        return 0
    told = fcntl.ioctl(socket.fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
    return int.from_bytes(told, sys.byteorder)

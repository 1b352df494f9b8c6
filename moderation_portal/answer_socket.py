"""The socket through which an answer goes to a client that may be slow to take it."""

import socket
import struct
import time
from typing import IO

# How long a client may take nothing of an answer.
STALL_SECONDS = 20
# What a client has to take on average, once it was waited for that long in all.
BYTES_PER_SECOND = 4_000
# The system's own limit is for one call, so that a call has to be short.
_BYTES_AT_ONCE = 65_536


class AnswerSocket:
    """Sends one answer, and counts how long the client was waited for: only that has a limit.

    What the portal takes to make the answer does not count, so that an export takes its time.
    Raises TimeoutError.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._waited = 0.0
        self._taken = 0

    def __getattr__(self, name: str) -> object:
        """Whatever else gunicorn asks of a socket."""
        return getattr(self._connection, name)

    def sendall(self, data: bytes) -> None:
        """Send all of it, unless the client is too slow."""
        unsent = memoryview(data)
        while unsent:
            begun = time.monotonic()
            try:
                sent_count = self._connection.send(unsent[:_BYTES_AT_ONCE])
            except BlockingIOError as error:
                raise TimeoutError(f"A client took nothing for {STALL_SECONDS} seconds") from error
            self._waited += time.monotonic() - begun
            self._taken += sent_count
            if self._waited > STALL_SECONDS + self._taken / BYTES_PER_SECOND:
                raise TimeoutError(f"A client took {self._taken} bytes in {self._waited:.0f} s")
            unsent = unsent[sent_count:]

    def sendfile(self, file: IO[bytes], offset: int, count: int) -> None:
        """Send a part of a file; the system's own way has no limit."""
        file.seek(offset)
        while count and (data := file.read(min(count, _BYTES_AT_ONCE))):
            self.sendall(data)
            count -= len(data)


def limit_stalls(connection: socket.socket) -> None:
    """Bound each wait at the socket itself, as gunicorn resets Python's limit."""
    # struct timeval
    limit = struct.pack("ll", STALL_SECONDS, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)

"""Ports for servers that cannot take one that is free by themselves."""

import random
import socket

# Below those that systems give to connections and to servers that take any, so that nobody gets
# one by chance between the choice and its use.
_PORTS = range(20_000, 30_000)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses."""
    chosen = random.SystemRandom()
    while True:
        port = chosen.choice(_PORTS)
        with socket.socket() as probe:
            # As servers do: else one that was just used would not be free for a minute.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port

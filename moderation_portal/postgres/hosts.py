"""Of an address of several hosts the one that answered last is asked first.

libpq asks them in the order of the address, and each that is silent costs two seconds: after a
failover that is the old primary at every new connection, longer than ``/readyz`` may take.
"""

from collections.abc import Mapping
from typing import Any

import psycopg

#: By the hosts and ports of an address, the place of the one that answered.
_answered: dict[tuple[str, str], int] = {}


def last_answered_first(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a connection, its hosts in the order in which to ask them."""
    hosts, ports = _places(parameters)
    place = _answered.get(_key(parameters), 0)
    if place == 0:
        return dict(parameters)
    order = [place, *(n for n in range(len(hosts)) if n != place)]
    return {
        **parameters,
        "host": ",".join(hosts[n] for n in order),
        "port": ",".join(ports[n] for n in order),
    }


def remember(parameters: Mapping[str, Any], connection: psycopg.Connection) -> None:
    """Note which host of the parameters, in the order of the address, a connection is of."""
    hosts, ports = _places(parameters)
    found = (connection.info.host, str(connection.info.port))
    for place, known in enumerate(zip(hosts, ports, strict=True)):
        if len(hosts) > 1 and known == found:
            _answered[_key(parameters)] = place


def host_of(parameters: Mapping[str, Any], connection: psycopg.Connection) -> dict[str, Any]:
    """The parameters of another connection with the host that one is of, whatever it is by now."""
    hosts, _ports = _places(parameters)
    if len(hosts) == 1:
        return dict(parameters)
    others = {name: value for name, value in parameters.items() if name != "target_session_attrs"}
    return {**others, "host": connection.info.host, "port": str(connection.info.port)}


def _key(parameters: Mapping[str, Any]) -> tuple[str, str]:
    return str(parameters.get("host")), str(parameters.get("port"))


def _places(parameters: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The hosts of an address and the port of each; a single port is that of all."""
    hosts = str(parameters.get("host") or "").split(",")
    ports = [port or "5432" for port in str(parameters.get("port") or "").split(",")]
    return hosts, ports if len(ports) > 1 else ports * len(hosts)

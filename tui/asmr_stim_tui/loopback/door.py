"""Who may ask a server on this machine for anything, and how another machine reaches it."""

import getpass
import os
import secrets
import socket
from dataclasses import dataclass, field

LOOPBACK = "127.0.0.1"
_NAMES = frozenset({LOOPBACK, "localhost", "[::1]"})


@dataclass(slots=True)
class Door:
    """The port and the secret word of a server; both stay for as long as the program runs.

    Parameters
    ----------
    port : int
        0 until a server has taken one.
    token : str
        In every address; whoever lacks it is sent away.
    """

    port: int = 0
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"http://{LOOPBACK}:{self.port}/{self.token}/"

    def is_token(self, word: str) -> bool:
        """Return whether a word is the secret one, in a time that does not depend on it."""
        return secrets.compare_digest(word.encode(), self.token.encode())

    def ssh_line(self) -> str:
        """Return what to type on the machine with the browser, if that is another one."""
        client = os.environ.get("SSH_CONNECTION", "").split()
        host = client[2] if len(client) == 4 else socket.gethostname()
        port = f"-p {client[3]} " if len(client) == 4 and client[3] != "22" else ""
        try:
            user = f"{getpass.getuser()}@"
        except (OSError, KeyError):
            user = ""
        return f"ssh {port}-N -L {self.port}:{LOOPBACK}:{self.port} {user}{host}"


def is_own_name(host: str | None) -> bool:
    """Return whether a request was meant for this machine by one of its loopback names.

    A page of somebody else's can point a name of its own at 127.0.0.1; what its scripts then ask
    for carries that name. Another port is fine: a tunnel may begin at one.
    """
    if not host:
        return False
    name, colon, port = host.rpartition(":")
    if not colon or (host.startswith("[") and host.endswith("]")):
        return host.lower() in _NAMES
    return name.lower() in _NAMES and port.isdigit()


def is_own_origin(origin: str | None) -> bool:
    """Return whether a request comes from a page of this machine, or from no page at all."""
    if origin is None:
        return True
    scheme, _, host = origin.partition("://")
    return scheme == "http" and is_own_name(host)

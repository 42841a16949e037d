"""A free port, and waiting until what was started there answers."""

import socket
import subprocess
import urllib.request
from time import monotonic, sleep
from urllib.error import URLError


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until the service answers; it has a minute."""
    deadline = monotonic() + 60
    while monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            sleep(0.1)
    raise AssertionError("the service did not come up")

"""The real service, as `make run` starts it, for a browser and for calendar programs."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the service's state."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def service(home: Path) -> Iterator[str]:
    """The address of a freshly started service."""
    port = free_port()
    gmg = Path(sys.executable).with_name("gmg")
    environment = os.environ | {"GMG_HOME": str(home), "GMG_PORT": str(port)}
    process = subprocess.Popen([gmg, "run"], env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/readyz", process)
        yield address
    finally:
        process.terminate()
        assert process.wait(timeout=30) == 0, "a stopped service has done what it had in hand"


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

"""The real service in a process of its own, and what it writes on standard error."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from tests.prove.starting import free_port

STARTS_WITHIN = 60


class Service:
    """A running process; `log` is the file with its standard error."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process, self.port, self.log = process, port, log

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def status(self, path: str) -> int:
        """What it answers; 0 where nobody listens any more."""
        try:
            with urllib.request.urlopen(self.url(path), timeout=5) as answer:
                return int(answer.status)
        except urllib.request.HTTPError as error:
            return error.code
        except (URLError, ConnectionError, TimeoutError):
            return 0

    def wait_for(self, text: str, within: float = 60) -> None:
        """Until it has written something."""
        deadline = time.monotonic() + within
        while text not in self.log.read_text():
            assert time.monotonic() < deadline, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def ended(self, within: float = 60) -> int:
        """Its exit code."""
        return self.process.wait(within)


@contextmanager
def service(
    tmp_path: Path, settings: dict[str, str], *arguments: str, module: str = "service.cli", ready: bool = True
) -> Iterator[Service]:
    """`gmg serve` on a free port; ended at the end of the block."""
    port, log = free_port(), tmp_path / f"log-{time.monotonic_ns()}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GMG_")}
    environment = kept | {"GMG_HOME": str(tmp_path / "home"), "GMG_PORT": str(port), "GMG_DRAIN": "0"} | settings
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "serve", *arguments], env=environment, stdout=file, stderr=file
        )
    found = Service(process, port, log)
    try:
        deadline = time.monotonic() + STARTS_WITHIN
        while ready and process.poll() is None and found.status("/livez") != 200:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield found
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(20)

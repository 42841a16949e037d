"""The application under a real server, for what a test client cannot show."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        self.listens = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


@contextmanager
def serving(app: FastAPI) -> Iterator[tuple[str, int]]:
    """Host and port at which `app` is served, on loopback."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    server = _Server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
    thread.start()
    assert server.listens.wait(20), "it never listened"
    try:
        yield held.getsockname()
    finally:
        server.should_exit = True
        thread.join(20)
        held.close()

"""A server that says that it is not ready before it stops listening (promise P17).

Told to stop by SIGTERM it answers 503 at `/readyz` at once, so that nobody sends it new requests, and its worker claims
nothing more. It goes on answering for `GMG_DRAIN` seconds; then it stops listening, finishes what it has in hand and
ends with 0. Ctrl-C ends it without that pause.
"""

import signal
import sys
import threading
import time
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE

from service.scheduler import STOPS_WITHIN, Ticker

log = structlog.get_logger()


class DrainingServer(uvicorn.Server):
    """Serves `app` on `host` and `port`; `drain` is in seconds."""

    def __init__(self, app: FastAPI, host: str, port: int, drain: float) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                server_header=False,
                # Which proxies are believed is a setting of ours: GMG_TRUSTED_PROXIES.
                proxy_headers=False,
                timeout_graceful_shutdown=max(1, int(STOPS_WITHIN - drain - 1)),
            )
        )
        self._stopping: threading.Event = app.state.stopping
        self._ticker: Ticker | None = app.state.ticker
        self._drain, self._ends = drain, float("inf")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; the signal itself has done its work then."""
        if sig != signal.SIGTERM:
            super().handle_exit(sig, frame)
            return
        if self._ends < float("inf"):
            return
        self._ends = time.monotonic() + self._drain
        self._stopping.set()
        if self._ticker is not None:
            self._ticker.claim_no_more()

    async def on_tick(self, counter: int) -> bool:
        """Asked every tenth of a second whether it is time to end."""
        if time.monotonic() >= self._ends:
            self.should_exit = True
        return await super().on_tick(counter)

    def serve_until_stopped(self) -> None:
        """Serve in the foreground; exit 3 where it cannot begin, such as on a port that is taken."""
        try:
            self.run()
        except KeyboardInterrupt:
            return
        if not self.started:
            sys.exit(STARTUP_FAILURE)

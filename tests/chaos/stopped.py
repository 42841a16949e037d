"""The real `gmg` with a bug planted in how it stops: PLANT names which.

python -m tests.chaos.stopped serve …
"""

import os
import signal
import sys
import threading
from typing import Any

from service import cli, scheduler
from service.commandline.draining import DrainingServer


def claim_after_stop() -> None:
    """Do not hear that nothing more is to be claimed."""

    class Deaf(threading.Event):
        def set(self) -> None:
            return

    real = scheduler.Ticker.__init__

    def made(self: scheduler.Ticker, *given: Any) -> None:
        real(self, *given)
        self.dispatcher.stopping = Deaf()

    scheduler.Ticker.__init__ = made  # type: ignore[method-assign, assignment]


def kill_on_stop() -> None:
    """End at once, whatever is in hand."""
    DrainingServer.handle_exit = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]


if __name__ == "__main__":
    {bug.__name__: bug for bug in (claim_after_stop, kill_on_stop)}[os.environ["PLANT"]]()
    sys.exit(cli.main())

"""Work that takes a while, told as it goes: the page grows by a line for each step, and ends with what came of it.

No script is needed: the answer is sent piece by piece. The work itself is one transaction in a thread of its own, so
whoever closes the page loses the sight of it and nothing else.
"""

from collections.abc import Callable, Iterator
from contextvars import copy_context
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

from fastapi.responses import Response, StreamingResponse

from service.access.scene import Scene
from service.problems import Problem
from service.web.frame.page import pieces, private


class Outcome(NamedTuple):
    """What came of the work: a sentence, where to go on and its name; `faults` if nothing was done.

    `more` are further ways on, each an address and its name.
    """

    text: str
    address: str
    name: str
    faults: tuple[str, ...] = ()
    more: tuple[tuple[str, str], ...] = ()


Tell = Callable[[str], None]
Work = Callable[[Tell], Outcome]


def follow(work: Work, *, at: Scene, title: str, back: tuple[str, str]) -> Response:
    """Do `work`, which tells its steps, and show them as they come.

    `back` is where to go on, and its name, if a problem stops the work; then nothing of it was saved.
    """
    parts = pieces("frame/progress.html", _told(work, back), at=at, title=title)
    return private(StreamingResponse((part.encode() for part in parts), media_type="text/html; charset=utf-8"))


def _told(work: Work, back: tuple[str, str]) -> Iterator[str | Outcome]:
    queue: SimpleQueue[str | Outcome] = SimpleQueue()

    def run() -> None:
        try:
            queue.put(work(queue.put))
        except Problem as problem:
            queue.put(Outcome("", *back, faults=(problem.detail,)))
        except BaseException:
            queue.put(Outcome("", *back, faults=("",)))
            raise

    Thread(target=copy_context().run, args=(run,), daemon=True).start()
    while True:
        part = queue.get()
        yield part
        if isinstance(part, Outcome):
            return

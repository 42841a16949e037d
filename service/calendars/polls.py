"""How often a calendar may be asked for by one address of its own (threat T66).

Counted for each process by itself, in memory: enough to hold up a program that runs wild, and nothing that a restart
could lose. Guesses are not counted here, since they name no address; a proxy bounds those, and slow or idle connections
(`deploy/proxy`). Public feeds are handed out from memory, and are for everybody's caches.
"""

import threading
from collections import Counter

from service import clock
from service.language.speech import _
from service.problems import Problem

# A program that shows a calendar asks once in some minutes, or an hour; each of a person's machines by itself.
MOST = 60
_SECONDS = 60


class Polls:
    """What has been asked for in the minute that is running."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._seen: Counter[str] = Counter()

    def count(self, digest: str) -> None:
        """Count one poll of the address whose token has that digest.

        Raises:
            Problem: 429, it is the 61st in this minute, with the seconds after which it may be tried again.
        """
        now = int(clock.now().timestamp())
        minute, gone = divmod(now, _SECONDS)
        with self._lock:
            if minute != self._minute:
                self._minute, self._seen = minute, Counter()
            self._seen[digest] += 1
            many = self._seen[digest] > MOST
        if many:
            wait = {"Retry-After": str(_SECONDS - gone)}
            raise Problem(429, "too-many-polls", _("Try again shortly."), headers=wait)

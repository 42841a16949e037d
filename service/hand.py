"""The clock hand that wakes the ticker: APScheduler, which no clock that jumps makes wait (promise P9).

It waits by the clock on the wall. Where that is set back an hour, a job due in a moment is due an hour and a moment
later, and a wait that was just being reckoned is an hour longer. Where it is set forward, as after the sleep of a
machine, each look that was missed is reckoned, one by one, before the one that is made. So all of this is held to what
the hand is made for.
"""

from datetime import datetime, timedelta

from apscheduler.job import Job
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler


class Hand(BackgroundScheduler):  # type: ignore[misc]
    """Wakes at least every `longest` seconds, and keeps its jobs in memory."""

    def __init__(self, longest: float) -> None:
        super().__init__(timezone="UTC", jobstores={"default": _Steady(longest)})
        self._longest = longest

    def _process_jobs(self) -> float:
        """Start what is due; how many seconds to wait. The clock may have been set back since it was looked at."""
        wait: float | None = super()._process_jobs()
        return self._longest if wait is None else min(wait, self._longest)


class _Steady(MemoryJobStore):  # type: ignore[misc]
    """Keeps no job waiting for an hour that comes again, nor counts those that were skipped.

    What is further off than `longest` seconds, ahead or behind, is due now.
    """

    def __init__(self, longest: float) -> None:
        super().__init__()
        self._longest = timedelta(seconds=longest)

    def get_due_jobs(self, now: datetime) -> list[Job]:
        for job in self.get_all_jobs():
            if job.next_run_time is not None and abs(job.next_run_time - now) > self._longest:
                job.modify(next_run_time=now)
        found: list[Job] = super().get_due_jobs(now)
        return found

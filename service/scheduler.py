"""The ticker: APScheduler wakes it, it asks what has become due. Only a clock hand; the truth is in the rows.

Its job store is in memory and holds one job. Any number of processes may tick at the same time:
each occurrence is recorded once and each delivery has one owner.
"""

import signal
import threading
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine
from sqlmodel import Session

from migrations.upgrade import works_on, works_with
from service import audit, clock, events, outgoing, repeats, zones
from service.calendars import commands as feeds
from service.database import reading, writing
from service.groups import queries as groups
from service.groups.tables import GroupRow
from service.hand import Hand
from service.meetings import proposing as meetings
from service.notifications import planner
from service.notifications.channels.chat import Chat
from service.notifications.channels.files import Files
from service.notifications.channels.smtp import Smtp
from service.notifications.channels.webhook import Webhooks
from service.notifications.choices.contacts import BODIES
from service.notifications.outbox import forgetting
from service.notifications.outbox.channel import Channel, Parcel
from service.notifications.outbox.dispatch import Dispatcher, Gate
from service.pulse import Pulse
from service.settings import Settings

# Seconds for what is in hand when a worker is told to stop.
STOPS_WITHIN = 25.0
log = structlog.get_logger()


def plan(engine: Engine, gate: Gate = lambda connection: True) -> None:
    """Record and plan what has become due, each group in a transaction of its own.

    A group that owes nothing is not looked at, so a look costs the same however many groups there are; one that
    another worker is at, or somebody writes to, is left for the next look. `gate` says within each transaction whether
    this program may still work with the database.
    """
    with reading(engine) as session:
        ids = events.due_groups(session)
    for group_id in ids:
        with writing(engine) as session:
            row = groups.claim(session, group_id)
            if not gate(session.connection()):
                return
            if row is not None and events.is_due(session, group_id):
                _plan(session, row)


def _plan(session: Session, row: GroupRow) -> None:
    today = zones.day_in(clock.now(), row.timezone)
    if feeds.is_short(session, row.id) or meetings.is_short(session, row.id, today):
        events.terms_changed(session, row.id)
    look = planner.plan_group(session, row.id)
    coming = planner.next_due(look)
    latest = clock.now() + events.LONGEST
    events.owes(session, row.id, min(coming or latest, latest))
    repeats.forget(session)


def forget(engine: Engine, settings: Settings) -> None:
    """Let go what has been kept for long enough, some of it at each look.

    No part of planning, which simulations and forecasts do as well: their clock runs ahead of what they are made from.
    """
    with writing(engine) as session:
        forgetting.forget(session, timedelta(days=settings.keep_texts))
        audit.forget(session, timedelta(days=settings.keep_audit))


def next_due(engine: Engine) -> datetime | None:
    """The next instant at which any group owes something, or is looked at anyway."""
    with reading(engine) as session:
        return events.next_due(session)


def channels(settings: Settings) -> tuple[Files, Smtp | None]:
    url = settings.mail_url.get_secret_value()
    smtp = Smtp(url, settings.sender, settings.mail_deadline, settings.secret()) if url else None
    return Files(settings.home / "mail"), smtp


class Ticker:
    """Plans and dispatches every `GMG_TICK` seconds while it is started."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self._settings = settings
        files, self._smtp = channels(settings)

        # Half of a lease is for all that a worker does with one message.
        deadline = min(outgoing.DEADLINE, 0.4 * settings.lease)
        webhooks, chat = Webhooks(engine, deadline), Chat(engine, deadline)

        def channel_for(message: Parcel, confirmed: bool) -> Channel:
            # An endpoint was named by whoever keeps it; what is for people waits until the group is confirmed.
            if message.channel == "webhook":
                return webhooks
            if not confirmed:
                return files
            if message.channel in BODIES:
                return chat
            return self._smtp if self._smtp is not None else files

        self.dispatcher = Dispatcher(engine, channel_for, settings.lease, works_on)
        self.pulse = Pulse(engine, self.dispatcher.tally, settings.deadman_url.get_secret_value())
        self.dispatcher.worked = self.pulse.working
        self._every = settings.tick
        self._patience = max(STOPS_WITHIN, settings.mail_deadline + 1)
        self._scheduler: Hand | None = None
        self._one_at_a_time = threading.Lock()

    def tick(self) -> None:
        """One look at what is due. What goes wrong is logged and looked at again next time."""
        with self._one_at_a_time:
            if self.dispatcher.stopping.is_set():
                return
            try:
                if not works_with(self.engine):
                    log.error("the database is ahead of this program, which takes no more work; stop it")
                    return
                plan(self.engine, self._may_plan)
                if not self.dispatcher.stopping.is_set():
                    self.pulse.planned()
                self.dispatcher.run()
                if not self.dispatcher.stopping.is_set():
                    forget(self.engine, self._settings)
                self.pulse.looked()
            except Exception:
                log.exception("tick failed")
            finally:
                if self._smtp is not None:
                    self._smtp.close()

    def _may_plan(self, connection: Connection) -> bool:
        return not self.dispatcher.stopping.is_set() and works_on(connection)

    def wake(self) -> None:
        """Look at once, beside the regular looks: somebody waits for a mail."""
        if self._scheduler is not None:
            self._scheduler.add_job(
                self.tick, id="wake", replace_existing=True, next_run_time=clock.now(), misfire_grace_time=None
            )

    def start(self) -> None:
        self.dispatcher.stopping.clear()
        self._scheduler = Hand(self._every + 1)
        self._scheduler.add_job(
            self.tick,
            "interval",
            seconds=self._every,
            next_run_time=clock.now(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        self._scheduler.start()

    def claim_no_more(self) -> None:
        """Plan and claim nothing more; what is in hand goes on."""
        self.dispatcher.stopping.set()

    def stop(self) -> None:
        """Finish what is in hand, claim nothing more (promise P17).

        What has no answer from its mail server after `STOPS_WITHIN` seconds, or after GMG_MAIL_DEADLINE where that is
        longer, stays claimed, and is taken over by another worker as after a crash.
        """
        self.claim_no_more()
        if self._scheduler is None:
            return
        scheduler, self._scheduler = self._scheduler, None
        scheduler.shutdown(wait=False)
        if self._one_at_a_time.acquire(timeout=self._patience):
            self._one_at_a_time.release()
        else:
            log.error("what is in hand has not ended in time; another worker takes it over")
        self.pulse.stopped()

    def run(self) -> None:
        """Tick in the foreground until SIGTERM or SIGINT."""
        done = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: done.set())
        self.start()
        done.wait()
        self.stop()

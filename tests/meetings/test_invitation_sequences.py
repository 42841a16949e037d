"""Invitations after any sequence of verbs: the UID stays, SEQUENCE counts what it should, feed and mail agree."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service import clock
from service.database import reading, writing
from service.groups import queries as groups
from service.groups.decision import Proposal
from service.meetings import commands
from service.meetings.holding import hold
from service.meetings.queries import meeting_row
from service.meetings.tables import MeetingRow
from service.problems import Problem
from service.rotation.commands import take_decision
from service.scheduler import plan
from tests.conftest import Time, events_of
from tests.meetings.conftest import OTHER, Mails, at
from tests.meetings.invitation import invitation


class Verbs(RuleBasedStateMachine):
    """Any sequence of verbs: the UID stays, SEQUENCE counts just time, place and status, feed and mail agree."""

    engine: Engine
    client: TestClient
    mails: Mails

    def __init__(self) -> None:
        super().__init__()
        self.held = Time(at("2008-05-15T12:00"))
        self.using = clock.use(self.held)
        self.using.__enter__()
        with writing(self.engine) as session:
            charter = groups.charter(session, "gmg")
            row = commands.create(
                session, charter, start=at("2008-07-10T12:00"), place="Geneva", actor="x", title="Meeting", minutes=60,
                zone="Europe/Zurich", level="focal-points", members=None, link=None, quorum="majority", freeze=7,
            )  # fmt: skip
            self.id, self.uid, self.sequence, self.seen = row.id, row.uid, row.sequence, self.schedule(row)

    def schedule(self, row: Any) -> tuple[object, ...]:
        status = {"proposed": "TENTATIVE", "called": "CONFIRMED", "held": "CONFIRMED", "cancelled": "CANCELLED"}
        return row.start, row.minutes, row.zone, row.place, status[row.state]

    def do(self, verb: Callable[..., object], *args: Any, **values: Any) -> None:
        with writing(self.engine) as session:
            charter = groups.charter(session, "gmg")
            row = meeting_row(session, "gmg", self.id, lock=True)
            with suppress(Problem):
                verb(session, *([charter] if verb in (commands.move, hold) else []), row, *args, actor="x", **values)
            self.look(row)

    def look(self, row: MeetingRow) -> None:
        assert row.uid == self.uid
        now = self.schedule(row)
        assert row.sequence == self.sequence + (now != self.seen)
        self.sequence, self.seen = row.sequence, now

    @rule()
    def call(self) -> None:
        self.do(commands.call)

    @rule(hour=some.integers(8, 11), minutes=some.sampled_from((60, 90)), place=some.sampled_from(("Geneva", "Rome")))
    def move(self, hour: int, minutes: int, place: str) -> None:
        self.do(commands.move, start=at(f"2008-07-10T{hour:02}:00"), minutes=minutes, place=place)

    @rule(title=some.sampled_from(("Meeting", "A meeting")), link=some.sampled_from((None, "https://meet.example/a")))
    def edit(self, title: str, link: str | None) -> None:
        self.do(commands.edit, title=title, link=link)

    @precondition(lambda self: self.sequence > 2)
    @rule()
    def cancel(self) -> None:
        self.do(commands.cancel, reason="Because.")

    @precondition(lambda self: self.sequence > 2)
    @rule()
    def hold(self) -> None:
        self.held.at += timedelta(minutes=2)
        plan(self.engine)
        self.held.at = max(self.held.at, at("2008-07-10T15:00"))
        self.do(hold, presided_by=None, present=[])

    @rule(member=some.sampled_from(("unhcr", "unicef", "unctad")))
    def rotate(self, member: str) -> None:
        """Somebody gives up its turn: the meeting has another chair, and nobody is asked to answer again."""
        with suppress(Problem), writing(self.engine) as session:
            take_decision(
                session, "gmg", Proposal.model_validate({"pass": member, "term": date(2008, 7, 1)}), actor="x"
            )
        with reading(self.engine) as session:
            self.look(meeting_row(session, "gmg", self.id))

    @rule(seconds=some.sampled_from((10, 70)))
    def wait(self, seconds: int) -> None:
        self.held.at += timedelta(seconds=seconds)
        plan(self.engine)

    def teardown(self) -> None:
        self.held.at += timedelta(minutes=2)
        plan(self.engine)
        feed = self.client.get("/calendars/gmg/meetings.ics").content
        (event,) = [one for one in events_of(feed) if one["UID"] == self.uid]
        assert (int(event["SEQUENCE"]), str(event["STATUS"])) == (self.sequence, self.seen[4])
        assert event.decoded("DTSTART") == self.seen[0]
        sent = [invitation(mail)[1] for mail in self.mails(OTHER, f"meeting-{self.id}", ("pending", "superseded"))]
        numbers = [int(one["SEQUENCE"]) for one in sent]
        assert numbers == sorted(numbers)
        assert {str(one["UID"]) for one in sent} <= {self.uid}
        if sent and self.seen[4] != "TENTATIVE":
            last = sent[-1]
            assert (last.decoded("DTSTART"), str(last["STATUS"])) == (event.decoded("DTSTART"), self.seen[4])
            assert str(last["LOCATION"]) == self.seen[3]
            assert numbers[-1] <= self.sequence
        with reading(self.engine) as session:
            assert meeting_row(session, "gmg", self.id).schedules[-1][0] == self.sequence
        self.using.__exit__(None, None, None)


def test_any_sequence_of_verbs(engine: Engine, client: TestClient, mails: Mails) -> None:
    bound = type("Bound", (Verbs,), {"engine": engine, "client": client, "mails": staticmethod(mails)})
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        bound, settings=settings(max_examples=12, stateful_step_count=12, suppress_health_check=checks)
    )

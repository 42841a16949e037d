"""Worlds that `growth` looks at: a group of a size, everybody who looks at it, and each look."""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from bench.living import live
from bench.measure import group
from migrations.upgrade import upgrade
from service import events
from service.access import sessions
from service.access.commands import make_token
from service.access.queries import person_caller
from service.calendars.feeds import build
from service.database import connect, reading, writing
from service.events import DueRow
from service.groups import queries as groups
from service.groups.charter import Charter
from service.main import create_app
from service.notifications.channels.files import Files
from service.notifications.outbox.dispatch import Dispatcher
from service.rotation.commands import apply_charter
from service.rotation.queries import standing
from service.scheduler import plan

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOME = "http://127.0.0.1:8000"


def seed(path: Path) -> None:
    """A year of the shipped group with nothing due any more, and a young group beside it."""
    engine = connect(f"sqlite:///{path}")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    upgrade(engine)
    life = live(engine, 1, NOW)
    young = life.charter.model_dump(by_alias=True)
    young["group"]["id"] = "young"
    with writing(engine) as session:
        apply_charter(session, Charter.model_validate(young))
    with tempfile.TemporaryDirectory() as mails:
        for _ in range(3):
            plan(engine)
            Dispatcher(engine, lambda *_: Files(Path(mails)), lease=60).run()
    engine.dispose()


class World:
    """A database of one size, with everything that looks at it."""

    def __init__(self, engine: Engine, group_id: str, member: str, focal: str, secretary: str) -> None:
        self.engine, self.group, self.member = engine, group_id, member
        with reading(engine) as session:
            term = standing(session, group_id).now.term
            assert term is not None
            chair = term.chair[0]
        emails = (focal.format(member), focal.format(chair), secretary)
        self.focal, self.chair, self.secretary = (_signed_in(engine, group_id, email) for email in emails)
        with writing(engine) as session:
            self._token, _ = make_token(
                session, group_id, kind="api", email=None, name=None, lasts=timedelta(days=1), scope="write",
                actor="bench",
            )  # fmt: skip
        self._keys = count(1)
        self._folder = tempfile.TemporaryDirectory()
        self._dispatcher = Dispatcher(engine, lambda *_: Files(Path(self._folder.name)), lease=60)
        self._client = TestClient(create_app(engine), base_url=HOME)
        for _ in range(2):
            self.tick()
        with reading(engine) as session:
            due = session.get(DueRow, group_id)
            assert due is not None
            self.last = due.events

    def __enter__(self) -> "World":
        self._client.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.__exit__(None, None, None)
        self.engine.dispose()
        self._folder.cleanup()

    def tick(self) -> None:
        plan(self.engine)
        self._dispatcher.run()

    def look(self) -> None:
        """A whole look at the group, as after any change in it."""
        with writing(self.engine) as session:
            events.owes(session, self.group, NOW)
        plan(self.engine)

    def page(self, path: str, who: str = "") -> None:
        sent = {"Cookie": f"gmg={who}"} if who else {}
        shown = self._client.get(f"/groups/{self.group}{path}", headers=sent)
        assert shown.status_code == 200, (path, shown.status_code, shown.text[:300])

    def api(self, path: str) -> None:
        shown = self._client.get(
            f"/api/v1/groups/{self.group}{path}", headers={"Authorization": f"Bearer {self._token}"}
        )
        assert shown.status_code == 200, (path, shown.text)

    def open(self) -> None:
        """An action is opened."""
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": f"k{next(self._keys)}"}
        said = {"title": "Draft the note", "owner": self.member}
        made = self._client.post(f"/api/v1/groups/{self.group}/actions", json=said, headers=headers)
        assert made.status_code == 201, made.text

    def feed(self) -> None:
        build(self.engine, self.group, "all")


def _signed_in(engine: Engine, group_id: str, email: str) -> str:
    """A session of somebody, as their browser would keep it."""
    with writing(engine) as session:
        person = next(one.id for one in groups.people_rows(session, group_id) if one.email == email)
        caller = person_caller(session, group_id, person)
        assert caller is not None, email
        return sessions.begin(session, caller, "mail")


def of_members(folder: Path, size: int) -> World:
    """A group of so many members; what has fallen due is planned."""
    engine = connect(f"sqlite:///{folder / f'members-{size}.db'}")
    upgrade(engine)
    with writing(engine) as session:
        apply_charter(session, _many(size))
    plan(engine)
    return World(engine, "bench", "m1", "{}@bench.example", "s@bench.example")


def _many(size: int) -> Charter:
    """So many members, each with a focal point, in turn for a month each."""
    said = group(size, 1).model_dump(by_alias=True)
    said["people"] = [
        {
            "name": f"Person {n}", "email": f"m{n}@bench.example",
            "appointments": [{"organization": f"m{n}", "role": "focal-point", "from": "2008-01-01"}],
        }
        for n in range(size)
    ] + [
        {
            "name": "Secretary", "email": "s@bench.example",
            "appointments": [{"role": "secretariat", "from": "2008-01-01"}],
        }
    ]  # fmt: skip
    return Charter.model_validate(said)


LOOKS: dict[str, Callable[[World], None]] = {
    "a look with nothing due": World.tick,
    "a look at a group of which something is due": World.look,
    "the group's page": lambda of: of.page(""),
    "a member's page": lambda of: of.page(f"/members/{of.member}"),
    "the desk of an agency": lambda of: of.page("/desk", of.focal),
    "the board of the chair": lambda of: of.page("/board", of.chair),
    "the record": lambda of: of.page("/record", of.secretary),
    "a month of the calendar": lambda of: of.page("/calendar"),
    "the calendar as a list": lambda of: of.page("/calendar/list"),
    "the list of meetings": lambda of: of.page("/meetings", of.focal),
    "the list of decisions": lambda of: of.page("/decisions", of.focal),
    "the list of activities": lambda of: of.page("/activities", of.focal),
    "the list of notices": lambda of: of.page("/notices", of.focal),
    "the list of actions": lambda of: of.page("/actions", of.focal),
    "a search": lambda of: of.page("/search?q=recruitment", of.focal),
    "figures": lambda of: of.page("/figures"),
    "the audit": lambda of: of.page("/record/audit", of.secretary),
    "the outbox": lambda of: of.page("/outbox", of.secretary),
    "fifty events": lambda of: of.api(f"/events?limit=50&after={max(0, of.last - 50)}"),
    "a feed after a change": World.feed,
    "an action opened": World.open,
}
WHYS = {
    "a search": "A search reads every text that it may find, and gives up after two seconds.",
    "a look at a group of which something is due": (
        "A look asks of each decision whether what silence has made of it is on record, however long ago that was."
    ),
    "figures": "Figures count every action of five years, half-year by half-year, as the logs tell it.",
    "the board of the chair": "The board counts the actions that each agency has ever done, in an index.",
}
# What shows neither members nor turns.
NOT_OF_MEMBERS = {"a look with nothing due"}

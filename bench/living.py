"""A group that has lived for years: chairs that passed, meetings held, decisions, activities, actions, notices.

    python -m bench.living FOLDER [YEARS]

writes FOLDER/gmg.db with the shipped group as it stands today after YEARS (10 by default), and prints how to serve it
and the cookies of three of its people. Everything is done through the doors of the API, at the time at which it would
have been done; what is told by mail is planned for the last weeks alone.
"""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.testclient import TestClient

from migrations.upgrade import upgrade
from service import clock, events, zones
from service.access import sessions
from service.access.commands import make_token
from service.access.queries import person_caller
from service.database import connect, reading, writing
from service.groups import queries as groups
from service.groups.charter import Charter
from service.main import create_app
from service.rotation.check import load
from service.rotation.commands import apply_charter
from service.rotation.engine import terms
from service.scheduler import plan
from service.wiring import wire

SECRETARY = "secretary@gmg.example"
BASE = "/api/v1/groups/gmg"
_SHIPPED = Path(__file__).parents[1] / "service" / "charters" / "gmg.yaml"
# What is told in the last weeks is planned, so that the pages of deliveries have something to show.
_TOLD = timedelta(days=45)
_MARKED = "<b>Recruitment</b> & “fair” costs"


class Life:
    """The group, and a clock that only goes forward."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self.engine, self.now = engine, now
        self.client = TestClient(create_app(engine), base_url="http://127.0.0.1:8000")
        self.charter = _charter()
        self._keys = count(1)
        self._tokens: dict[str, str] = {}

    @property
    def today(self) -> date:
        """The day as the group has it: at its duty station."""
        return zones.day_in(self.now, self.charter.group.timezone)

    def chair(self, day: date) -> str:
        """Who sits in the chair on a day."""
        return next(term.chair[0] for term in terms(self.charter, day + timedelta(days=400)) if term.end > day)

    def does(self, side: str, path: str, **body: Any) -> Any:
        """One write by a member's focal point, or by the secretariat; of what stands there the present version."""
        headers = self._headers(side)
        above = path.rpartition("/")[0]
        for place in (path if path.endswith("/minutes") else above, above, above.rpartition("/")[0]):
            seen = self.client.get(f"{BASE}{place}", headers=headers).headers.get("etag") if place else None
            if seen:
                headers["If-Match"] = seen
                break
        said = {name.rstrip("_"): value for name, value in body.items()}
        answer = self.client.post(f"{BASE}{path}", json=said or None, headers=headers)
        if answer.status_code >= 300:
            raise RuntimeError(f"{self.now} {side} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def sees(self, path: str) -> Any:
        return self.client.get(f"{BASE}{path}", headers=self._headers("secretariat")).json()

    def until(self, end: datetime, *, told: bool) -> None:
        """Time goes on; what meetings the cadences ask for is proposed, and mails are planned where they are told."""
        self.now = max(self.now, end)
        if told:
            plan(self.engine)
            return
        with writing(self.engine) as session:
            events.terms_changed(session, "gmg")

    def _headers(self, side: str) -> dict[str, str]:
        if side not in self._tokens:
            email = SECRETARY if side == "secretariat" else f"gmg@{side}.example"
            with writing(self.engine) as session:
                self._tokens[side], _ = make_token(
                    session, "gmg", kind="api", email=email, name=None, lasts=timedelta(days=1000), scope="write",
                    actor="living",
                )  # fmt: skip
        return {"Authorization": f"Bearer {self._tokens[side]}", "Idempotency-Key": f"living-{next(self._keys)}"}

    def renew(self) -> None:
        """Tokens last for less than three years."""
        self._tokens.clear()


def _charter() -> Charter:
    """The shipped group, with a person of the secretariat; the shipped charter knows none."""
    found = load(_SHIPPED.read_bytes(), _SHIPPED.name)
    role = {"role": "secretariat", "from": date(2008, 1, 1)}
    people = [
        *found.model_dump(by_alias=True)["people"],
        {"name": "Secretary", "email": SECRETARY, "appointments": [role]},
    ]
    return Charter.model_validate(found.model_dump(by_alias=True) | {"people": people})


def live(engine: Engine, years: int, today: datetime | None = None) -> Life:
    """Let the shipped group live for `years` until `today` in a database that has been migrated."""
    wire()
    end = today or datetime.now(UTC)
    life = Life(engine, end - timedelta(days=round(365.25 * years)))
    with _clock(life):
        with writing(engine) as session:
            apply_charter(session, life.charter, actor="living")
        for number in range(years * 12):
            start = end - timedelta(days=round(365.25 * years) - round(30.4375 * number))
            if number % 24 == 0:
                life.renew()
            life.until(start, told=end - start <= _TOLD)
            _month(life, number, end)
        life.until(end - timedelta(days=6), told=True)
        late = (life.today + timedelta(days=3)).isoformat()
        life.does("iom", "/actions", title="Draft the annual note", due=late)
        unwritten = _lately(life)
        life.until(end, told=True)
        _present(life, unwritten)
        plan(engine)
    return life


@contextmanager
def _clock(life: Life) -> Iterator[None]:
    with clock.use(lambda: life.now):
        yield


def _month(life: Life, number: int, end: datetime) -> None:
    """A month of work, the same each year with other members at it."""
    members = [member.id for member in life.charter.members]
    day = life.today
    chair, other, third = life.chair(day), members[number % 14], members[(number * 5 + 3) % 14]
    ahead = (day + timedelta(days=25)).isoformat()
    _meetings(life, chair, members)
    life.does(other, "/notices", member=other, theme="reports", text=f"Report {number} on recruitment is out.",
              visibility="public" if number % 3 == 0 else "members")  # fmt: skip
    for owner, title in ((other, "Draft the note"), (third, "Collect comments"), ("chair", "Invite the speakers")):
        made = life.does(
            chair, "/actions", title=f"{title} ({number})", owner=owner, due=ahead, purposes=[number % 8 + 1],
            visibility="public" if number % 4 == 0 else "members",
        )  # fmt: skip
        doer = chair if owner == "chair" else owner
        life.does(doer, f"/actions/{made['id']}/log", text="Half of it is written.")
        if number % 7 != 3:
            life.does(doer, f"/actions/{made['id']}/finish", text="Sent to all.")
    if number % 2 == 0:
        taken = life.does(
            chair, "/decisions", operative="adopted", title=f"{_MARKED} ({number})", purposes=[number % 8 + 1],
            text="The group adopts the guide and sends it to all agencies.\n\nIt is read again in a year.",
            until=(day + timedelta(days=12)).isoformat(), visibility="public" if number % 4 == 0 else "members",
        )  # fmt: skip
        for member in members[:3]:
            life.does(member, f"/decisions/{taken['id']}/answer", member=member, round=1, answer="endorse")
    if number % 3 == 0:
        _activity(life, number, chair, other, third)


def _activity(life: Life, number: int, chair: str, lead: str, partner: str) -> None:
    day = life.today
    made = life.does(
        lead, "/activities", kind="survey", title=f"Survey of recruitment costs ({number})",
        objective="To know what migrants pay.", purposes=[number % 8 + 1], lead=lead,
        partners=[partner] if partner != lead else [],
        from_=day.isoformat(), until=(day + timedelta(days=160)).isoformat(), visibility="public",
        milestones=[{"title": "First draft", "due": (day + timedelta(days=60)).isoformat()}],
    )  # fmt: skip
    meeting = next(iter(life.sees(f"/meetings?from={day - timedelta(days=60)}&until={day}")["meetings"]), None)
    if meeting is not None and meeting["state"] == "held":
        life.does(chair, f"/activities/{made['id']}/agree", meeting=meeting["id"])
        life.does(lead, f"/activities/{made['id']}/start")
        life.does(lead, f"/activities/{made['id']}/report", member=lead, text="Half of the answers are in.")


def _meetings(life: Life, chair: str, members: list[str]) -> None:
    """Hold what has passed, call what comes within six weeks."""
    day = life.today
    window = f"from={day - timedelta(days=32)}&until={day + timedelta(days=40)}"
    for one in life.sees(f"/meetings?{window}")["meetings"]:
        path = f"/meetings/{one['id']}"
        past = one["start"] < life.now.isoformat()
        if past and one["state"] == "called":
            for item in life.sees(f"{path}/agenda")["items"]:
                if item["state"] == "accepted":
                    life.does(chair, f"/agenda-items/{item['id']}/conclude", conclusion="Agreed.")
            present = [{"member": id_, "presence": "in-person"} for id_ in members[:9]]
            life.does(chair, f"{path}/hold", present=present)
            outcomes = [{"text": "ILO drafts the note."}, {"text": "The survey goes on."}]
            life.does(chair, f"{path}/minutes", text="# The meeting\n\nThe group met and agreed.", outcomes=outcomes)
            life.does(chair, f"{path}/minutes/circulate", until=(day + timedelta(days=10)).isoformat())
        elif not past and one["state"] == "proposed":
            _called(life, chair, members, one["id"])


def _called(life: Life, chair: str, members: list[str], meeting: str) -> None:
    """Set the agenda of a meeting and call it; eight members answer."""
    path = f"/meetings/{meeting}"
    for title in ("Fair recruitment", "Remittances"):
        item = life.does(members[0], "/agenda-items", title=title, meeting=meeting, member=members[0])
        if item["state"] == "proposed":
            life.does(chair, f"/agenda-items/{item['id']}/accept")
    called = life.does(chair, f"{path}/call")["meeting"]
    for id_ in members[:8]:
        life.does(id_, f"{path}/respond", member=id_, answer="accepted", sequence=called["sequence"])


def _lately(life: Life) -> str:
    """Two meetings that were called at short notice: when the life ends they are over, and not on record yet.

    The id of the second, whose minutes are still to be written.
    """
    chair, day = life.chair(life.today), life.today + timedelta(days=4)
    # Nobody meets on a Saturday or Sunday.
    day -= timedelta(days=max(0, day.weekday() - 4))
    for title, hour in (("Meeting on the guide", "11:00"), ("Meeting on the survey", "15:00")):
        made = life.does(chair, "/meetings", title=title, day=day.isoformat(), at=hour)["meeting"]
        life.does(chair, f"/meetings/{made['id']}/call")
    return str(made["id"])


def _present(life: Life, unwritten: str) -> None:
    """What is under way today, so that every page has something to ask; a meeting waits for its minutes."""
    day, members = life.today, [member.id for member in life.charter.members]
    chair = life.chair(day)
    present = [{"member": id_, "presence": "remote"} for id_ in members[:9]]
    life.does(chair, f"/meetings/{unwritten}/hold", present=present)
    window = f"from={day + timedelta(days=1)}&until={day + timedelta(days=60)}"
    for one in life.sees(f"/meetings?{window}")["meetings"][:1]:
        # Who has not answered yet is asked.
        if one["state"] == "proposed":
            _called(life, chair, members, one["id"])
    made = life.does(
        chair, "/meetings", title="Extra meeting on the forum", day=(day + timedelta(days=20)).isoformat(), at="10:00"
    )["meeting"]
    slots = [f"{day + timedelta(days=20 + n)}T{hour}:00:00+01:00" for n, hour in ((0, "10"), (1, "15"))]
    deadline = f"{day + timedelta(days=9)}T18:00:00+01:00"
    life.does(chair, f"/meetings/{made['id']}/polls", slots=slots, deadline=deadline)
    until = (day + timedelta(days=8)).isoformat()
    for title, again in (("Common statement", False), ("Common note", True)):
        open_ = life.does(
            chair, "/decisions", operative="adopted", title=title, text="The group says so.", until=until, position=True
        )
        life.does(members[2], f"/decisions/{open_['id']}/answer", member=members[2], round=1, answer="object",
                  reason="It needs a date.")  # fmt: skip
        if again:
            life.does(chair, f"/decisions/{open_['id']}/revise", text="The group says so today.", until=until)
    life.does(chair, "/actions", title="Answer the survey", owner="iom", due=(day + timedelta(days=4)).isoformat())


def cookie(engine: Engine, email: str) -> str:
    """A session of somebody, as their browser would keep it."""
    with reading(engine) as session:
        person = next(one.id for one in groups.people_rows(session, "gmg") if one.email == email)
    with writing(engine) as session:
        return _begun(session, person)


def _begun(session: Session, person: str) -> str:
    caller = person_caller(session, "gmg", person)
    if caller is None:
        raise RuntimeError("this person has no role today")
    return sessions.begin(session, caller, "mail")


def main(folder: str, years: str = "10") -> None:
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    engine = connect(f"sqlite:///{path / 'gmg.db'}")
    upgrade(engine)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    began = time.perf_counter()
    life = live(engine, int(years))
    print(f"{years} years in {time.perf_counter() - began:.0f} s: {path / 'gmg.db'}")
    print(f"GMG_HOME={path} GMG_PORT=8100 gmg serve --role web")
    chair = life.chair(life.today)
    for who in (f"gmg@{chair}.example", "gmg@iom.example", SECRETARY):
        print(f"{who}: cookie gmg={cookie(engine, who)}")


if __name__ == "__main__":
    main(*sys.argv[1:])

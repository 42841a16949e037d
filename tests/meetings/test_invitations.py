"""Invitations as their readers get them: read back from the mails by a parser of mail and one of calendars."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
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
from service.settings import current
from tests.conftest import Changed, Time, events_of, put
from tests.mailtext import read
from tests.meetings.conftest import BASE, CHAIR, FIRST, OTHER, Mails, Send, at

Settle = Callable[[], None]


def invitation(mail: EmailMessage) -> tuple[str, Any]:
    """The method in the MIME type, and the event; both must say the same (RFC 6047 2.4)."""
    alternatives = next(part for part in mail.walk() if part.get_content_type() == "multipart/alternative")
    last = list(alternatives.iter_parts())[-1]
    assert last.get_content_type() == "text/calendar"
    method = last.get_param("method")
    calendar = icalendar.Calendar.from_ical(last.get_content())
    assert calendar["METHOD"] == method
    attached = next(part for part in mail.iter_attachments() if part.get_content_type() == "application/ics")
    assert attached.get_content() == last.get_content().encode()
    (event,) = calendar.walk("VEVENT")
    assert not [error for part in calendar.walk() for error in part.errors]
    return str(method), event


def test_a_called_meeting_invites_each_person_once(send: Send, settle: Settle, mails: Mails) -> None:
    send(f"/meetings/{FIRST}/call")
    settle()
    settle()
    found = mails()
    assert len({mail["To"].addresses[0].addr_spec for mail in found}) == len(found) > 14
    mine = mails(OTHER)[0]
    assert mine["Subject"] == "New: GMG: Working-level meeting, Thursday 26 June 2008, 14:00"
    method, event = invitation(mine)
    assert method == "REQUEST"
    assert event["ORGANIZER"] == f"mailto:{current().sender}"
    parties = {str(one): one.params for one in event["ATTENDEE"]}
    assert parties[f"mailto:{OTHER}"]["PARTSTAT"] == "NEEDS-ACTION"
    assert parties[f"mailto:{CHAIR}"]["ROLE"] == "CHAIR"
    assert (int(event["SEQUENCE"]), event["STATUS"], event["LOCATION"]) == (1, "CONFIRMED", "New York")
    said = read(mine)
    assert "Thursday, 26 June 2008, 14:00 to 15:30 (Europe/Zurich)" in said
    assert "You get this because you serve ILO" in said
    assert "For you" not in said
    assert "For you: Thursday, 26 June 2008, 08:00 to 09:30 (New York)" in read(mails("gmg@undp.example")[0])


def test_edits_settle_into_one_mail_with_the_net_change(
    send: Send, settle: Settle, mails: Mails, time: Time, engine: Engine
) -> None:
    send(f"/meetings/{FIRST}/call")
    settle()
    before = len(mails())
    send(f"/meetings/{FIRST}/move", day="2008-06-27")
    time.at += timedelta(seconds=30)
    plan(engine)
    send(f"/meetings/{FIRST}/move", at="10:00", place="Palais des Nations")
    time.at += timedelta(seconds=45)
    plan(engine)
    assert len(mails()) == before
    settle()
    (mine,) = [mail for mail in mails(OTHER) if mail["Subject"].startswith("Changed")]
    assert "When: Thursday, 26 June 2008, 14:00 to 15:30" in read(mine)
    assert "→ Friday, 27 June 2008, 10:00 to 11:30 (Europe/Zurich)" in read(mine)
    assert "Where: New York → Palais des Nations" in read(mine)
    assert "Please answer again." in read(mine)
    method, event = invitation(mine)
    assert (method, int(event["SEQUENCE"])) == ("REQUEST", 3)
    # What was not sent yet would come after the newer one.
    assert not [mail for mail in mails(OTHER) if mail["Subject"].startswith("New")]


def test_there_and_back_is_no_news_and_a_title_neither(send: Send, settle: Settle, mails: Mails) -> None:
    send(f"/meetings/{FIRST}/call")
    settle()
    before = len(mails())
    send(f"/meetings/{FIRST}/move", at="16:00")
    send(f"/meetings/{FIRST}/move", at="14:00")
    send(f"/meetings/{FIRST}/edit", title="Working level")
    settle()
    assert len(mails()) == before


def test_a_new_way_in_is_told_without_asking_again(
    client: TestClient, send: Send, settle: Settle, mails: Mails
) -> None:
    send(f"/meetings/{FIRST}/call")
    settle()
    send(f"/meetings/{FIRST}/respond", etag="", member="unfpa", answer="accepted", sequence=1)
    send(f"/meetings/{FIRST}/edit", link="https://meet.example/gmg")
    settle()
    (mine,) = [mail for mail in mails(OTHER) if mail["Subject"].startswith("Changed")]
    assert "answer again" not in read(mine)
    _, event = invitation(mine)
    assert (int(event["SEQUENCE"]), event["CONFERENCE"]) == (1, "https://meet.example/gmg")
    found = send(f"/meetings/{FIRST}/respond", etag="", member="unfpa", answer="accepted", sequence=1).json()
    assert found["attendance"][0]["stands"] is True


def test_a_cancellation_goes_at_once_and_takes_the_way_in_out(
    send: Send, settle: Settle, mails: Mails, engine: Engine
) -> None:
    send(f"/meetings/{FIRST}/edit", link="https://meet.example/gmg")
    send(f"/meetings/{FIRST}/call")
    settle()
    send(f"/meetings/{FIRST}/cancel", reason="The host is on strike.")
    plan(engine)
    (mine,) = [mail for mail in mails(OTHER) if mail["Subject"].startswith("Cancelled")]
    assert "is cancelled: The host is on strike." in read(mine)
    assert "meet.example" not in mine.as_string()
    method, event = invitation(mine)
    assert (method, event["STATUS"], int(event["SEQUENCE"])) == ("CANCEL", "CANCELLED", 2)
    plan(engine)
    assert len([mail for mail in mails(OTHER) if mail["Subject"].startswith("Cancelled")]) == 1


def test_who_was_never_told_is_not_told_of_a_cancellation(send: Send, settle: Settle, mails: Mails) -> None:
    send(f"/meetings/{FIRST}/call")
    send(f"/meetings/{FIRST}/cancel", reason="A mistake.")
    settle()
    assert mails() == []


def test_a_handover_breaks_no_invitation(
    send: Send, settle: Settle, mails: Mails, secretariat: dict[str, str], client: TestClient
) -> None:
    later = "working-level-2008-08-07"
    send(f"/meetings/{later}/call")
    settle()
    _, before = invitation(mails(OTHER)[0])
    send(f"/meetings/{later}/respond", secretariat, etag="", member="ilo", answer="accepted", sequence=1)
    send("/chair-decisions", secretariat, etag="", pass_="unhcr", term="2008-07-01")
    settle()
    (mine,) = [mail for mail in mails(OTHER) if mail["Subject"].startswith("Changed: GMG: Working")]
    _, after = invitation(mine)
    assert (after["UID"], after["ORGANIZER"], after["SEQUENCE"]) == (
        before["UID"],
        before["ORGANIZER"],
        before["SEQUENCE"],
    )
    assert "Chair: UNHCR → UNICEF" in read(mine)
    assert "answer again" not in read(mine)
    found = client.get(f"{BASE}/meetings/{later}/attendance", headers=secretariat).json()
    assert found["attendance"][0]["stands"] is True


def test_who_comes_later_is_invited_and_who_goes_is_told(
    engine: Engine, send: Send, settle: Settle, mails: Mails, changed: Changed, gmg: Any
) -> None:
    send(f"/meetings/{FIRST}/call")
    settle()
    people = [person.model_dump(by_alias=True) for person in gmg.people if person.email != OTHER]
    new = {"name": "New", "email": "new@ilo.example"}
    role = {"organization": "ilo", "role": "focal-point", "from": date(2008, 1, 1)}
    put(engine, changed(people=[*people, new | {"appointments": [role]}]))
    settle()
    assert [mail["Subject"][:4] for mail in mails("new@ilo.example")] == ["New:"]
    gone = mails(OTHER)[-1]
    assert gone["Subject"].startswith("Cancelled for you")
    assert invitation(gone)[0] == "CANCEL"


def test_the_host_that_was_reminded_hears_that_it_hosts_no_more(
    engine: Engine, send: Send, mails: Mails, time: Time, secretariat: dict[str, str]
) -> None:
    later = "working-level-2008-08-07"
    time.at = at("2008-07-10T12:00")
    plan(engine)
    (asked,) = [
        mail for mail in mails(subject=f"meeting-{later}") if mail["To"].addresses[0].addr_spec == "gmg@unhcr.example"
    ]
    assert "to be called" in asked["Subject"]
    send("/chair-decisions", secretariat, etag="", appoint="iom", term="2008-07-01", until="2009-01-01")
    send("/chair-decisions", secretariat, etag="", interim="ilo", from_="2008-08-01", until="2008-09-01")
    time.at += timedelta(minutes=2)
    plan(engine)
    told = [mail for mail in mails("gmg@unhcr.example", f"meeting-{later}") if mail["Subject"].startswith("Changed")]
    assert "Chair: UNHCR → ILO" in read(told[0])
    assert not [part for part in told[0].walk() if part.get_content_type() == "text/calendar"]


def test_observers_get_what_they_are_given_and_no_more(
    client: TestClient, send: Send, settle: Settle, mails: Mails, chair: dict[str, str]
) -> None:
    send(f"/meetings/{FIRST}/edit", link="https://meet.example/gmg")
    given = send("/agenda-items", etag="", meeting=FIRST, title="Open part").json()["id"]
    send("/agenda-items", etag="", meeting=FIRST, title="Closed part")
    send(f"/meetings/{FIRST}/call")
    guest = {"name": "Mission of X", "kind": "state", "email": "x@state.example", "items": [given]}
    made = send(f"/meetings/{FIRST}/observers", etag="", **guest)
    assert made.status_code == 201
    settle()
    (mail,) = mails("x@state.example")
    whole = mail.as_string() + invitation(mail)[1].to_ical().decode()
    assert "Open part" in whole
    assert "Closed part" not in whole
    assert "meet.example" not in whole
    assert "rsvp" not in whole
    asked = invitation(mail)[1]["ATTENDEE"]
    mine = next(one for one in (asked if isinstance(asked, list) else [asked]) if "state.example" in one)
    assert (mine.params["ROLE"], mine.params["RSVP"]) == ("NON-PARTICIPANT", "FALSE"), "a guest is asked for no answer"
    client.post(f"{BASE}/meetings/{FIRST}/observers/{made.json()['id']}/withdraw", headers=chair)
    settle()
    assert invitation(mails("x@state.example")[-1])[0] == "CANCEL"


def test_the_link_shows_on_get_and_answers_on_post(
    client: TestClient, send: Send, settle: Settle, mails: Mails
) -> None:
    send(f"/meetings/{FIRST}/call")
    settle()
    said = read(mails(OTHER)[0])
    link = next(line for line in said.splitlines() if "/rsvp/" in line).partition("/groups")[2]
    for _ in range(3):
        page = client.get(f"/groups{link}")
        assert page.status_code == 200
    assert "will ILO come?" in page.text
    assert client.get(f"{BASE}/meetings/next").status_code == 200
    empty = client.post(f"/groups{link}", data={"sequence": "1", "representative": "Ms X"})
    assert (empty.status_code, "Choose one" in empty.text, "Ms X" in empty.text) == (422, True, True)
    done = client.post(
        f"/groups{link}", data={"sequence": "1", "choice": "accepted", "representative": "Ms X", "rank": "alternate"}
    )
    assert "ILO comes" in done.text
    send(f"/meetings/{FIRST}/move", at="16:00")
    stale = client.post(f"/groups{link}", data={"sequence": "1", "choice": "declined"})
    assert (stale.status_code, "has changed" in stale.text) == (409, True)
    assert "earlier time" in client.get(f"/groups{link}").text
    assert client.get("/groups/gmg/rsvp/forged").status_code == 404
    assert client.get(f"/groups{link.replace('/rsvp/', '/answer/')}").status_code == 404


def reply(uid: str, address: str, partstat: str, sequence: int, stamp: str, **params: str) -> bytes:
    more = "".join(f';{name.replace("_", "-")}="mailto:{value}"' for name, value in params.items())
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//client//EN", "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{uid}",
        f"DTSTAMP:{stamp}", "DTSTART:20080626T120000Z", f"SEQUENCE:{sequence}", "ORGANIZER:mailto:gmg@localhost",
        f"ATTENDEE;PARTSTAT={partstat};CN=Mr Y{more}:mailto:{address}", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


@pytest.fixture
def answer(client: TestClient, secretariat: dict[str, str]) -> Callable[[bytes], Any]:
    def post(body: bytes) -> Any:
        headers = secretariat | {"Content-Type": "text/calendar"}
        return client.post(f"{BASE}/meetings/replies", content=body, headers=headers)

    return post


def test_replies_of_calendar_programs(
    client: TestClient, send: Send, answer: Callable[[bytes], Any], secretariat: dict[str, str], time: Time
) -> None:
    uid = send(f"/meetings/{FIRST}/call").json()["meeting"]["uid"]

    def known() -> dict[str, Any]:
        found = client.get(f"{BASE}/meetings/{FIRST}/attendance", headers=secretariat).json()["attendance"]
        return {one["member"]: one for one in found}

    assert answer(reply(uid, OTHER, "ACCEPTED", 1, "20080515T115000Z")).json()["taken"] is True
    # An older mail that comes later changes nothing.
    assert answer(reply(uid, OTHER, "DECLINED", 1, "20080515T114000Z")).json()["taken"] is False
    assert known()["ilo"]["answer"] == "accepted"
    # A delegate answers for who delegated.
    assert (
        answer(reply(uid, OTHER, "DELEGATED", 1, "20080515T115500Z", DELEGATED_TO="d@ilo.example")).json()["taken"]
        is True
    )
    assert known()["ilo"]["representative"] == "d@ilo.example"
    delegate = reply(uid, "d@ilo.example", "ACCEPTED", 1, "20080515T115800Z", DELEGATED_FROM=OTHER)
    assert answer(delegate).json()["member"] == "ilo"
    assert known()["ilo"]["representative"] == "Mr Y"
    # An answer to an old SEQUENCE is kept, and does not stand.
    send(f"/meetings/{FIRST}/move", at="16:00")
    assert answer(reply(uid, "gmg@iom.example", "ACCEPTED", 1, "20080515T115900Z")).json()["taken"] is True
    assert (known()["iom"]["answer"], known()["iom"]["stands"]) == ("accepted", False)
    # A REPLY need not say when the meeting is.
    bare = reply(uid, "gmg@wb.example", "DECLINED", 2, "20080515T120000Z")
    assert answer(bare.replace(b"DTSTART:20080626T120000Z\r\n", b"")).json()["taken"] is True
    # Nobody answers who was not asked, nor for a meeting that is not known, nor with something else.
    assert answer(reply(uid, "stranger@example.org", "ACCEPTED", 2, "20080515T120000Z")).status_code == 422
    assert answer(reply("unknown", OTHER, "ACCEPTED", 2, "20080515T120000Z")).status_code == 404
    assert answer(reply(uid, OTHER, "ACCEPTED", 9, "20080515T120000Z")).status_code == 422
    assert answer(reply(uid, OTHER, "MAYBE", 2, "20080515T120000Z")).status_code == 422
    assert answer(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n").status_code == 422
    # Late answers are refused: the chair's office notes who is there.
    time.at = at("2008-06-26T14:00")
    late = answer(reply(uid, OTHER, "DECLINED", 2, "20080626T140000Z"))
    assert (late.status_code, late.json()["type"]) == (409, "/problems/too-late")


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
        bound, settings=settings(max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=checks)
    )

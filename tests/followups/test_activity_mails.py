"""What people are told of activities: proposals and agreements, milestones due and overdue, and an end in silence."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.database import reading
from service.events import Event
from service.scheduler import plan
from tests.access.conftest import token  # noqa: F401 - a fixture
from tests.conftest import Time
from tests.followups.surveying import ONE, agreed, decide_on, propose  # noqa: F401 - fixtures
from tests.mailtext import read
from tests.meetings.conftest import (  # noqa: F401 - fixtures
    BASE,
    CHAIR,
    OTHER,
    Mails,
    Send,
    at,
    chair,
    mails,
    member,
    send,
)


def _subjects(mails: Mails, to: str) -> list[str]:
    return [mail["Subject"] for mail in mails(to, subject="activity-")]


def test_who_is_told_of_proposals_and_agreements(
    propose: Callable[..., Any], decide_on: Callable[..., str], send: Send, mails: Mails, engine: Engine,
) -> None:  # fmt: skip
    propose()
    plan(engine)
    plan(engine)
    told = mails(subject="activity-")
    assert {mail["To"].addresses[0].addr_spec for mail in told} == {CHAIR}
    (mail,) = told
    assert mail["Subject"] == "GMG: proposed: Survey of statistics on labour migration"
    text = read(mail)
    assert "Lead: ILO" in text
    assert "Period: 1 June 2008 to 30 November 2008" in text
    assert "One picture of what the members count." in text
    send(f"{ONE}/agree", decision=decide_on())
    plan(engine)
    plan(engine)
    told = [mail for mail in mails(subject="activity-") if "agreed" in mail["Subject"]]
    assert sorted(mail["To"].addresses[0].addr_spec for mail in told) == [OTHER, "gmg@iom.example", "gmg@wb.example"]
    # The chair that has agreed it needs no word of the proposal any more.
    assert _subjects(mails, CHAIR) == []


def test_milestones_remind_their_lead_once_and_anew_when_moved(
    agreed: str, send: Send, member: dict[str, str], mails: Mails, time: Time, engine: Engine, client: TestClient,
) -> None:  # fmt: skip
    def move(number: int, verb: str, **said: Any) -> None:
        etag = client.get(f"{BASE}{ONE}", headers=member).headers["etag"]
        assert send(f"{ONE}/milestones/{number}/{verb}", member, etag=etag, **said).status_code == 200

    coming, late = (
        "GMG: milestone due 15 July 2008: Questionnaire",
        "GMG: milestone overdue since 15 July 2008: Questionnaire",
    )
    plan(engine)
    for when, expected in (
        ("2008-07-01T06:59:59", []),
        ("2008-07-01T07:00:00", [coming]),
        ("2008-07-02T07:00:00", [coming]),
        ("2008-07-22T06:59:59", [coming]),
        ("2008-07-22T07:00:00", [coming, late]),
    ):
        time.at = at(when)
        plan(engine)
        assert _subjects(mails, OTHER)[1:] == expected, when
    assert all("milestone" not in subject for subject in _subjects(mails, "gmg@iom.example"))
    move(1, "move", due="2008-08-15", reason="Late answers")
    # What had not gone out of the old day is taken back.
    assert _subjects(mails, OTHER)[1:] == []
    time.at = at("2008-08-01T07:00:00")
    plan(engine)
    plan(engine)
    assert _subjects(mails, OTHER)[1:] == ["GMG: milestone due 15 August 2008: Questionnaire"]
    move(1, "reach", day=None)
    time.at = at("2008-08-22T07:00:00")
    plan(engine)
    assert _subjects(mails, OTHER)[1:] == []
    with reading(engine) as session:
        kinds = session.exec(select(Event).where(Event.kind == "milestone.coming").order_by(col(Event.position))).all()
    assert [(one.occurrence, one.effective_at) for one in kinds] == [
        ("1:0", at("2008-07-01T07:00:00")), ("1:1", at("2008-08-01T07:00:00")),
    ]  # fmt: skip


def test_the_planner_wakes_for_a_milestone(agreed: str, time: Time, engine: Engine) -> None:
    from service.notifications.followups.activities import coming
    from service.notifications.look import Look

    with reading(engine) as session:
        assert min(coming(Look(session, "gmg")), default=None) is None
        time.at = at("2008-06-25T12:00")
        assert min(coming(Look(session, "gmg"))) == at("2008-07-01T07:00:00")


def test_an_activity_that_ended_in_silence_is_asked_about_once(
    agreed: str, send: Send, member: dict[str, str], mails: Mails, time: Time, engine: Engine,
) -> None:  # fmt: skip
    asked = "GMG: how did it end? Survey of statistics on labour migration"
    time.at = at("2008-10-01T12:00")
    assert send(f"{ONE}/report", member, member="ilo", text="Under way.").status_code == 200
    for when, expected in (
        ("2008-12-01T12:00", []), ("2008-12-30T07:59:59", []), ("2008-12-30T08:00:00", [asked]),
        ("2008-12-31T08:00:00", [asked]),
    ):  # fmt: skip
        time.at = at(when)
        plan(engine)
        assert [one for one in _subjects(mails, OTHER) if "how did" in one] == expected, when
    send(f"{ONE}/report", member, member="ilo", text="All is in.")
    time.at = at("2009-04-30T12:00")
    plan(engine)
    assert [one for one in _subjects(mails, OTHER) if "how did" in one] == []

"""Common activities: proposed, agreed, reported on and closed; milestones; who sees them and who is told."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.audit import AuditRow
from service.database import reading, writing
from service.events import Event
from service.followups.activities import rules
from service.followups.decisions.tables import GroupDecisionRow
from service.scheduler import plan
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.mailtext import read
from tests.meetings.conftest import (  # noqa: F401 - fixtures
    BASE,
    CHAIR,
    FIRST,
    NEXT_CHAIR,
    OTHER,
    Mails,
    Send,
    at,
    chair,
    mails,
    member,
    send,
)

SURVEY: dict[str, Any] = {
    "kind": "survey",
    "title": "Survey of statistics on labour migration",
    "objective": "One picture of what the members count.",
    "purposes": [6, 4],
    "areas": ["migration and development"],
    "lead": "ilo",
    "partners": ["iom", "wb"],
    "from": "2008-06-01",
    "until": "2008-12-01",
    "milestones": [{"title": "Questionnaire", "due": "2008-07-15"}, {"title": "Draft", "due": "2008-10-15"}],
    "expected": ["A questionnaire", "A report"],
}
ONE = "/activities/activity-1"
NOTE = {"title": "Questionnaire", "url": "https://www.ilo.example/q.pdf", "symbol": "ILO/1", "language": "en"}


@pytest.fixture
def partner(token: Tokens) -> dict[str, str]:
    """The headers of the focal point of a partner."""
    return {"Authorization": f"Bearer {token('gmg@iom.example')}"}


@pytest.fixture
def stranger(token: Tokens) -> dict[str, str]:
    """The headers of a member that takes no part."""
    return {"Authorization": f"Bearer {token('gmg@unesco.example')}"}


@pytest.fixture
def propose(send: Send, member: dict[str, str]) -> Callable[..., Any]:
    """Proposes the survey as its lead, with some of it said otherwise."""

    def do(headers: dict[str, str] | None = None, **said: Any) -> Any:
        return send("/activities", headers or member, etag="", **(SURVEY | {n.rstrip("_"): v for n, v in said.items()}))

    return do


@pytest.fixture
def decide_on(engine: Engine, group: str, time: Time) -> Callable[..., str]:
    """Puts a group decision on record: taken at once, or open until an instant."""

    def do(id_: str = "2008-1", until: datetime | None = None) -> str:
        with writing(engine) as session:
            row = GroupDecisionRow(
                group_id=group, id=id_, year=2008, number=int(id_[5:]), operative="approved", title="Survey",
                text="approves the survey", purposes=[6], opened_at=time.at, asked_at=time.at, until=until,
                round=1 if until else 0, by="test", changed_at=time.at,
            )  # fmt: skip
            session.add(row)
        return id_

    return do


@pytest.fixture
def agreed(propose: Callable[..., Any], decide_on: Callable[..., str], send: Send) -> str:
    """The survey, agreed by a decision."""
    assert propose().status_code == 201
    assert send(f"{ONE}/agree", decision=decide_on()).status_code == 200
    return ONE


def test_from_a_proposal_to_the_end(
    client: TestClient, propose: Callable[..., Any], decide_on: Callable[..., str], send: Send,
    member: dict[str, str], partner: dict[str, str], time: Time, engine: Engine,
) -> None:  # fmt: skip
    made = propose()
    assert (made.status_code, made.headers["location"]) == (201, f"{BASE}{ONE}")
    assert (made.json()["id"], made.json()["status"], made.headers["etag"]) == ("activity-1", "proposed", '"1"')
    assert (
        send(f"{ONE}/report", partner, member="iom", text="Begun.").json()["type"] == "/problems/activity-is-proposed"
    )
    time.at = at("2008-05-20T12:00")
    agreed_ = send(f"{ONE}/agree", decision=decide_on()).json()
    assert (agreed_["status"], agreed_["inside"]["decision"]) == ("agreed", "2008-1")
    time.at = at("2008-06-10T12:00")
    told = send(
        f"{ONE}/report", partner, member="iom", text="The questionnaire is out.",
        outputs=[{"document": NOTE, "expected": 1}], links=[{"title": "Answers", "url": "https://iom.example/a"}],
    )  # fmt: skip
    assert told.status_code == 200, told.text
    assert told.json()["status"] == "ongoing"
    (output,) = told.json()["outputs"]
    assert (output["document"]["symbol"], output["expected"], output["member"], output["day"]) == (
        "ILO/1", 1, "iom", "2008-06-10",
    )  # fmt: skip
    done = send(f"{ONE}/complete", text="All have answered.")
    assert (done.status_code, done.json()["status"]) == (200, "completed")
    log = client.get(f"{BASE}{ONE}/reports", headers=member).json()["reports"]
    assert [(one["what"], one["by"], one["member"], one["state_from"], one["state_to"]) for one in log] == [
        ("completed", "GMG focal point of UNFPA", "unfpa", "ongoing", "completed"),
        ("reported", "GMG focal point of IOM", "iom", "agreed", "ongoing"),
        ("agreed", "GMG focal point of UNFPA", "unfpa", "proposed", "agreed"),
        ("proposed", "GMG focal point of ILO", "ilo", None, "proposed"),
    ]
    assert [one["authority"] for one in log] == ["chair", "own", "chair", "own"]
    assert log[1]["at"] == "2008-06-10T12:00:00Z"
    with reading(engine) as session:
        kinds = session.exec(
            select(Event.kind).where(Event.subject == "activity-1").order_by(col(Event.position))
        ).all()
        audited = session.exec(select(AuditRow).where(AuditRow.what == "activity", AuditRow.verb == "activity.close"))
        (closing,) = audited.all()
    assert list(kinds) == ["activity.proposed", "activity.agreed", "activity.reported", "activity.completed"]
    assert (closing.authority, (closing.before or {})["state"], (closing.after or {})["state"]) == (
        "chair", "ongoing", "completed",
    )  # fmt: skip
    assert send(f"{ONE}/report", partner, member="iom", text="More.").status_code == 409
    assert send(f"{ONE}/edit", member, title="Another").status_code == 409
    assert send(f"{ONE}/discontinue", reason="Late").json()["type"] == "/problems/activity-is-completed"


@pytest.mark.parametrize(
    ("said", "type_"),
    [
        ({"kind": "picnic"}, "no-such-kind"),
        ({"purposes": [13]}, "no-such-purpose"),
        ({"purposes": []}, "no-purpose"),
        ({"purposes": [6, 6]}, "named-twice"),
        ({"areas": ["astronomy"]}, "no-such-area"),
        ({"partners": ["ilo"]}, "named-twice"),
        ({"partners": ["iom", "iom"]}, "named-twice"),
        ({"partners": ["nobody"]}, "no-such-member"),
        ({"partners": ["ece"]}, "no-such-member"),
        ({"external": "e00"}, "no-such-event"),
        ({"until": "2008-06-01"}, "invalid-input"),
        ({"objective": ""}, "invalid-input"),
        ({"visibility": "secret"}, "invalid-input"),
        ({"milestones": [{"title": "M", "due": "soon"}]}, "invalid-input"),
        ({"from": "0001-01-01"}, "invalid-input"),
    ],
)
def test_a_proposal_fits_the_charter(propose: Callable[..., Any], said: dict[str, Any], type_: str) -> None:
    found = propose(**said)
    assert (found.status_code, found.json()["type"]) == (422, f"/problems/{type_}")


def test_who_may_do_what(
    propose: Callable[..., Any], decide_on: Callable[..., str], send: Send, member: dict[str, str],
    partner: dict[str, str], stranger: dict[str, str], chair: dict[str, str], secretariat: dict[str, str],
) -> None:  # fmt: skip
    assert propose(stranger).json()["type"] == "/problems/not-yours"
    assert propose(secretariat).status_code == 403
    assert propose(lead="nobody").status_code == 404
    assert propose(chair).status_code == 201
    id_ = decide_on()
    for headers in (member, partner, stranger, secretariat):
        assert send(f"{ONE}/agree", headers, decision=id_).status_code == 403
    assert send(f"{ONE}/agree", chair, decision=id_).status_code == 200
    assert send(f"{ONE}/start", partner).status_code == 403
    assert send(f"{ONE}/start", member).json()["status"] == "ongoing"
    assert send(f"{ONE}/start", member).status_code == 409
    assert send(f"{ONE}/report", stranger, member="ilo", text="Ours.").status_code == 403
    outside = send(f"{ONE}/report", stranger, member="unesco", text="Ours.")
    assert (outside.status_code, outside.json()["type"]) == (422, "/problems/takes-no-part")
    assert send(f"{ONE}/report", member, member="iom", text="Theirs.").status_code == 403
    assert send(f"{ONE}/report", member, member="ilo", text="").status_code == 422
    assert send(f"{ONE}/edit", partner, title="Mine").status_code == 403
    assert send(f"{ONE}/edit", member, lead="iom", partners=["wb"]).json()["type"] == "/problems/chair-only"
    assert send(f"{ONE}/edit", chair, lead="iom", partners=["wb"]).json()["lead"] == "iom"
    assert send(f"{ONE}/complete", member, text="Done.").status_code == 403
    assert send(f"{ONE}/discontinue", member, reason="Enough.").status_code == 403
    assert send(f"{ONE}/discontinue", chair, reason="Nobody has time.").json()["inside"]["reason"] == "Nobody has time."


def test_authority_follows_the_chair(
    propose: Callable[..., Any], decide_on: Callable[..., str], send: Send, chair: dict[str, str],
    token: Tokens, time: Time,
) -> None:  # fmt: skip
    coming = {"Authorization": f"Bearer {token(NEXT_CHAIR)}"}
    propose()
    propose(title="Another survey")
    id_ = decide_on()
    time.at = at("2008-06-30T21:59:59")
    assert send(f"{ONE}/agree", coming, decision=id_).json()["type"] == "/problems/chair-term-not-begun"
    assert send(f"{ONE}/agree", chair, decision=id_).status_code == 200
    time.at = at("2008-06-30T22:00:00")
    assert send("/activities/activity-2/agree", chair, decision=id_).json()["type"] == "/problems/chair-term-ended"
    assert send("/activities/activity-2/agree", coming, decision=id_).status_code == 200


def test_what_agrees_it_is_on_record(
    propose: Callable[..., Any], decide_on: Callable[..., str], send: Send, time: Time,
) -> None:  # fmt: skip
    propose()
    for said in ({"decision": None}, {"decision": "2008-1", "meeting": FIRST}):
        assert send(f"{ONE}/agree", **said).status_code == 422
    assert send(f"{ONE}/agree", decision="2008-99").json()["type"] == "/problems/no-such-decision"
    assert send(f"{ONE}/agree", meeting="picnic").json()["type"] == "/problems/no-such-meeting"
    assert send(f"{ONE}/agree", meeting=FIRST).json()["type"] == "/problems/meeting-not-begun"
    open_ = decide_on("2008-2", until=at("2008-05-20T22:00"))
    assert send(f"{ONE}/agree", decision=open_).json()["type"] == "/problems/decision-is-open"
    time.at = at("2008-05-20T22:00")
    found = send(f"{ONE}/agree", decision=open_)
    assert (found.status_code, found.json()["inside"]["agreed_at"]) == (200, "2008-05-20T22:00:00Z")
    assert send(f"{ONE}/agree", decision=open_).status_code == 409
    propose()
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T14:00")
    assert send("/activities/activity-2/agree", meeting=FIRST).json()["inside"]["meeting"] == FIRST


def test_changes_are_never_lost(send: Send, agreed: str, member: dict[str, str], client: TestClient) -> None:
    assert send(f"{ONE}/edit", member, etag='"1"', title="Lost").status_code == 412
    assert client.post(f"{BASE}{ONE}/edit", json={"title": "Blind"}, headers=member).status_code == 428
    found = send(f"{ONE}/edit", member, title="Survey, second go", partners=["iom"], until="2009-01-01")
    assert (found.status_code, found.json()["version"]) == (200, 3)
    entry = found.json()["inside"]["reports"][0]
    assert entry["changes"] == [
        {"field": "partners", "before": ["iom", "wb"], "after": ["iom"]},
        {"field": "title", "before": SURVEY["title"], "after": "Survey, second go"},
        {"field": "until", "before": "2008-12-01", "after": "2009-01-01"},
    ]
    same = send(f"{ONE}/edit", member, title="Survey, second go")
    assert (same.json()["version"], len(same.json()["inside"]["reports"])) == (3, 3)
    wrong: list[dict[str, Any]] = [
        {"title": None}, {"objective": ""}, {"until": "2008-01-01"}, {"purposes": []}, {"kind": "survey"},
    ]  # fmt: skip
    for said in wrong:
        assert send(f"{ONE}/edit", member, **said).status_code == 422, said
    send(f"{ONE}/report", member, member="ilo", text="A report.", outputs=[{"document": NOTE, "expected": 2}])
    assert send(f"{ONE}/edit", member, expected=["Only one"]).json()["type"] == "/problems/output-is-answered"
    assert (
        send(f"{ONE}/report", member, member="ilo", text="?", outputs=[{"document": NOTE, "expected": 3}]).json()[
            "type"
        ]
        == "/problems/no-such-output"
    )


def test_milestones(
    send: Send, agreed: str, member: dict[str, str], partner: dict[str, str], client: TestClient, time: Time,
) -> None:  # fmt: skip
    def post(path: str, headers: dict[str, str], **said: Any) -> Any:
        etag = client.get(f"{BASE}{ONE}", headers=member).headers["etag"]
        return send(f"{ONE}/milestones{path}", headers, etag=etag, **said)

    added = post("", member, title="Launch", due="2008-11-20").json()
    assert [one["number"] for one in added["milestones"]] == [1, 2, 3]
    assert post("", partner, title="Ours", due="2008-11-20").status_code == 403
    time.at = at("2008-07-15T21:59:59")
    assert client.get(f"{BASE}{ONE}", headers=member).json()["overdue"] == 0
    time.at = at("2008-07-15T22:00:00")
    late = client.get(f"{BASE}{ONE}", headers=member).json()
    assert (late["overdue"], late["milestones"][0]["overdue"]) == (1, True)
    assert client.get(f"{BASE}/activities", headers=member).json()["activities"][0]["overdue"] == 1
    assert post("/1/move", partner, due="2008-08-15", reason="Late answers").status_code == 403
    assert post("/1/move", member, due="2008-08-15").status_code == 422
    assert post("/1/move", member, due="2008-07-15", reason="None").json()["type"] == "/problems/nothing-changes"
    moved = post("/1/move", member, due="2008-08-15", reason="Late answers").json()
    assert (moved["milestones"][0]["due"], moved["milestones"][0]["moves"], moved["overdue"]) == ("2008-08-15", 1, 0)
    entry = moved["inside"]["reports"][0]
    assert (entry["what"], entry["text"]) == ("milestone-moved", "Late answers")
    assert entry["changes"] == [
        {"field": "milestone 1 (Questionnaire): due", "before": "2008-07-15", "after": "2008-08-15"}
    ]
    assert post("/1/reach", partner, day="2008-07-17").json()["type"] == "/problems/invalid-day"
    reached = post("/1/reach", partner, day=None).json()
    assert (reached["milestones"][0]["reached"], reached["milestones"][0]["overdue"]) == ("2008-07-16", False)
    assert reached["inside"]["reports"][0]["member"] == "iom"
    assert post("/1/reach", member, day=None).json()["type"] == "/problems/milestone-is-reached"
    assert post("/1/move", member, due="2008-09-15", reason="?").status_code == 409
    for number in ("9", "0", "-1", "99999999999999999999"):
        assert post(f"/{number}/reach", member, day=None).status_code == 404, number


def test_the_public_sees_what_is_opened_to_it_and_agreed(
    client: TestClient, propose: Callable[..., Any], decide_on: Callable[..., str], send: Send,
    member: dict[str, str],
) -> None:  # fmt: skip
    propose(visibility="public")
    propose(title="Quiet survey")
    assert client.get(f"{BASE}/activities").json() == {"activities": [], "next": None}
    assert client.get(f"{BASE}{ONE}").status_code == 404
    id_ = decide_on()
    send(f"{ONE}/agree", decision=id_)
    send("/activities/activity-2/agree", decision=id_)
    (seen,) = client.get(f"{BASE}/activities").json()["activities"]
    assert seen["id"] == "activity-1"
    found = client.get(f"{BASE}{ONE}").json()
    assert (len(found["milestones"]), found["inside"]) == (2, None)
    assert client.get(f"{BASE}/activities/activity-2").status_code == 404
    assert client.get(f"{BASE}{ONE}/reports").status_code == 401
    assert client.get(f"{BASE}/activities?programme=turn-5").status_code == 403
    assert client.get(f"{BASE}/activities/activity-2", headers=member).status_code == 200
    for id_ in ("activity-0", "activity-01", "activity-x", "activity-999999999999999999999", "%00"):
        assert client.get(f"{BASE}/activities/{id_}", headers=member).status_code == 404


def test_lists_are_filtered_and_paged(
    client: TestClient, propose: Callable[..., Any], send: Send, member: dict[str, str], chair: dict[str, str],
) -> None:  # fmt: skip
    event = send("/external-events", etag="", title="Forum", day="2008-10-27").json()["id"]
    propose(purposes=[1], areas=[], external=event)
    propose(kind="gap analysis", purposes=[11, 12], partners=[])
    propose(chair, lead="iom", partners=["ilo"], purposes=[1, 2])
    propose(chair, lead="wb", partners=[], purposes=[2])
    send(f"{ONE}/discontinue", reason="Not now")

    def ids(query: str) -> list[str]:
        found = client.get(f"{BASE}/activities?{query}", headers=member)
        assert found.status_code == 200, found.text
        return [one["id"][9:] for one in found.json()["activities"]]

    assert ids("") == ["4", "3", "2", "1"]
    assert ids("purpose=1") == ["3", "1"]
    assert ids("purpose=2") == ["4", "3"]
    assert ids("purpose=3") == []
    assert ids("member=ilo") == ["3", "2", "1"]
    assert ids("member=wb") == ["4", "1"]
    assert ids("kind=gap+analysis") == ["2"]
    assert ids("area=Migration+and+Development") == ["4", "3", "2"]
    assert ids("area=migration%25") == []
    assert ids("status=discontinued") == ["1"]
    assert ids(f"external={event}") == ["1"]
    assert ids("programme=turn-5") == []
    first = client.get(f"{BASE}/activities?limit=3&purpose=1", headers=member).json()
    assert first["next"] is None
    page = client.get(f"{BASE}/activities?limit=3", headers=member).json()
    assert [one["id"] for one in page["activities"]] == ["activity-4", "activity-3", "activity-2"]
    assert ids(f"limit=3&after={page['next']}") == ["1"]
    for wrong in ("after=x", f"purpose=1&after={page['next']}"):
        assert client.get(f"{BASE}/activities?{wrong}", headers=member).status_code == 400, wrong
    for wrong in ("purpose=0", "status=lost", "member=%00", "limit=0", "nothing=1"):
        assert client.get(f"{BASE}/activities?{wrong}", headers=member).status_code == 422, wrong
    log = client.get(f"{BASE}{ONE}/reports?limit=1", headers=member).json()
    assert [one["what"] for one in log["reports"]] == ["discontinued"]
    rest = client.get(f"{BASE}{ONE}/reports?limit=1&after={log['next']}", headers=member).json()
    assert ([one["what"] for one in rest["reports"]], rest["next"]) == (["proposed"], None)


def test_a_proposal_repeated_is_made_once(client: TestClient, member: dict[str, str]) -> None:
    headers = member | {"Idempotency-Key": "one-and-the-same"}
    first = client.post(f"{BASE}/activities", json=SURVEY, headers=headers)
    again = client.post(f"{BASE}/activities", json=SURVEY, headers=headers)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert len(client.get(f"{BASE}/activities", headers=member).json()["activities"]) == 1
    assert client.post(f"{BASE}/activities", json=SURVEY, headers=member).status_code == 400


def test_states_follow_the_rules() -> None:
    assert rules.becomes("report", "agreed") == "ongoing"
    assert rules.becomes("edit", "agreed") == "agreed"
    assert [state for state in ("proposed", "agreed", "ongoing", "completed", "discontinued")
            if rules.becomes("discontinue", state)] == ["proposed", "agreed", "ongoing"]  # fmt: skip
    moments = [(at(f"2008-0{month}-01T00:00"), to) for month, to in ((1, "proposed"), (2, None), (3, "agreed"))]
    assert rules.state_at(moments, at("2008-01-01T00:00")) is None
    assert rules.state_at(moments, at("2008-03-01T00:00")) == "proposed"
    assert rules.state_at(moments, at("2008-03-01T00:00") + timedelta(seconds=1)) == "agreed"
    assert rules.overdue(date(2008, 7, 15), None, date(2008, 7, 16))
    assert not rules.overdue(date(2008, 7, 15), None, date(2008, 7, 15))
    assert not rules.overdue(date(2008, 7, 15), date(2008, 8, 1), date(2008, 9, 1))


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

"""Common activities: proposed, agreed, reported on and closed, by whom and on record."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.audit import AuditRow
from service.database import reading
from service.events import Event
from service.followups.activities import rules
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.surveying import ONE, SURVEY, agreed, decide_on, partner, propose  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, FIRST, NEXT_CHAIR, Send, at, chair, member, send  # noqa: F401 - fixtures

NOTE = {"title": "Questionnaire", "url": "https://www.ilo.example/q.pdf", "symbol": "ILO/1", "language": "en"}


@pytest.fixture
def stranger(token: Tokens) -> dict[str, str]:
    """The headers of a member that takes no part."""
    return {"Authorization": f"Bearer {token('gmg@unesco.example')}"}


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

"""Who steers a decision: the chair of the day, either of two who chair together, the secretariat while nobody does."""

from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service.audit import AuditRow
from service.database import reading
from tests.access.conftest import Decide, Tokens, decide, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.decided import ANSWER, ONE, decision, held, of  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, NEXT_CHAIR, Send, at, chair, member, send  # noqa: F401 - fixtures


def test_a_procedure_goes_on_under_another_chair(
    send: Send, client: TestClient, chair: dict[str, str], member: dict[str, str], token: Tokens, time: Time
) -> None:
    time.at = at("2008-06-25T12:00")
    for _ in range(2):
        send("/decisions", etag="", **decision(until="2008-07-10"))
    time.at = at("2008-06-30T22:00")
    new = {"Authorization": f"Bearer {token(NEXT_CHAIR)}"}
    told = send(ANSWER, member, member="ilo", answer="endorse", round=1).json()
    assert (told["state"], told["endorsing"]) == ("open", ["ilo"])
    for verb, body in (("revise", {"text": "Another.", "until": "2008-07-20"}), ("withdraw", {"reason": "No."})):
        old = send(f"{ONE}/{verb}", chair, **body)
        assert (old.status_code, old.json()["type"]) == (403, "/problems/chair-term-ended")
    assert send(f"{ONE}/revise", new, text="Another.", until="2008-07-20").json()["round"] == 2
    gone = send("/decisions/2008-2/withdraw", new, reason="It is overtaken.").json()
    assert (gone["state"], gone["reason"]) == ("withdrawn", "It is overtaken.")
    time.at = at("2008-07-11T08:00")
    assert client.get(f"{BASE}/decisions/2008-2", headers=new).json()["state"] == "withdrawn"
    assert send("/decisions/2008-2/withdraw", new, reason="Again.").status_code == 409
    late = send("/decisions/2008-2/answer", member, member="ilo", answer="endorse", round=1)
    assert late.json()["type"] == "/problems/decision-is-withdrawn"


def test_the_secretariat_steers_while_nobody_chairs(
    held: str, send: Send, decide: Decide, secretariat: dict[str, str], token: Tokens, time: Time, engine: Engine
) -> None:
    assert send("/decisions", secretariat, etag="", **decision(until="2008-07-20")).status_code == 403
    assert send("/decisions", secretariat, etag="", **decision(until=None, meeting=held)).status_code == 201
    assert decide(vacant="2008-07-01", until="2008-10-01").status_code == 201
    time.at = at("2008-07-02T08:00")
    made = send("/decisions", secretariat, etag="", **decision(until="2008-07-20"))
    assert (made.status_code, made.json()["id"]) == (201, "2008-2")
    taken = send("/decisions", secretariat, etag="", **decision(until=None, meeting=held, outcome=2))
    assert (taken.status_code, taken.json()["state"]) == (201, "adopted")
    refused = send("/decisions", {"Authorization": f"Bearer {token(NEXT_CHAIR)}"}, etag="", **decision())
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/chair-term-not-begun")
    with reading(engine) as session:
        rows = session.exec(select(AuditRow).where(AuditRow.what == "group_decision")).all()
    assert [(row.verb, row.authority) for row in rows] == [
        ("decision.record", "secretariat"), ("decision.open", "chair"), ("decision.record", "chair"),
    ]  # fmt: skip


def test_either_of_two_who_chair_together(send: Send, decide: Decide, token: Tokens, time: Time) -> None:
    assert decide(appoint=["iom", "ilo"], term="2008-07-01").status_code == 201
    time.at = at("2008-07-02T08:00")
    assert send("/decisions", of(token, "iom"), etag="", **decision(until="2008-07-20")).status_code == 201
    assert send(f"{ONE}/withdraw", of(token, "ilo"), reason="We meet before.").json()["state"] == "withdrawn"
    assert send("/decisions", of(token, "unfpa"), etag="", **decision(until="2008-07-20")).status_code == 403

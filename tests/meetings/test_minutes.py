"""Minutes: written, circulated, objected to, adopted by silence; and who was there."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.scheduler import plan
from tests.access.conftest import Tokens
from tests.conftest import Time, happened
from tests.mailtext import read
from tests.meetings.conftest import BASE, FIRST, OTHER, Mails, Send, at

MINUTES = f"/meetings/{FIRST}/minutes"
# The chair has passed to UNHCR by the time the minutes are written.
LATER = "2008-07-02T08:00"


@pytest.fixture
def held(send: Send, time: Time) -> str:
    send(f"/meetings/{FIRST}/call")
    send("/agenda-items", etag="", meeting=FIRST, title="Labour migration")
    time.at = at("2008-06-26T14:00")
    present = [
        {"member": "ilo", "presence": "in-person", "representative": "Ms X", "rank": "alternate"},
        {"member": "iom", "presence": "remote"},
        {"member": "wb", "presence": "excused"},
    ]
    send(f"/meetings/{FIRST}/hold", presided_by="The Executive Director", present=present)
    time.at = at(LATER)
    return FIRST


def test_minutes_are_adopted_by_silence_without_any_job(
    held: str,
    client: TestClient,
    send: Send,
    member: dict[str, str],
    secretariat: dict[str, str],
    time: Time,
    engine: Engine,
) -> None:
    outcomes = [{"text": "ILO drafts a note."}, {"text": "IOM hosts the next meeting."}]
    draft = send(MINUTES, secretariat, etag="", text="The group met.", outcomes=outcomes)
    assert (draft.status_code, draft.json()["state"]) == (200, "draft")
    assert client.get(f"{BASE}{MINUTES}", headers=member).status_code == 403
    sent = send(f"{MINUTES}/circulate", secretariat, until="2008-07-16").json()
    assert (sent["state"], sent["until"]) == ("circulated", "2008-07-16T22:00:00Z")
    assert client.get(f"{BASE}{MINUTES}", headers=member).json()["state"] == "circulated"
    time.at = at("2008-07-16T21:59:59")
    assert client.get(f"{BASE}{MINUTES}", headers=member).json()["state"] == "circulated"
    time.at = at("2008-07-20T08:00")
    found = client.get(f"{BASE}{MINUTES}", headers=member).json()
    assert found["state"] == "adopted"
    assert found["markdown"].startswith("# GMG: Working-level meeting\n\n- Held on 26 June 2008, New York\n")
    assert "Chair: UNFPA, The Executive Director presiding" in found["markdown"]
    assert "Present: Ms X, alternate, for ILO; IOM" in found["markdown"]
    assert found["markdown"].endswith("## Outcomes\n\n1. ILO drafts a note.\n2. IOM hosts the next meeting.\n")
    plan(engine)
    plan(engine)
    (event,) = happened(engine, "minutes.adopted")
    assert event.effective_at == at("2008-07-16T22:00")
    assert send(MINUTES, secretariat, etag='"1"', text="Changed.", outcomes=outcomes).status_code == 409


def test_an_objection_stops_the_clock(
    held: str, client: TestClient, send: Send, member: dict[str, str], secretariat: dict[str, str], time: Time
) -> None:
    send(MINUTES, secretariat, etag="", text="The group met.", outcomes=[{"text": "One."}])
    send(f"{MINUTES}/circulate", secretariat, until="2008-07-16")
    told = send(f"{MINUTES}/object", member, member="ilo", text="We did not agree to that.").json()
    assert (told["state"], told["objections"][0]["member"]) == ("contested", "ilo")
    time.at = at("2008-07-20T08:00")
    assert client.get(f"{BASE}{MINUTES}", headers=member).json()["state"] == "contested"
    assert send(f"{MINUTES}/object", member, member="ilo", text="Too late.").status_code == 409
    fewer = send(MINUTES, secretariat, etag='"1"', text="The group met.", outcomes=[])
    assert (fewer.status_code, fewer.json()["type"]) == (409, "/problems/outcome-is-numbered")
    again = send(MINUTES, secretariat, etag='"1"', text="The group met.", outcomes=[{"text": "One, as agreed."}]).json()
    assert (again["state"], again["version"], again["outcomes"][0]["number"]) == ("draft", 2, 1)
    send(f"{MINUTES}/circulate", secretariat, until="2008-08-01")
    time.at = at("2008-08-02T08:00")
    assert client.get(f"{BASE}{MINUTES}", headers=member).json()["state"] == "adopted"


def test_everybody_reads_them_and_hears_how_it_ended(
    held: str, send: Send, secretariat: dict[str, str], time: Time, engine: Engine, mails: Mails
) -> None:
    send(MINUTES, secretariat, etag="", text="The **group** met.", outcomes=[{"text": "One."}])
    send(f"{MINUTES}/circulate", secretariat, until="2008-07-16")
    plan(engine)
    plan(engine)
    (sent,) = [mail for mail in mails(OTHER) if "minutes, for silence until 16 July 2008" in mail["Subject"]]
    assert "They are adopted unless a member objects by the end of 16 July 2008." in read(sent)
    assert "The **group** met." in read(sent)
    assert "- 1. One." in read(sent)
    time.at = at("2008-07-17T08:00")
    plan(engine)
    assert len([mail for mail in mails(OTHER) if mail["Subject"].endswith("minutes adopted")]) == 1


@pytest.mark.parametrize("until", ["2008-07-02", "2008-07-03", "2009-07-02", "2008-06-01"])
def test_a_deadline_leaves_time_to_read(held: str, send: Send, secretariat: dict[str, str], until: str) -> None:
    send(MINUTES, secretariat, etag="", text="The group met.", outcomes=[])
    assert send(f"{MINUTES}/circulate", secretariat, until=until).status_code == 422


def test_only_the_chair_of_the_day_writes_them(
    held: str, send: Send, chair: dict[str, str], member: dict[str, str], secretariat: dict[str, str]
) -> None:
    for headers in (chair, member):
        assert send(MINUTES, headers, etag="", text="Mine.", outcomes=[]).status_code == 403
    send(MINUTES, secretariat, etag="", text="The group met.", outcomes=[])
    lost = send(MINUTES, secretariat, etag='"7"', text="Another.", outcomes=[])
    assert lost.status_code == 412


def test_no_minutes_of_what_was_not_held(send: Send) -> None:
    assert send(MINUTES, etag="", text="The group met.", outcomes=[]).status_code == 409


def test_attendance_and_quorum_count_organizations(
    held: str, client: TestClient, send: Send, secretariat: dict[str, str]
) -> None:
    found = client.get(f"{BASE}/meetings/{FIRST}/attendance", headers=secretariat).json()
    assert found["quorum"] == {"members": 14, "needed": 8, "coming": 0, "present": 2, "met": False}
    ilo = next(one for one in found["attendance"] if one["member"] == "ilo")
    assert (ilo["representative"], ilo["rank"]) == ("Ms X", "alternate")
    there = [
        {"member": one, "presence": "in-person"} for one in ("unhcr", "undp", "unesco", "unfpa", "unicef", "unodc")
    ]
    noted = send(f"/meetings/{FIRST}/attend", secretariat, present=there).json()
    assert (noted["quorum"]["present"], noted["quorum"]["met"]) == (8, True)
    wrong = send(f"/meetings/{FIRST}/attend", secretariat, present=[{"member": "nobody", "presence": "absent"}])
    assert wrong.status_code == 422


def test_answers(client: TestClient, send: Send, member: dict[str, str], time: Time) -> None:
    address = f"/meetings/{FIRST}/respond"
    early = send(address, member, etag="", member="ilo", answer="accepted", sequence=0)
    assert early.json()["type"] == "/problems/meeting-is-proposed"
    send(f"/meetings/{FIRST}/call")
    taken = send(
        address, member, etag="", member="ilo", answer="accepted", sequence=1, representative="Ms X", rank="principal"
    )
    assert (taken.json()["taken"], taken.json()["quorum"]["coming"]) == (True, 1)
    assert send(address, member, etag="", member="iom", answer="accepted", sequence=1).status_code == 403
    assert send(address, member, etag="", member="ilo", answer="accepted", sequence=2).status_code == 422
    send(f"/meetings/{FIRST}/move", at="16:00")
    assert client.get(f"{BASE}/meetings/{FIRST}/attendance", headers=member).json()["attendance"][0]["stands"] is False
    send(f"/meetings/{FIRST}/move", at="14:00")
    assert client.get(f"{BASE}/meetings/{FIRST}/attendance", headers=member).json()["attendance"][0]["stands"] is True
    time.at = at("2008-06-26T12:00")
    late = send(address, member, etag="", member="ilo", answer="declined", sequence=3)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/too-late")


def test_polls_close_by_themselves(
    client: TestClient, send: Send, member: dict[str, str], token: Tokens, time: Time, engine: Engine,
    mails: Mails, settle: Callable[[], None],
) -> None:  # fmt: skip
    slots = ["2008-06-24T12:00:00Z", "2008-06-25T12:00:00Z", "2008-06-26T12:00:00Z"]
    made = send(f"/meetings/{FIRST}/polls", etag="", slots=slots, deadline="2008-06-01T12:00:00Z")
    assert made.status_code == 201
    poll = made.json()["id"]
    settle()
    (asked,) = mails(OTHER)
    assert "The poll closes by itself on Sunday, 1 June 2008, 14:00 (Europe/Zurich)." in read(asked)
    link = next(line for line in read(asked).splitlines() if "/poll/" in line).partition("/groups")[2]
    assert "When does it suit ILO?" in client.get(f"/groups{link}").text
    half = client.post(f"/groups{link}", data={"slot-0": "yes"})
    assert half.status_code == 422
    done = client.post(f"/groups{link}", data={"slot-0": "no", "slot-1": "yes", "slot-2": "if-need-be"})
    assert "Answered for ILO" in done.text
    iom = {"Authorization": f"Bearer {token('gmg@iom.example')}"}
    voted = send(f"/polls/{poll}/vote", iom, etag="", member="iom", answers=["yes", "if-need-be", "no"]).json()
    assert [one["start"][:10] for one in voted["ranking"]] == ["2008-06-25", "2008-06-24", "2008-06-26"]
    assert send(f"/polls/{poll}/vote", member, etag="", member="iom", answers=["yes"] * 3).status_code == 403
    assert send(f"/polls/{poll}/vote", member, etag="", member="ilo", answers=["yes"]).status_code == 422
    # Those alone who have not answered are asked again.
    time.at = at("2008-05-30T13:00")
    plan(engine)
    missing = {mail["To"].addresses[0].addr_spec for mail in mails() if "your answer is missing" in mail["Subject"]}
    assert missing
    assert not missing & {OTHER, "gmg@iom.example"}
    time.at = at("2008-06-01T12:00")
    assert client.get(f"{BASE}/polls/{poll}", headers=member).json()["open"] is False
    assert send(f"/polls/{poll}/vote", member, etag="", member="ilo", answers=["yes"] * 3).status_code == 409
    plan(engine)
    closed = [mail for mail in mails() if "the poll is closed" in mail["Subject"]]
    assert {mail["To"].addresses[0].addr_spec for mail in closed} == {"gmg@unfpa.example"}


@pytest.mark.parametrize(
    ("slots", "deadline"),
    [
        (["2008-06-24T12:00:00Z"], "2008-06-01T12:00:00Z"),
        (["2008-06-24T12:00:00Z"] * 2, "2008-06-01T12:00:00Z"),
        (["2008-06-24T12:00:00Z", "2008-06-25T12:00:00Z"], "2008-06-24T13:00:00Z"),
        (["2008-06-24T12:00:00Z", "2008-06-25T12:00:00Z"], "2008-05-01T13:00:00Z"),
        (["2008-06-24T12:00:00Z", "2008-05-01T12:00:00Z"], "2008-05-20T13:00:00Z"),
        (["2008-06-24T12:00:00", "2008-06-25T12:00:00"], "2008-06-01T12:00:00Z"),
        (["9999-12-31T23:59:59-12:00", "2008-06-25T12:00:00Z"], "2008-06-01T12:00:00Z"),
        ([f"2008-06-{day:02}T{hour}:00:00Z" for day in range(1, 30) for hour in (10, 12)], "2008-05-20T12:00:00Z"),
    ],
)
def test_polls_that_make_no_sense(send: Send, slots: list[str], deadline: str) -> None:
    assert send(f"/meetings/{FIRST}/polls", etag="", slots=slots, deadline=deadline).status_code == 422


def test_one_poll_at_a_time_and_the_chair_may_close_it(send: Send, time: Time) -> None:
    slots = ["2008-06-24T12:00:00Z", "2008-06-25T12:00:00Z"]
    poll = send(f"/meetings/{FIRST}/polls", etag="", slots=slots, deadline="2008-06-01T12:00:00Z").json()["id"]
    assert send(f"/meetings/{FIRST}/polls", etag="", slots=slots, deadline="2008-06-01T12:00:00Z").status_code == 409
    assert send(f"/polls/{poll}/close", etag="").json()["open"] is False
    time.at += timedelta(hours=1)
    assert send(f"/meetings/{FIRST}/polls", etag="", slots=slots, deadline="2008-06-01T12:00:00Z").status_code == 201


def test_a_poll_on_a_meeting_that_is_cancelled_is_closed_and_tells_nobody(
    client: TestClient, send: Send, member: dict[str, str], time: Time, engine: Engine, mails: Mails,
    settle: Callable[[], None],
) -> None:  # fmt: skip
    slots = ["2008-06-24T12:00:00Z", "2008-06-25T12:00:00Z"]
    poll = send(f"/meetings/{FIRST}/polls", etag="", slots=slots, deadline="2008-06-01T12:00:00Z").json()["id"]
    settle()
    (asked,) = mails("gmg@escap.example")
    assert "14:00 to 15:30 (Europe/Zurich); for you Tuesday, 24 June 2008, 19:00 to 20:30 (Bangkok)" in read(asked)
    send(f"/meetings/{FIRST}/cancel", reason="No time.")
    assert mails(OTHER) == [], "what waited to ask is withdrawn"
    assert client.get(f"{BASE}/polls/{poll}", headers=member).json()["open"] is False
    assert send(f"/polls/{poll}/vote", member, etag="", member="ilo", answers=["yes", "no"]).status_code == 409
    time.at = at("2008-06-03T13:00")
    plan(engine)
    assert not [mail for mail in mails() if "poll" in mail["Subject"]]

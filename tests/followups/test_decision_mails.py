"""What people are told of decisions, each once; and the page on which they answer by the link in their mail."""

from collections import Counter
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.access.links import sign_decision, sign_poll
from service.database import reading
from service.groups.charter import Charter
from service.groups.tables import PersonRow
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import next_due, plan
from tests.access.conftest import Tokens, token  # noqa: F401 - fixtures
from tests.conftest import Changed, Time, put
from tests.followups.decided import ANSWER, ENDS, ONE, decision, with_member, with_person
from tests.mailtext import read
from tests.meetings.conftest import (  # noqa: F401 - fixtures
    BASE,
    CHAIR,
    FIRST,
    OTHER,
    Mails,
    Send,
    at,
    chair,
    mails,
    member,
    send,
)

ABOUT = "decision-"
NAME = "GMG: decision 2008-1, Fact sheet on remittances"


@pytest.fixture
def opened(send: Send, engine: Engine) -> None:
    send("/decisions", etag="", **decision())
    plan(engine)


def subjects(found: list[EmailMessage]) -> Counter[str]:
    return Counter(str(mail["Subject"]).removeprefix(f"{NAME}: ") for mail in found)


def link(mail: EmailMessage) -> str:
    """The address of the page in a mail."""
    return next(line for line in read(mail).splitlines() if "/decision/" in line).partition("/groups")[2]


def person(engine: Engine, email: str) -> str:
    with reading(engine) as session:
        return session.exec(select(PersonRow.id).where(PersonRow.email == email)).one()


def test_all_focal_points_are_asked_once(opened: None, mails: Mails, engine: Engine) -> None:
    plan(engine)
    found = mails(subject=ABOUT)
    assert subjects(found) == {"for silence until 30 May 2008": 19}
    (told,) = mails("gmg@undp.example", subject=ABOUT)
    said = read(told)
    assert (
        "Decision 2008-1 is open. It is adopted by silence unless a member objects by the end of 30 May 2008." in said
    )
    assert "Deadline: the end of 30 May 2008 (Europe/Zurich)" in said
    assert "For you: before Friday, 30 May 2008, 18:00 (New York)" in said
    assert "Purposes: 4 (Exchange of information and expertise) and 7 (Common positions and responses)" in said
    assert "The group adopts the fact sheet.\n\nIt is to be reviewed in a year." in said
    assert "Answer for UNDP:" in said
    # No seat holds the place of the commissions yet: their own focal point answers, the seats read.
    assert "Answer for Regional Commissions:" in read(mails("gmg@unrc.example", subject=ABOUT)[0])
    assert "/decision/" not in read(mails("gmg@eca.example", subject=ABOUT)[0])


def test_who_is_silent_is_reminded_two_days_before_at_nine(
    opened: None, send: Send, member: dict[str, str], time: Time, engine: Engine, mails: Mails
) -> None:
    send(ANSWER, member, member="ilo", answer="endorse", round=1)
    time.at = at("2008-05-28T06:59")
    plan(engine)
    assert subjects(mails(subject=ABOUT))["your answer is missing, until 30 May 2008"] == 0
    due = next_due(engine)
    assert due == at("2008-05-28T07:00"), "nine o'clock in Geneva"
    time.at = due
    plan(engine)
    reminded = [mail for mail in mails(subject=ABOUT) if "your answer is missing" in mail["Subject"]]
    there = {mail["To"].addresses[0].addr_spec for mail in reminded}
    assert "gmg@iom.example" in there
    assert not there & {OTHER, "gmg@undp.example", "gmg@eca.example"}
    time.at = at("2008-05-28T14:00")
    plan(engine)
    plan(engine)
    assert subjects(mails(subject=ABOUT))["your answer is missing, until 30 May 2008"] == 13
    (one,) = [mail for mail in mails("gmg@undp.example", subject=ABOUT) if "missing" in mail["Subject"]]
    assert "UNDP has not answered to decision 2008-1 yet." in read(one)


def test_an_answer_takes_back_the_reminder_that_waits(
    opened: None, send: Send, member: dict[str, str], time: Time, engine: Engine, mails: Mails
) -> None:
    time.at = at("2008-05-28T08:00")
    plan(engine)
    assert len(mails(OTHER, subject=ABOUT)) == 2
    send(ANSWER, member, member="ilo", answer="endorse", round=1)
    assert len(mails(OTHER, subject=ABOUT)) == 1
    assert len(mails("gmg@iom.example", subject=ABOUT)) == 2


def test_an_objection_is_told_to_all_and_the_revision_takes_the_old_text_back(
    opened: None, send: Send, member: dict[str, str], time: Time, engine: Engine, mails: Mails
) -> None:
    send(ANSWER, member, member="ilo", answer="object", reason="Paragraph two.", round=1)
    plan(engine)
    plan(engine)
    assert subjects(mails(subject=ABOUT))["contested"] == 19
    (told,) = [mail for mail in mails(CHAIR, subject=ABOUT) if mail["Subject"].endswith("contested")]
    assert "- ILO objects: Paragraph two." in read(told)
    time.at = at("2008-05-28T14:00")
    plan(engine)
    assert subjects(mails(subject=ABOUT))["your answer is missing, until 30 May 2008"] == 0, "nothing passes in silence"
    send(f"{ONE}/revise", text="The group adopts the shorter one.", until="2008-06-20")
    assert mails(subject=ABOUT) == [], "nothing of the round before goes out any more"
    plan(engine)
    plan(engine)
    assert subjects(mails(subject=ABOUT)) == {"revised, for silence until 20 June 2008": 19}
    (new,) = mails(OTHER, subject=ABOUT)
    assert "what was answered before no longer counts" in read(new)
    assert "The group adopts the shorter one." in read(new)


def test_an_objection_that_is_taken_back_is_no_news(
    opened: None, send: Send, member: dict[str, str], engine: Engine, mails: Mails
) -> None:
    send(ANSWER, member, member="ilo", answer="object", reason="Paragraph two.", round=1)
    plan(engine)
    send(ANSWER, member, member="ilo", answer="endorse", round=1)
    plan(engine)
    assert subjects(mails(subject=ABOUT)) == {"for silence until 30 May 2008": 19}


def test_a_wish_for_another_text_is_told_to_the_chair_alone(
    opened: None, send: Send, member: dict[str, str], token: Tokens, engine: Engine, mails: Mails
) -> None:
    send(ANSWER, member, member="ilo", answer="change", reason="Shorter, please.", round=1)
    iom = {"Authorization": f"Bearer {token('gmg@iom.example')}"}
    send(ANSWER, iom, member="iom", answer="object", reason="Not so.", round=1)
    wb = {"Authorization": f"Bearer {token('gmg@wb.example')}"}
    send(ANSWER, wb, member="wb", answer="object", reason="Nor so.", round=1)
    plan(engine)
    told = subjects(mails(subject=ABOUT))
    assert (told["ILO wants a change"], told["World Bank wants a change"], told["IOM wants a change"]) == (1, 1, 0)
    wishes = [mail for mail in mails(CHAIR, subject=ABOUT) if "wants a change" in mail["Subject"]]
    assert sorted(read(mail).count("Shorter, please.") for mail in wishes) == [0, 1]
    assert told["contested"] == 19


def test_the_outcome_is_told_to_all_with_who_stands_behind_it(
    opened: None, send: Send, member: dict[str, str], time: Time, engine: Engine, mails: Mails
) -> None:
    send(ANSWER, member, member="ilo", answer="dissociate", reason="Our board has not met.", round=1)
    send(ANSWER, member="unfpa", answer="endorse", round=1)
    time.at = at("2008-05-30T20:00")
    plan(engine)
    assert next_due(engine) == at(ENDS)
    time.at = at("2008-06-02T08:00")
    plan(engine)
    plan(engine)
    assert subjects(mails(subject=ABOUT))["adopted"] == 19
    (told,) = [mail for mail in mails("gmg@wb.example", subject=ABOUT) if mail["Subject"].endswith("adopted")]
    assert "Decision 2008-1 is adopted: nobody has objected." in read(told)
    assert "Endorsed by: UNFPA" in read(told)
    assert "- ILO dissociates itself: Our board has not met." in read(told)


def test_a_withdrawal_is_told_and_nothing_else(opened: None, send: Send, engine: Engine, mails: Mails) -> None:
    send(f"{ONE}/withdraw", reason="We meet before.")
    plan(engine)
    plan(engine)
    assert subjects(mails(subject=ABOUT)) == {"withdrawn": 19}
    assert "Decision 2008-1 is withdrawn: We meet before." in read(mails(OTHER, subject=ABOUT)[0])


def test_what_was_over_before_anybody_looked_is_told_as_it_ended(
    send: Send, member: dict[str, str], time: Time, engine: Engine, mails: Mails
) -> None:
    send("/decisions", etag="", **decision())
    send(f"{ONE}/revise", text="The group adopts the shorter one.", until="2008-06-20")
    time.at = at("2008-06-25T08:00")
    plan(engine)
    assert subjects(mails(subject=ABOUT)) == {"adopted": 19}


def test_consensus_is_told_with_what_it_supersedes(send: Send, time: Time, engine: Engine, mails: Mails) -> None:
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T14:00")
    send(f"/meetings/{FIRST}/hold", presided_by="The Executive Director")
    taken = decision(until=None, meeting=FIRST, position=True, operative="took-note")
    send("/decisions", etag="", **taken, endorsing=["wb", "ilo"])
    send(f"{ONE}/supersede", **taken, endorsing=["ilo"])
    plan(engine)
    first, second = (read(mail) for mail in sorted(mails(OTHER, subject=ABOUT), key=lambda mail: mail["Subject"]))
    assert "Decision 2008-1 is adopted: it was taken by consensus." in first
    assert "Meeting: Working-level meeting of 26 June 2008" in first
    assert "Common position: 2008-1 (took note): Fact sheet on remittances" in first
    assert "Endorsed by: ILO and World Bank" in first
    assert "Supersedes: decision 2008-1" in second


def test_a_member_that_joins_is_asked_and_one_that_leaves_is_not_reminded(
    send: Send, engine: Engine, changed: Changed, gmg: Charter, time: Time, mails: Mails
) -> None:
    put(engine, with_member(changed, gmg, unitar={"joined": date(2008, 5, 20)}, unodc={"left": date(2008, 5, 25)}))
    send("/decisions", etag="", **decision())
    plan(engine)
    assert mails("gmg@unitar.example", subject=ABOUT) == []
    time.at = at("2008-05-21T08:00")
    send("/notices", etag="", member="unfpa", theme="Any", text="Something that makes the service look.")
    plan(engine)
    assert len(mails("gmg@unitar.example", subject=ABOUT)) == 1
    time.at = at("2008-05-28T14:00")
    plan(engine)
    assert len(mails("gmg@unitar.example", subject=ABOUT)) == 2
    assert len(mails("gmg@unodc.example", subject=ABOUT)) == 1


def test_a_member_without_a_focal_point_is_asked_through_its_other_people(
    send: Send, engine: Engine, changed: Changed, gmg: Charter, mails: Mails
) -> None:
    one_more = with_person(changed, gmg, "head@iom.example", organization="iom", role="head")
    kept = [person for person in one_more.people if person.email != "gmg@iom.example"]
    put(engine, one_more.model_copy(update={"people": kept}))
    send("/decisions", etag="", **decision())
    plan(engine)
    (told,) = mails("head@iom.example", subject=ABOUT)
    assert "Answer for IOM:" in read(told)


def test_the_link_in_the_mail_answers(
    opened: None, client: TestClient, send: Send, member: dict[str, str], mails: Mails
) -> None:
    address = f"/groups{link(mails(OTHER, subject=ABOUT)[0])}"
    for _ in range(3):
        shown = client.get(address)
    assert shown.status_code == 200
    assert "what does ILO say?" in shown.text
    assert 'adopted by silence at the end of <time datetime="2008-05-30">Friday, 30 May 2008</time>' in shown.text
    assert client.get(f"{BASE}{ONE}", headers=member).json()["answers"] == []
    assert client.post(address, data={"round": 1}).status_code == 422
    bare = client.post(address, data={"round": 1, "choice": "object"})
    assert (bare.status_code, "Say why" in bare.text) == (422, True)
    unclean = client.post(address, data={"round": 1, "choice": "object", "reason": "a\u202eb"})
    assert (unclean.status_code, "U+202E" in unclean.text) == (422, True)
    done = client.post(address, data={"round": 1, "choice": "object", "reason": "<b>No</b>"})
    assert (done.status_code, "Answered: ILO objects to it." in done.text) == (200, True)
    assert ("A member objects so far." in done.text, "<b>No</b>" in done.text) == (True, False)
    told = client.get(f"{BASE}{ONE}", headers=member).json()
    assert (told["state"], told["answers"][0]["by"]) == ("contested", "GMG focal point of ILO")
    client.post(address, data={"round": 1, "choice": "endorse"})
    assert client.get(f"{BASE}{ONE}", headers=member).json()["endorsing"] == ["ilo"]
    send(f"{ONE}/revise", text="The group adopts the shorter one.", until="2008-06-20")
    stale = client.post(address, data={"round": 1, "choice": "endorse"})
    assert (stale.status_code, "please read it again" in stale.text) == (409, True)
    assert "The group adopts the shorter one." in stale.text
    assert client.post(address, data={"round": 2, "choice": "endorse"}).status_code == 200


def test_a_link_is_good_for_who_answers_while_that_is_open(
    opened: None, client: TestClient, send: Send, engine: Engine, changed: Changed, gmg: Charter, time: Time
) -> None:
    ilo = person(engine, OTHER)
    good = sign_decision("gmg", "2008-1", "ilo", ilo)
    assert client.get(f"/groups/gmg/decision/{good}").status_code == 200
    for bad in (good[:-1], "x", sign_poll("gmg", "2008-1", "ilo", ilo), sign_decision("gmg", "2008-9", "ilo", ilo)):
        assert client.get(f"/groups/gmg/decision/{bad}").status_code == 404
    for other in (sign_decision("gmg", "2008-1", "iom", ilo), sign_decision("gmg", "2008-1", "ilo", "nobody")):
        assert client.post(f"/groups/gmg/decision/{other}", data={"round": 1, "choice": "endorse"}).status_code == 410
    time.at = at(ENDS)
    late = client.post(f"/groups/gmg/decision/{good}", data={"round": 1, "choice": "object", "reason": "No."})
    assert (late.status_code, "This decision is adopted" in late.text) == (200, True)
    put(engine, with_member(changed, gmg, ilo={"left": date(2008, 6, 2)}))
    time.at = at("2008-06-02T08:00")
    assert client.get(f"/groups/gmg/decision/{good}").status_code == 410


def test_a_quiet_group_owes_nothing_for_what_is_long_over(
    opened: None, time: Time, engine: Engine, mails: Mails
) -> None:
    time.at = at("2008-06-02T08:00")
    plan(engine)
    before = len(mails(subject=ABOUT))
    time.at += timedelta(days=40)
    plan(engine)
    with reading(engine) as session:
        rows = session.exec(select(DeliveryRow).where(col(DeliveryRow.subject).startswith(ABOUT))).all()
    assert len(rows) == before


def test_who_chairs_now_is_told_of_an_objection(
    send: Send, token: Tokens, time: Time, engine: Engine, mails: Mails
) -> None:
    iom = {"Authorization": f"Bearer {token('gmg@iom.example')}"}
    time.at = at("2008-06-25T12:00")
    send("/decisions", etag="", **decision(until="2008-07-10"))
    time.at = at("2008-07-02T08:00")
    send(ANSWER, iom, member="iom", answer="change", reason="Shorter.", round=1)
    plan(engine)
    wish = [mail for mail in mails(subject=ABOUT) if "wants a change" in mail["Subject"]]
    assert [mail["To"].addresses[0].addr_spec for mail in wish] == ["gmg@unhcr.example"]

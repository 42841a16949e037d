"""Answerability: who was told what, when, by which channel, what came back; and sending again what did not go out."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.audit import AuditRow
from service.database import reading, writing
from service.events import Event
from service.groups import commands as groups
from service.groups.tables import PersonRow
from service.notifications.channels.files import Files
from service.notifications.channels.smtp import Smtp
from service.notifications.handovers.tables import AcknowledgementRow, BoundaryRow
from service.notifications.mailing.tables import MailboxRow
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.showing import hide
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.signing import mail_link
from service.scheduler import plan
from tests.access.conftest import Decide, Tokens, decide, secretariat, token  # noqa: F401 - fixtures
from tests.access.signing import HTML, another_browser, sign_in
from tests.conftest import Time
from tests.meetings.conftest import (  # noqa: F401 - fixtures
    BASE,
    CHAIR,
    FIRST,
    OTHER,
    Send,
    at,
    chair,
    member,
    send,
    settle,
)
from tests.notifications.sink import running

HOME = "http://127.0.0.1:8000"
PAGE = "/groups/gmg/outbox"
Headers = dict[str, str]
Again = Callable[..., Any]


@pytest.fixture
def told(client: TestClient, engine: Engine, send: Send, settle: Callable[[], None], tmp_path: Path) -> str:
    """A meeting that was called and told; the id of the event that tells of it."""
    assert send(f"/meetings/{FIRST}/call").status_code == 200
    settle()
    files = Files(tmp_path / "mail")
    Dispatcher(engine, lambda *_: files, 90).run()
    with reading(engine) as session:
        return session.exec(select(Event.id).where(Event.kind == "meeting.told", Event.subject == FIRST)).one()


@pytest.fixture
def again(client: TestClient, chair: Headers) -> Again:
    """Asks to send a delivery again, by default as the chair."""
    keys = count(1)

    def post(id_: str, headers: Headers | None = None, **body: object) -> Any:
        known = (headers or chair) | {"Idempotency-Key": f"again-{next(keys)}"}
        return client.post(f"{BASE}/deliveries/{id_}", json=body, headers=known)

    return post


def one(engine: Engine, recipient: str = OTHER, **values: object) -> str:
    """The id of a delivery to somebody, changed to be as a test needs it."""
    with writing(engine) as session:
        row = session.exec(
            select(DeliveryRow).where(DeliveryRow.recipient == recipient, DeliveryRow.subject == f"meeting-{FIRST}")
        ).one()
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        return row.id


def get(client: TestClient, headers: Headers, path: str, **query: Any) -> Any:
    answer = client.get(f"{BASE}{path}", params={k: v for k, v in query.items() if v is not None}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_who_was_told_of_a_meeting_and_what_they_answered(
    client: TestClient, told: str, send: Send, member: Headers, chair: Headers
) -> None:
    answered = send(f"/meetings/{FIRST}/respond", member, etag="", member="ilo", answer="accepted", sequence=1)
    assert answered.status_code == 200, answered.text
    found = get(client, chair, f"/events/{told}/deliveries")
    assert (found["event"]["kind"], found["event"]["subject"]) == ("meeting.told", FIRST)
    by_mailbox = {line["recipient"]: line for line in found["deliveries"]}
    ilo, wb = by_mailbox[OTHER], by_mailbox["gmg@wb.example"]
    assert (ilo["state"], ilo["channel"], ilo["name"]) == ("accepted", "mail", "GMG focal point of ILO")
    assert ilo["accepted_at"].startswith("2008-05-15T")
    assert ilo["answer"].endswith(".eml"), "what the other side said"
    assert ilo["asked"] == wb["asked"] == "attendance"
    assert [(a["member"], a["answer"]) for a in ilo["answers"]] == [("ilo", "accepted")]
    assert wb["answers"] == []


def test_what_a_coming_chair_and_the_members_answered(
    client: TestClient, engine: Engine, send: Send, secretariat: Headers, decide: Decide, member: Headers, time: Time
) -> None:
    text = {"operative": "adopted", "title": "A decision", "text": "The group agrees."}
    assert send("/decisions", etag="", until="2008-06-20", **text).status_code == 201
    time.at = at("2008-06-05T12:00")
    plan(engine)
    with reading(engine) as session:
        ids = dict(session.exec(select(Event.kind, Event.id).where(col(Event.kind).in_(("chair.asked",)))).all())
        opened = session.exec(select(Event.id).where(Event.kind == "decision.opened")).one()
    asked = get(client, secretariat, f"/events/{ids['chair.asked']}/deliveries")["deliveries"]
    assert {line["asked"] for line in asked} == {"chair"}
    assert all(line["answers"] == [] for line in asked)
    assert decide(accept="unhcr", term="2008-07-01").status_code == 201
    said = send("/decisions/2008-1/answer", member, etag="", member="ilo", answer="endorse", round=1)
    assert said.status_code == 200, said.text
    asked = get(client, secretariat, f"/events/{ids['chair.asked']}/deliveries")["deliveries"]
    assert {tuple((a["member"], a["answer"]) for a in line["answers"]) for line in asked} == {(("unhcr", "accepted"),)}
    lines = {line["recipient"]: line for line in get(client, secretariat, f"/events/{opened}/deliveries")["deliveries"]}
    assert [a["answer"] for a in lines[OTHER]["answers"]] == ["endorse"]
    assert lines["gmg@wb.example"]["asked"] == "decision"
    assert lines["gmg@wb.example"]["answers"] == []


def test_who_has_seen_that_a_turn_is_theirs(client: TestClient, engine: Engine, chair: Headers, time: Time) -> None:
    time.at = at("2008-06-02T12:00")
    plan(engine)
    with writing(engine) as session:
        row = session.exec(
            select(DeliveryRow)
            .join(Event, col(Event.id) == col(DeliveryRow.event_id))
            .where(Event.kind == "handover.reminder", DeliveryRow.recipient == "gmg@unhcr.example")
        ).one()
        boundary = session.get(BoundaryRow, ("gmg", row.subject))
        assert boundary is not None
        assert boundary.incoming == ["unhcr"]
        event, key, revision, person = row.event_id, row.subject or "", row.revision, row.person_id
    lines = {x["recipient"]: x for x in get(client, chair, f"/events/{event}/deliveries")["deliveries"]}
    assert lines["gmg@unhcr.example"]["asked"] == "acknowledgement"
    assert lines["gmg@unhcr.example"]["answers"] == []
    assert lines[OTHER]["asked"] is None, "who does not chair next is asked nothing"
    with writing(engine) as session:
        session.add(
            AcknowledgementRow(
                group_id="gmg", key=key, revision=revision, person_id=person, organization="unhcr", way="link",
                at=time.at,
            )
        )  # fmt: skip
    lines = {x["recipient"]: x for x in get(client, chair, f"/events/{event}/deliveries")["deliveries"]}
    assert [a["answer"] for a in lines["gmg@unhcr.example"]["answers"]] == ["seen"]


def test_a_list_by_state_kind_reader_subject_and_event_page_by_page(
    client: TestClient, engine: Engine, told: str, chair: Headers
) -> None:
    failed = one(engine, state="failed", answer="550 no such user")
    everything = get(client, chair, "/deliveries", limit=200)["deliveries"]
    assert [x["created_at"] for x in everything] == sorted((x["created_at"] for x in everything), reverse=True)
    assert [x["id"] for x in get(client, chair, "/deliveries", state="failed")["deliveries"]] == [failed]
    mine = [x["id"] for x in everything if x["recipient"] == OTHER]
    assert [x["id"] for x in get(client, chair, "/deliveries", recipient=OTHER.upper())["deliveries"]] == mine
    of_it = [x["id"] for x in everything if x["event"] == told]
    assert [x["id"] for x in get(client, chair, "/deliveries", event=told, limit=200)["deliveries"]] == of_it
    assert [x["id"] for x in get(client, chair, "/deliveries", kind="meeting.told", limit=200)["deliveries"]] == of_it
    subject = get(client, chair, "/deliveries", subject=f"meeting-{FIRST}", limit=200)["deliveries"]
    assert {x["id"] for x in subject} >= set(of_it)
    seen: list[str] = []
    after = None
    while True:
        page = get(client, chair, "/deliveries", limit=7, after=after)
        seen += [x["id"] for x in page["deliveries"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [x["id"] for x in everything]
    other = get(client, chair, "/deliveries", limit=7)["next"]
    refused = client.get(f"{BASE}/deliveries", params={"after": other, "state": "failed"}, headers=chair)
    assert (refused.status_code, refused.json()["type"]) == (400, "/problems/invalid-cursor")
    assert client.get(f"{BASE}/deliveries?state=lost", headers=chair).status_code == 422
    assert client.get(f"{BASE}/deliveries/none", headers=chair).status_code == 404
    assert client.get(f"{BASE}/events/none/deliveries", headers=chair).status_code == 404


def test_members_see_what_was_sent_to_them_and_nothing_else(
    client: TestClient, engine: Engine, told: str, member: Headers, secretariat: Headers
) -> None:
    ids = one(engine)
    for path in ("/deliveries", f"/deliveries/{ids}", f"/events/{told}/deliveries", "/deliveries/forecast"):
        assert client.get(f"{BASE}{path}", headers=member).status_code == 403, path
    mine = get(client, member, "/me/deliveries")["deliveries"]
    assert mine
    assert {line["recipient"] for line in mine} == {OTHER}
    assert get(client, secretariat, "/me/deliveries")["deliveries"] == [], "the secretariat itself is nobody"
    stands_in = one(engine, recipient="gmg@wb.example", address=OTHER)
    assert stands_in in [line["id"] for line in get(client, member, "/me/deliveries")["deliveries"]]


def test_the_text_is_shown_without_the_links_that_let_somebody_in(
    client: TestClient, engine: Engine, told: str, chair: Headers
) -> None:
    id_ = one(engine)
    with reading(engine) as session:
        row = session.get(DeliveryRow, id_)
        assert row is not None
        link = re.search(rb"/rsvp/(\S{20,70})", row.body)
    assert link is not None, "the mail itself has the link"
    whole = get(client, chair, f"/deliveries/{id_}")
    assert "GMG focal point of ILO" in whole["text"]
    assert "\r" not in whole["text"]
    assert f"{HOME}/groups/gmg/rsvp/***" in whole["text"]
    assert link.group(1).decode().rstrip("=")[:20] not in whole["text"]
    assert whole["message_id"].startswith(f"<{id_}@")
    assert [file["name"] for file in whole["files"]] == ["invite.ics"]


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("/groups/gmg/rsvp/WyJnbWciLCJ4Il0.abcdefghijk", "/groups/gmg/rsvp/***"),
        ("/groups/gmg/sign-in/short", "/groups/gmg/sign-in/***"),
        ("/groups/gmg/anything-new/WyJnbWciLCJ4Il0.abcdefgh", "/groups/gmg/anything-new/***"),
        ("/calendars/p/feed_abcdefghijklmnopqrstuvwxyzabc/gmg.ics", "/calendars/p/***/gmg.ics"),
        ("/groups/gmg/me?key=abc#there", "/groups/gmg/me?***#***"),
        ("/groups/gmg/handovers/turn-6", "/groups/gmg/handovers/turn-6"),
        (
            "/api/v1/groups/gmg/meetings/working-level-2008-06-26",
            "/api/v1/groups/gmg/meetings/working-level-2008-06-26",
        ),
    ],
)
def test_what_of_a_link_is_shown(link: str, shown: str) -> None:
    assert hide(f"Look: {HOME}{link}\nGo.", HOME) == f"Look: {HOME}{shown}\nGo."
    elsewhere = link.startswith(("/groups/", "/calendars/"))
    moved = hide(f"<https://old.example{link}>", HOME)
    assert moved == (f"<https://old.example{shown}>" if elsewhere else f"<https://old.example{link}>")


def test_a_link_elsewhere_stays() -> None:
    text = "Join: https://video.example/j/8374837483?pwd=Abcdefghijklmnopqrstuvwx"
    assert hide(text, HOME) == text


def test_a_mail_to_sign_in_is_never_shown_nor_sent_again(
    client: TestClient, engine: Engine, chair: Headers, again: Again
) -> None:
    with writing(engine) as session:
        mail_link(session, "gmg", OTHER, browser="b" * 43, next_="/")
    (line,) = get(client, chair, "/deliveries", kind="sign-in.asked")["deliveries"]
    whole = get(client, chair, f"/deliveries/{line['id']}")
    assert whole["text"] is None
    assert "sign-in/" not in client.get(f"{BASE}/deliveries/{line['id']}", headers=chair).text
    with writing(engine) as session:
        row = session.get(DeliveryRow, line["id"])
        assert row is not None
        row.state = "failed"
    refused = again(f"{line['id']}/send-again")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/ask-for-a-new-link")


@pytest.mark.parametrize("state", ["failed", "held", "expired"])
def test_what_is_sent_again_is_the_same_message(
    client: TestClient, engine: Engine, told: str, again: Again, time: Time, chair: Headers, state: str
) -> None:
    late = state == "expired"
    id_ = one(engine, state=state, accepted_at=None, attempts=7, answer="450 later")
    if late:
        one(engine, not_after=time.at - timedelta(hours=1))
    with writing(engine) as session:
        groups.confirm(session, "gmg")
        row = session.get(DeliveryRow, id_)
        assert row is not None
        hash_, message_id = row.body_hash, row.message_id
    until = (time.at + timedelta(days=2)).isoformat()
    if late:
        refused = again(f"{id_}/send-again")
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/last-instant-needed")
        for wrong in (time.at + timedelta(days=7, seconds=1), time.at - timedelta(seconds=1)):
            assert again(f"{id_}/send-again", until=wrong.isoformat()).status_code == 422
    answer = again(f"{id_}/send-again", **({"until": until} if late else {}))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["attempts"]) == ("pending", 0)
    twice = again(f"{id_}/send-again")
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/delivery-is-pending")
    with running() as sink:
        smtp = Smtp(f"smtp://127.0.0.1:{sink.port}", "gmg@sender.example", 5)
        Dispatcher(engine, lambda *_: smtp, 90).run()
        smtp.close()
    assert [(mid, digest) for mid, digest, to in sink.accepted if to == OTHER] == [(message_id, hash_)]
    with reading(engine) as session:
        (entry,) = session.exec(select(AuditRow).where(AuditRow.what == "delivery", AuditRow.key == id_)).all()
        assert (entry.before, entry.after, entry.authority) == ({"state": state}, {"state": "pending"}, "chair")
        event = session.exec(select(Event).where(Event.kind == "delivery.sent-again")).one()
        assert (event.subject, event.data) == (id_, {"was": state})


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("accepted", "delivery-was-accepted"),
        ("superseded", "delivery-was-superseded"),
        ("pending", "delivery-is-pending"),
        ("sending", "delivery-is-sending"),
        ("gathered", "delivery-is-gathered"),
        ("merged", "delivery-is-merged"),
        ("declined", "delivery-is-declined"),
    ],
)
def test_what_is_not_sent_again(engine: Engine, told: str, again: Again, state: str, says: str) -> None:
    id_ = one(engine, state=state)
    refused = again(f"{id_}/send-again")
    assert (refused.status_code, refused.json()["type"]) == (409, f"/problems/{says}")
    assert one(engine, state=state) == id_


def test_a_superseded_one_names_what_took_its_place(
    engine: Engine, told: str, again: Again, send: Send, settle: Callable[[], None]
) -> None:
    id_ = one(engine, state="superseded", accepted_at=None)
    assert "no longer so" in again(f"{id_}/send-again").json()["detail"]
    assert send(f"/meetings/{FIRST}/move", at="16:00").status_code == 200
    settle()
    refused = again(f"{id_}/send-again").json()
    with reading(engine) as session:
        newer = session.get(DeliveryRow, refused["superseded_by"])
    assert newer is not None
    assert (newer.recipient, newer.subject) == (OTHER, f"meeting-{FIRST}")
    assert newer.id in refused["detail"]


def test_a_message_that_could_not_be_made_or_whose_mailbox_is_paused(
    engine: Engine, told: str, again: Again, time: Time
) -> None:
    id_ = one(engine, state="held", accepted_at=None)
    with writing(engine) as session:
        session.add(MailboxRow(group_id="gmg", address=OTHER, bounces=3, paused_at=time.at))
    assert again(f"{id_}/send-again").json()["type"] == "/problems/mailbox-is-paused"
    with writing(engine) as session:
        mailbox = session.get(MailboxRow, ("gmg", OTHER))
        session.delete(mailbox)
    one(engine, state="failed", body=b"")
    assert again(f"{id_}/send-again").json()["type"] == "/problems/nothing-to-send"


def test_only_the_chair_and_the_secretariat_send_again(
    client: TestClient, engine: Engine, told: str, again: Again, member: Headers, secretariat: Headers, token: Tokens
) -> None:
    id_ = one(engine, state="failed", accepted_at=None)
    assert again(f"{id_}/send-again", member).status_code == 403
    assert again("release", member, since="2008-05-01T00:00:00Z").status_code == 403
    narrow = {"Authorization": f"Bearer {token(CHAIR, scope='meetings')}"}
    assert again(f"{id_}/send-again", narrow).json()["type"] == "/problems/scope-missing"
    assert again(f"{id_}/send-again", secretariat).status_code == 200


def test_what_is_held_is_let_go_since_an_instant(
    client: TestClient, engine: Engine, told: str, again: Again, time: Time
) -> None:
    made = time.at
    held = one(engine, state="held", accepted_at=None)
    old = one(engine, "gmg@wb.example", state="held", accepted_at=None, created_at=made - timedelta(days=3))
    late = one(engine, "gmg@iom.example", state="held", accepted_at=None, not_after=made - timedelta(hours=1))
    paused = one(engine, "gmg@unicef.example", state="held", accepted_at=None)
    with writing(engine) as session:
        session.add(MailboxRow(group_id="gmg", address="gmg@unicef.example", bounces=3, paused_at=made))
    since = (made - timedelta(days=1)).isoformat()
    answer = again("release", since=since)
    assert answer.json() == {"released": 1, "expired": 1, "paused": 1}
    with reading(engine) as session:
        states = {id_: row.state for id_ in (held, old, late, paused) if (row := session.get(DeliveryRow, id_))}
    assert states == {held: "pending", old: "held", late: "expired", paused: "held"}
    assert again("release", since="yesterday").status_code == 422
    assert again("release").status_code == 422


def test_pages_lead_to_the_sign_in_and_are_for_chair_and_secretariat(
    client: TestClient, engine: Engine, told: str
) -> None:
    id_ = one(engine, state="failed", accepted_at=None, answer="550 no such user")
    pages = (PAGE, f"{PAGE}/{id_}", f"/groups/gmg/events/{told}/told", f"{PAGE}/forecast")
    for address in pages:
        led = client.get(address, headers=HTML, follow_redirects=False)
        assert (led.status_code, led.headers["location"]) == (303, f"/groups/gmg/sign-in?next={address}")
        assert client.get(address).status_code == 401
    sign_in(client, engine, OTHER)
    for address in pages:
        assert client.get(address, headers=HTML).status_code == 403, address
    for address in (f"{PAGE}/{id_}/send-again", f"{PAGE}/release"):
        assert client.post(address, headers=HTML).status_code == 403
        foreign = client.post(address, headers=HTML | {"Sec-Fetch-Site": "cross-site"})
        assert foreign.status_code == 403
        assert "not sent by a page of this service" in foreign.text


def test_the_chair_looks_and_sends_again_on_the_page(client: TestClient, engine: Engine, told: str, time: Time) -> None:
    id_ = one(engine, state="expired", accepted_at=None, answer="450 later", not_after=time.at - timedelta(hours=1))
    browser = another_browser(client)
    sign_in(browser, engine, CHAIR)
    assert 'href="/groups/gmg/outbox"' in browser.get("/groups/gmg/desk").text
    shown = browser.get(PAGE).text
    assert shown.index("Needs a hand") < shown.index("newest first")
    assert "450 later" in shown
    assert "GMG focal point of ILO" in shown
    assert browser.get(PAGE, params={"state": "expired"}).text.count("Send again</button>") == 1
    assert "Nothing here" in browser.get(PAGE, params={"to": "nobody@iom.example"}).text
    whole = browser.get(f"{PAGE}/{id_}").text
    assert "/rsvp/***" in whole
    refused = browser.post(f"{PAGE}/{id_}/send-again", headers=HTML)
    assert refused.status_code == 422
    assert "Its last instant has passed" in refused.text
    done = browser.post(f"{PAGE}/{id_}/send-again", data={"days": "3"}, headers=HTML)
    assert done.status_code == 200
    assert "Waiting" in done.text
    again = browser.post(f"{PAGE}/{id_}/send-again", headers=HTML)
    assert (again.status_code, "It waits to be sent already" in again.text) == (409, True)
    assert "asked whether they come" in browser.get(f"/groups/gmg/events/{told}/told").text.lower()
    one(engine, state="held")
    assert "Let go all that is held back" in browser.get(PAGE).text
    browser.post(f"{PAGE}/release", headers=HTML)
    with reading(engine) as session:
        row = session.get(DeliveryRow, id_)
        assert row is not None
        assert row.state == "pending"
        assert session.exec(select(PersonRow).where(PersonRow.email == CHAIR)).one().name in {
            entry.name for entry in session.exec(select(AuditRow).where(AuditRow.what == "delivery"))
        }


def test_pages_take_older_ones_page_by_page(client: TestClient, engine: Engine, told: str, time: Time) -> None:
    time.at = at("2008-06-25T12:00")
    plan(engine)
    browser = another_browser(client)
    sign_in(browser, engine, CHAIR)
    first = browser.get(PAGE).text
    older = re.search(r'href="(\?[^"]*after=[^"]*)">Older', first)
    assert older is not None
    second = browser.get(PAGE + older.group(1).replace("&amp;", "&"))
    assert second.status_code == 200
    links = [set(re.findall(r'/outbox/([0-9a-f-]{36})"', text)) for text in (first, second.text)]
    assert links[0] & links[1] == set()
    assert browser.get(PAGE, params={"after": "wrong"}).status_code == 400

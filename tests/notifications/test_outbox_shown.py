"""What the outbox shows and to whom: lists page by page, to members their own, and texts without the links in them."""

import re

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.database import reading
from service.notifications.outbox.showing import hide
from service.notifications.outbox.tables import DeliveryRow
from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, FIRST, OTHER, chair, member, send, settle  # noqa: F401 - fixtures
from tests.notifications.deliveries import Headers, get, one, told  # noqa: F401 - fixtures

HOME = "http://127.0.0.1:8000"


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

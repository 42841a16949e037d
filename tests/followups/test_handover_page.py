"""The page of a handover: for whoever is signed in, with what they may do there and nothing else."""

import re

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.scheduler import plan
from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.access.signing import HTML, another_browser, sign_in
from tests.conftest import Time
from tests.meetings.conftest import CHAIR, NEXT_CHAIR, OTHER, Send, at, chair, send  # noqa: F401

PAGE = "/groups/gmg/handovers/turn-6"


@pytest.fixture
def june(time: Time) -> None:
    time.at = at("2008-06-10T08:00")


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found.group(1)


def test_nobody_sees_it_without_signing_in(client: TestClient, june: None) -> None:
    asked = client.get(PAGE, headers=HTML, follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, f"/groups/gmg/sign-in?next={PAGE}")
    assert client.get(PAGE).status_code == 401
    for path in ("/dossier.pdf", "/dossier.md"):
        assert client.get(PAGE + path).status_code == 401
    for verb in ("/fill", "/confirm"):
        assert client.post(PAGE + verb, data={}).status_code == 401


def test_a_member_reads_and_is_offered_nothing_to_do(client: TestClient, engine: Engine, june: None) -> None:
    sign_in(client, engine, OTHER)
    page = client.get(PAGE, headers=HTML)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "UNFPA to UNHCR" in page.text
    assert "A preview of Tuesday, 10 June 2008, 10:00 (Europe/Zurich)" in page.text
    assert "<form method" not in page.text
    assert client.get(f"{PAGE}/dossier.pdf").content.startswith(b"%PDF-")
    assert client.get(f"{PAGE}/dossier.md").text.startswith("# Handover of the chair from UNFPA to UNHCR\n")
    assert client.get(f"{PAGE}/dossier.doc").status_code == 422
    assert client.get("/groups/gmg/handovers/turn-999", headers=HTML).status_code == 404
    assert client.post(f"{PAGE}/confirm", data={"side": "incoming", "member": "unhcr"}).status_code == 403


def test_both_sides_do_it_all_on_the_page(client: TestClient, engine: Engine, time: Time, june: None) -> None:
    sign_in(client, engine, CHAIR)
    page = client.get(PAGE, headers=HTML).text
    assert "Confirm for UNFPA (outgoing)" in page
    assert "Confirm for UNHCR" not in page
    filled = {"version": version(page), "text-files": "<b>All</b> there.", "done-files": "on", "text-contacts": ""}
    assert client.post(f"{PAGE}/fill", data=filled, follow_redirects=False).status_code == 303
    stale = client.post(f"{PAGE}/fill", data=filled | {"text-files": "Mine."}, headers=HTML)
    assert stale.status_code == 412
    assert "Somebody has changed this since you opened it" in stale.text
    assert "Mine." in stale.text
    page = client.get(PAGE, headers=HTML).text
    assert "&lt;b&gt;All&lt;/b&gt; there." in page
    assert "<b>All" not in page
    said = {"version": version(page), "side": "outgoing", "member": "unfpa"}
    assert client.post(f"{PAGE}/confirm", data=said, follow_redirects=False).status_code == 303
    coming = another_browser(client)
    time.at = at("2008-06-11T08:00")
    sign_in(coming, engine, NEXT_CHAIR)
    page = coming.get(PAGE, headers=HTML).text
    said = {"version": version(page), "side": "incoming", "member": "unhcr", "reservations": "No budget."}
    assert coming.post(f"{PAGE}/confirm", data=said, follow_redirects=False).status_code == 303
    page = coming.get(PAGE, headers=HTML).text
    assert "Both sides have confirmed." in page
    assert "No budget." in page
    assert "<form method" not in page
    time.at = at("2008-07-01T08:00")
    plan(engine)
    sign_in(coming, engine, NEXT_CHAIR)
    assert "Number 1, frozen on Tuesday, 1 July 2008, 10:00 (Europe/Zurich)." in coming.get(PAGE, headers=HTML).text


def test_what_cannot_be_taken_is_said_on_the_page(client: TestClient, engine: Engine, june: None) -> None:
    sign_in(client, engine, CHAIR)
    seen = version(client.get(PAGE, headers=HTML).text)
    wrong = client.post(f"{PAGE}/fill", data={"version": seen, "text-files": "a\x07b"}, headers=HTML)
    assert (wrong.status_code, 'role="alert"' in wrong.text) == (422, True)
    for data in ({"version": "no"}, {"version": seen}, {"version": seen, "side": "both", "member": "unfpa"}):
        assert client.post(f"{PAGE}/confirm", data=data, headers=HTML).status_code == 422
    foreign = client.post(
        f"{PAGE}/fill", data={"version": seen, "text-files": "x"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 403


def test_a_withdrawn_handover_is_still_to_be_read(
    client: TestClient, engine: Engine, send: Send, secretariat: dict[str, str], june: None
) -> None:  # fmt: skip
    answers = [{"heading": "files", "text": "All there."}]
    assert send("/handovers/turn-6/fill", answers=answers).status_code == 200
    assert send("/chair-decisions", secretariat, etag="", appoint="unfpa", term="2008-07-01").status_code == 201
    sign_in(client, engine, OTHER)
    page = client.get(PAGE, headers=HTML)
    assert page.status_code == 200
    assert "the chair does not pass here any more" in page.text

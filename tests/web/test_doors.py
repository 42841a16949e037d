"""The doors on both databases: API, feeds and page agree, and bad input gets a clear problem."""

import gzip
from datetime import UTC, date, datetime, timedelta

import pytest
import structlog
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.scheduler import plan
from tests.conftest import Changed, Time, events_of, put

CHAIR = "/api/v1/groups/gmg/chair"
FEED = "/calendars/gmg/chair.ics"


def test_api_feed_and_page_agree_on_the_chair(client: TestClient) -> None:
    answer = client.get(CHAIR).json()
    assert answer["term"]["chair"] == ["unfpa"]
    assert (answer["term"]["start"], answer["term"]["end"]) == ("2008-01-01", "2008-07-01")
    assert answer["term"]["status"] == "recorded"
    assert answer["heads"] == {"unfpa": {"title": "Executive Director", "name": None, "acting": False}}
    assert answer["next"]["chair"] == ["unhcr"]
    assert answer["next"]["why"][-1] == "By rule, not on record."
    running = [
        e for e in events_of(client.get(FEED).content) if e.start == date(2008, 1, 1) and "chairs" in e["SUMMARY"]
    ]
    assert [(e["SUMMARY"], e.end, e["STATUS"]) for e in running] == [
        ("UNFPA chairs GMG", date(2008, 7, 1), "CONFIRMED")
    ]
    page = client.get("/groups/gmg").text
    assert '<p class="statement">UNFPA</p>' in page
    assert "by rule, not on record" in page


@pytest.mark.parametrize(
    ("at", "chair"),
    [
        ("2008-06-30T21:59:59Z", ["unfpa"]),
        ("2008-06-30T22:00:00Z", ["unhcr"]),
        ("2008-07-01", ["unhcr"]),
        ("2008-06-30", ["unfpa"]),
        ("2008-06-30T18:00:00-04:00", ["unhcr"]),
    ],
)
def test_the_chair_changes_at_midnight_in_the_groups_zone(client: TestClient, at: str, chair: list[str]) -> None:
    assert client.get(CHAIR, params={"at": at}).json()["term"]["chair"] == chair


def test_the_inner_seat_is_told(client: TestClient) -> None:
    assert client.get(CHAIR, params={"at": "2009-07-31"}).json()["seats"] == {}
    assert client.get(CHAIR, params={"at": "2010-07-31"}).json()["seats"]["unrc"]["id"] == "ece"
    assert client.get(CHAIR, params={"at": "2010-08-01"}).json()["seats"]["unrc"]["id"] == "eca"


def test_terms_members_and_fairness(client: TestClient) -> None:
    terms = client.get("/api/v1/groups/gmg/terms", params={"from": "2008-06-30", "until": "2009-01-01"}).json()
    assert [term["chair"] for term in terms] == [["unfpa"], ["unhcr"]]
    assert len(client.get("/api/v1/groups/gmg/members").json()) == 14
    shares = {share["member"]: share for share in client.get("/api/v1/groups/gmg/fairness").json()}
    assert shares["iom"]["turns"] == 1
    assert shares["unhcr"]["next"] == "2008-07-01"
    assert all(share["next"] for share in shares.values()), "each member sees its next turn"


def test_a_feed_is_what_clients_need(client: TestClient) -> None:
    answer = client.get(FEED, headers={"accept-encoding": "identity"})
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    assert b"METHOD" not in answer.content
    found = events_of(answer.content)
    assert len({str(event["UID"]) for event in found}) == len(found)
    coming = [event for event in found if event.start == date(2008, 7, 1)]
    assert coming[0]["STATUS"] == "TENTATIVE"
    assert coming[0]["TRANSP"] == "TRANSPARENT"
    assert "By rule, not on record." in coming[0]["DESCRIPTION"]
    handover = [event for event in found if "passes from UNFPA to UNHCR" in event["SUMMARY"]]
    assert handover[0].start.astimezone(UTC) == datetime(2008, 6, 30, 22, tzinfo=UTC)
    assert handover[0].walk("VALARM")


def test_validators(client: TestClient) -> None:
    plain = client.get(FEED, headers={"accept-encoding": "identity"})
    packed = client.get(FEED, headers={"accept-encoding": "gzip"})
    assert plain.content == packed.content
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.headers["etag"] != packed.headers["etag"]
    for etag in (plain.headers["etag"], f'"x", {plain.headers["etag"]}', "*", f"W/{plain.headers['etag']}"):
        answer = client.get(FEED, headers={"accept-encoding": "identity", "if-none-match": etag})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == plain.headers["etag"]
    head = client.head(FEED, headers={"accept-encoding": "identity"})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == plain.headers["content-length"]
    assert gzip.compress(plain.content, 6, mtime=0) != plain.content


def test_bytes_stand_still_until_something_changes(
    client: TestClient, engine: Engine, time: Time, changed: Changed
) -> None:
    before = client.get(FEED)
    time.at += timedelta(hours=3)
    assert client.get(FEED).headers["etag"] == before.headers["etag"]
    extend = {"id": "d1", "extend": date(2008, 1, 1), "until": date(2008, 9, 1), "taken": date(2008, 5, 15)}
    put(engine, changed(decisions=[extend]))
    after = client.get(FEED)
    assert after.headers["etag"] != before.headers["etag"]
    old, new = ({str(e["UID"]): e for e in events_of(answer.content)} for answer in (before, after))
    moved = next(uid for uid, event in old.items() if event["SUMMARY"] == "UNHCR chairs GMG")
    assert new[moved].start == date(2008, 9, 1)
    assert new[moved]["SEQUENCE"] == old[moved]["SEQUENCE"] + 1
    assert time.at.replace(microsecond=0) == new[moved].DTSTAMP


def test_a_status_that_changes_raises_sequence_and_a_turn_keeps_its_uid(
    client: TestClient, engine: Engine, changed: Changed
) -> None:
    before = {str(e["UID"]): e for e in events_of(client.get(FEED).content)}
    accept = {"id": "d1", "accept": "unhcr", "term": date(2008, 7, 1), "taken": date(2008, 5, 15)}
    put(engine, changed(decisions=[accept]))
    after = {str(e["UID"]): e for e in events_of(client.get(FEED).content)}
    assert before.keys() == after.keys()
    differing = {uid for uid in after if after[uid].to_ical() != before[uid].to_ical()}
    assert {after[uid]["STATUS"] for uid in differing} == {"CONFIRMED"}
    assert {int(after[uid]["SEQUENCE"]) for uid in differing} == {1}
    assert len(differing) == 2, "the term and its handover"


def test_an_entry_that_is_gone_stays_as_cancelled_until_its_day_has_passed(
    client: TestClient, engine: Engine, time: Time, changed: Changed
) -> None:
    vacancy = {"id": "d1", "vacant": date(2008, 7, 1), "until": date(2008, 9, 1), "taken": date(2008, 5, 15)}
    put(engine, changed(decisions=[vacancy]))
    put(engine, changed())
    gone = [e for e in events_of(client.get(FEED).content) if e["STATUS"] == "CANCELLED"]
    assert {e["SUMMARY"] for e in gone} == {
        "GMG: chair vacant",
        "GMG: the chair of UNFPA ends\\, nobody follows yet".replace("\\,", ","),
    }
    assert all(e["SEQUENCE"] == 1 for e in gone)
    time.at = datetime(2008, 9, 2, tzinfo=UTC)
    assert not [e for e in events_of(client.get(FEED).content) if e["STATUS"] == "CANCELLED"]


@pytest.mark.parametrize(
    "path", ["/api/v1/groups/nobody/chair", "/calendars/nobody.ics", "/calendars/nobody/chair.ics", "/nowhere"]
)
def test_what_is_not_here_is_a_problem(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["status"] == 404
    assert answer.json()["detail"]


def test_a_page_that_is_not_there_is_told_to_people_as_a_page(client: TestClient) -> None:
    answer = client.get("/groups/nobody", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


SCRIPTS = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'--><svg/onload=alert(1)>", "{{ 7*7 }}"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_names_with_markup_are_shown_as_text(engine: Engine, client: TestClient, changed: Changed, script: str) -> None:
    members = [member.model_dump(by_alias=True) for member in changed().members]
    members[7] |= {"short": script, "name": script, "mandate": script}
    put(engine, changed(members=members))
    page = client.get("/groups/gmg").text
    for forbidden in ("<script", "<img", "onload=alert(1)>", "49"):
        assert forbidden not in page.replace("2049", "")
    assert client.get(FEED).status_code == 200


def test_the_page_is_light_and_stands_alone(client: TestClient) -> None:
    answer = client.get("/groups/gmg")
    assert len(answer.content) < 100_000
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert client.get("/docs").status_code == 200
    assert client.get("/", follow_redirects=False).headers["location"] == "/groups/gmg"


def test_health(client: TestClient) -> None:
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_a_ledger_that_nothing_has_changed_for_decades_still_reaches_as_far_as_the_feeds(
    client: TestClient, engine: Engine, time: Time
) -> None:
    time.at = datetime(2034, 5, 15, 12, tzinfo=UTC)
    plan(engine)
    last = max(event.end for event in events_of(client.get(FEED).content) if "chairs" in event["SUMMARY"])
    assert last > date(2040, 12, 31)


def test_what_nobody_foresaw_is_a_problem_with_a_trace(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("gmg_secret")

    monkeypatch.setattr("service.rotation.api.chair_out", broken)
    with structlog.testing.capture_logs() as logs:
        answer = client.get(CHAIR)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "gmg_secret" not in answer.text
    assert next(log for log in logs if log["event"] == "unexpected")["trace"] in answer.json()["detail"]


def test_a_form_that_is_too_large_is_refused_on_a_page(client: TestClient) -> None:
    """Threat T11 for somebody who came with a browser: told in words, before a byte of it is read."""
    answer = client.post("/groups/gmg/notices", content=b"x" * 300_000, headers={"Accept": "text/html"})
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")
    assert "This is too large" in answer.text

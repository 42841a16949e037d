"""Notices: published and withdrawn by agencies, listed, gathered for a meeting, and told once a week."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.groups.charter import Charter
from service.notifications.channels.files import Files
from service.notifications.outbox.dispatch import Dispatcher
from service.scheduler import next_due, plan
from service.settings import current
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Changed, Time, put
from tests.followups.decided import with_member, with_person
from tests.mailtext import read
from tests.meetings.conftest import (  # noqa: F401 - fixtures
    BASE,
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

DIGEST = "notices"


@pytest.fixture
def publish(send: Send, member: dict[str, str]) -> Any:
    """Publishes for ILO."""

    def made(text: str = "A new survey is out.", **more: object) -> Any:
        answer = send("/notices", member, etag="", member="ilo", text=text, **{"theme": "Labour migration"} | more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return made


def deliver(engine: Engine) -> None:
    Dispatcher(engine, lambda *_: Files(current().home / "mail"), lease=60).run()


def test_members_publish_and_withdraw_their_own(
    publish: Any, send: Send, client: TestClient, member: dict[str, str], token: Tokens, secretariat: dict[str, str]
) -> None:
    made = publish(link="https://www.ilo.example/survey")
    assert (made["id"], made["by"], made["visibility"]) == ("notice-1", "GMG focal point of ILO", "members")
    for headers in (None, secretariat):
        refused = send("/notices", headers, etag="", member="ilo", theme="Any", text="Not ours.")
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-yours")
        assert send("/notices/notice-1/withdraw", headers).status_code == 403
    assert client.post(f"{BASE}/notices/notice-1/withdraw", headers=member).status_code == 428
    gone = send("/notices/notice-1/withdraw", member)
    assert (gone.status_code, gone.json()["withdrawn_at"]) == (200, "2008-05-15T12:00:00Z")
    again = send("/notices/notice-1/withdraw", member)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/notice-is-withdrawn")
    assert client.get(f"{BASE}/notices", headers=member).json()["notices"] == []
    assert client.get(f"{BASE}/notices/notice-1", headers=member).json()["withdrawn_at"] is not None
    assert publish()["id"] == "notice-2", "a number is not used again"


@pytest.mark.parametrize(
    "more",
    [
        {"text": ""},
        {"theme": " "},
        {"text": "x" * 4001},
        {"link": "http://plain.example"},
        {"link": "javascript:alert(1)"},
        {"visibility": "chair"},
        {"theme": "a\u202eb"},
        {"number": 7},
    ],
)
def test_notices_that_make_no_sense(send: Send, member: dict[str, str], more: dict[str, Any]) -> None:
    refused = send("/notices", member, etag="", **{"member": "ilo", "theme": "Any", "text": "Any."} | more)
    assert refused.status_code == 422


def test_only_a_member_of_the_day_publishes(
    send: Send, member: dict[str, str], engine: Engine, changed: Changed, gmg: Charter, token: Tokens, time: Time
) -> None:
    put(engine, with_member(changed, gmg, ilo={"left": date(2008, 5, 20)}))
    time.at = at("2008-05-19T22:00")
    refused = send("/notices", member, etag="", member="ilo", theme="Any", text="Too late.")
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/no-such-member")
    ece = {"Authorization": f"Bearer {token('gmg@ece.example')}"}
    assert send("/notices", ece, etag="", member="ece", theme="Any", text="A seat.").status_code == 422
    assert send("/notices", member, etag="", member="nobody", theme="Any", text="Any.").status_code == 404


def test_the_public_and_observers_see_what_is_meant_for_them(
    publish: Any, send: Send, client: TestClient, engine: Engine, changed: Changed, gmg: Charter, token: Tokens,
    member: dict[str, str],
) -> None:  # fmt: skip
    put(engine, with_person(changed, gmg, "guest@example.org", organization="ilo", role="observer"))
    guest = {"Authorization": f"Bearer {token('guest@example.org')}"}
    publish("For us.")
    publish("For all.", visibility="public")
    publish("For all, and taken back.", visibility="public")
    send("/notices/notice-3/withdraw", member)
    for headers in (guest, {}):
        found = client.get(f"{BASE}/notices", headers=headers).json()["notices"]
        assert [(one["text"], one["by"]) for one in found] == [("For all.", None)]
        assert client.get(f"{BASE}/notices/notice-2", headers=headers).status_code == 200
        for hidden in ("notice-1", "notice-3", "notice-9", "x", "%00", "notice-" + "9" * 30):
            assert client.get(f"{BASE}/notices/{hidden}", headers=headers).status_code == 404
    assert send("/notices", guest, etag="", member="ilo", theme="Any", text="No.").status_code == 403
    assert client.get(f"{BASE}/meetings/{FIRST}/notices", headers=guest).status_code == 403


def test_lists_by_what_is_asked_in_pages(
    publish: Any, send: Send, client: TestClient, member: dict[str, str], time: Time
) -> None:
    for number in range(5):
        publish(f"Notice {number}", theme="Data" if number % 2 else "Health")
    time.at = at("2008-05-19T22:00")
    send("/notices", etag="", member="unfpa", theme="Data", text="Later.")

    def texts(query: str) -> list[str]:
        return [one["text"] for one in client.get(f"{BASE}/notices?{query}", headers=member).json()["notices"]]

    assert texts("member=unfpa") == ["Later."]
    assert texts("theme=Data") == ["Later.", "Notice 3", "Notice 1"]
    assert texts("since=2008-05-20") == ["Later."]
    assert texts("since=2008-05-21") == []
    first = client.get(f"{BASE}/notices?limit=4&member=ilo", headers=member).json()
    assert [one["text"] for one in first["notices"]] == ["Notice 4", "Notice 3", "Notice 2", "Notice 1"]
    publish("Meanwhile.")
    second = client.get(f"{BASE}/notices?limit=4&member=ilo&after={first['next']}", headers=member).json()
    assert ([one["text"] for one in second["notices"]], second["next"]) == (["Notice 0"], None)
    for query in (f"limit=4&after={first['next']}", "after=x", "since=x", "member=%00", "theme=%00", "limit=201"):
        assert client.get(f"{BASE}/notices?{query}", headers=member).status_code in (400, 422), query


def test_a_meeting_gathers_what_came_since_the_one_before(
    publish: Any, send: Send, client: TestClient, member: dict[str, str], time: Time
) -> None:
    publish("Before the first.")
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T12:00")
    publish("While it began.")
    send(f"/meetings/{FIRST}/hold", presided_by="The Executive Director")
    time.at = at("2008-07-10T12:00")
    publish("After it, for the next.", visibility="public")
    publish("Taken back.")
    send("/notices/notice-4/withdraw", member)

    def gathered(meeting: str) -> dict[str, Any]:
        return dict(client.get(f"{BASE}/meetings/{meeting}/notices", headers=member).json())

    earlier = gathered(FIRST)
    assert ([one["text"] for one in earlier["notices"]], earlier["since"]) == (["Before the first."], None)
    later = gathered("working-level-2008-08-07")
    assert [one["text"] for one in later["notices"]] == ["After it, for the next.", "While it began."]
    assert (later["since"], later["until"]) == ("2008-06-26T12:00:00Z", "2008-08-07T12:00:00Z")
    principals = client.get(f"{BASE}/meetings/next?level=principals").json()["id"]
    assert len(gathered(principals)["notices"]) == 3, "the principals have not met yet"
    assert client.get(f"{BASE}/meetings/nowhere/notices", headers=member).status_code == 404
    page = client.get(f"{BASE}/meetings/working-level-2008-08-07/notices?limit=1", headers=member).json()
    rest = client.get(
        f"{BASE}/meetings/working-level-2008-08-07/notices?limit=1&after={page['next']}", headers=member
    ).json()
    assert ([one["text"] for one in rest["notices"]], rest["next"]) == (["While it began."], None)


def test_the_digest_goes_out_on_monday_at_nine_with_each_notice_once(
    publish: Any, time: Time, engine: Engine, mails: Mails
) -> None:
    publish("The first.", link="https://www.ilo.example/survey")
    plan(engine)
    assert mails(subject=DIGEST) == []
    time.at = at("2008-05-19T00:00")
    plan(engine)
    assert next_due(engine) == at("2008-05-19T02:00"), "nine o'clock in Bangkok"
    time.at = at("2008-05-19T06:59")
    plan(engine)
    assert mails(OTHER, subject=DIGEST) == []
    time.at = at("2008-05-19T07:00")
    publish("Just too late.")
    plan(engine)
    (told,) = mails(OTHER, subject=DIGEST)
    assert told["Subject"] == "GMG: news of the week of 19 May 2008"
    assert "- ILO, Labour migration: The first. https://www.ilo.example/survey" in read(told)
    assert "Just too late." not in read(told)
    time.at = at("2008-05-20T08:00")
    plan(engine)
    plan(engine)
    assert len(mails(subject=DIGEST)) == 19, "one to each, wherever they are"
    time.at = at("2008-05-26T14:00")
    plan(engine)
    plan(engine)
    second = mails(OTHER, subject=DIGEST)[1:]
    assert [("Just too late." in read(mail), "The first." in read(mail)) for mail in second] == [(True, False)]
    for _ in range(6):
        time.at += timedelta(days=7)
        plan(engine)
    assert len(mails(OTHER, subject=DIGEST, states=("pending", "expired"))) == 2, "nothing new, no mail"


def test_a_week_nobody_looked_is_made_up_for_once(publish: Any, time: Time, engine: Engine, mails: Mails) -> None:
    publish("The first.")
    time.at = at("2008-05-19T14:00")
    plan(engine)
    time.at = at("2008-05-20T14:00")
    publish("The second.")
    time.at = at("2008-05-28T14:00")
    publish("The third.")
    time.at = at("2008-06-04T14:00")
    plan(engine)
    last = read(mails(OTHER, subject=DIGEST)[-1])
    assert ["The first." in last, "The second." in last, "The third." in last] == [False, True, True]
    assert len(mails(OTHER, subject=DIGEST)) == 2


def test_what_is_taken_back_is_told_to_nobody_any_more(
    publish: Any, send: Send, member: dict[str, str], time: Time, engine: Engine, mails: Mails
) -> None:
    publish("The first.")
    publish("A slip.")
    time.at = at("2008-05-19T14:00")
    plan(engine)
    assert len(mails(subject=DIGEST)) == 19
    send("/notices/notice-2/withdraw", member)
    assert mails(subject=DIGEST) == []
    plan(engine)
    plan(engine)
    found = mails(subject=DIGEST)
    assert len(found) == 19
    assert all("The first." in read(mail) and "A slip." not in read(mail) for mail in found)
    send("/notices/notice-1/withdraw", member)
    plan(engine)
    assert mails(subject=DIGEST) == []


def test_what_has_gone_out_is_not_told_again_after_a_withdrawal(
    publish: Any, send: Send, member: dict[str, str], time: Time, engine: Engine, mails: Mails
) -> None:
    publish("The first.")
    publish("A slip.")
    time.at = at("2008-05-19T14:00")
    plan(engine)
    deliver(engine)
    send("/notices/notice-2/withdraw", member)
    plan(engine)
    assert mails(subject=DIGEST) == []
    assert len(mails(OTHER, subject=DIGEST, states=("accepted",))) == 1


def test_who_is_new_hears_of_the_last_weeks(
    publish: Any, engine: Engine, changed: Changed, gmg: Charter, time: Time, mails: Mails
) -> None:
    publish("Of May.")
    time.at = at("2008-06-18T12:00")
    publish("Of June.")
    put(engine, with_person(changed, gmg, "new@iom.example", organization="iom", role="focal-point"))
    time.at = at("2008-06-23T14:00")
    plan(engine)
    (told,) = mails("new@iom.example", subject=DIGEST)
    assert ("Of June." in read(told), "Of May." in read(told)) == (True, False)


def test_a_station_that_rests_on_monday_is_told_on_tuesday(
    publish: Any, engine: Engine, changed: Changed, time: Time, mails: Mails
) -> None:
    put(engine, changed(holidays={"Geneva": [{"day": date(2008, 5, 19), "name": "A holiday"}]}))
    publish()
    time.at = at("2008-05-19T14:00")
    plan(engine)
    assert len(mails("gmg@undp.example", subject=DIGEST)) == 1, "New York works"
    assert mails(OTHER, subject=DIGEST) == []
    time.at = at("2008-05-20T07:00")
    plan(engine)
    assert len(mails(OTHER, subject=DIGEST)) == 1


def test_many_at_once_are_all_told(publish: Any, time: Time, engine: Engine, mails: Mails) -> None:
    for number in range(30):
        publish(f"Notice {number}.")
    time.at = at("2008-05-19T14:00")
    plan(engine)
    (told,) = mails(OTHER, subject=DIGEST)
    assert [f"Notice {number}." in read(told) for number in range(30)] == [True] * 30

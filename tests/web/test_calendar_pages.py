"""The calendar on pages: a month, a list, ways to subscribe; the same entries as the feeds and the API."""

import re
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from service.calendars.shown import PAST
from service.language.dates import month, weekdays
from service.language.speech import speaking
from service.web.calendar.months import Month, read_month
from service.zones import day_in
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import NOTE_DAY, Time, events_of
from tests.followups.acting import Opened, opened  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, FIRST, Send, at, chair, member, send  # noqa: F401 - fixtures
from tests.web.browsing import HTML, Signs, signs, words  # noqa: F401 - fixtures

IOM, UNFPA = "gmg@iom.example", "gmg@unfpa.example"
TODAY = NOTE_DAY.date()
FEEDS = {
    "show=all": "/calendars/gmg.ics",
    "show=chair": "/calendars/gmg/chair.ics",
    "show=meetings": "/calendars/gmg/meetings.ics",
    "member=ilo": "/calendars/gmg/members/ilo.ics",
    "member=unfpa": "/calendars/gmg/members/unfpa.ics",
}


@pytest.fixture
def filled(send: Send, opened: Opened, chair: dict[str, str]) -> None:
    """Something of every kind, some of it called off, some of it nobody's business but the group's."""
    send(f"/meetings/{FIRST}/call")
    send("/meetings/working-level-2008-08-07/cancel", reason="Summer.")
    send("/external-events", etag="", title="Global <Forum>", day="2008-10-27", last="2008-10-30", place="Manila")
    opened(title="Public note", owner="unfpa", due="2008-06-10", visibility="public")
    opened(title="Inner note", owner="unfpa", due="2008-06-11")
    opened(title="Note of the chair", owner="chair", due="2008-06-12", visibility="public")
    opened(title="Of the ILO", owner="ilo", due="2008-06-13", visibility="public")
    opened(title="Without a day", owner="unfpa")


def months_of(days: tuple[date, date]) -> list[Month]:
    """The months that share a day with some days."""
    found = [Month(days[0].replace(day=1))]
    while found[-1].until < days[1]:
        found.append(found[-1].plus(1))
    return found


def on_page(html: str) -> list[str]:
    """The entries of a month's page, by what it calls them."""
    body = html[html.index('<table class="month">') : html.index("</table>")]
    items = re.findall(r'<li class="(?:term|handover|meeting|external|action)">(.*?)</li>', body, re.S)
    return [unescape(re.sub(r"\s+", " ", re.sub(r"<span class.*?</span>|<[^>]+>", "", item))).strip() for item in items]


def by_day(page: str) -> dict[str, int]:
    """How many entries stand on each day of a month's page."""
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page, re.S)
    found = {}
    for cell in cells:
        day = re.search(r'datetime="([\d-]+)"', cell)
        assert day
        count = len(re.findall(r"<li class=", cell))
        if count:
            found[day[1]] = count
    return found


def first_day(event: Any) -> date:
    """The day on which an event of a feed begins, in the group's zone."""
    start = event.decoded("DTSTART")
    return day_in(start, "Europe/Zurich") if isinstance(start, datetime) else start


@pytest.mark.parametrize("query", FEEDS)
def test_page_feed_and_api_show_the_same(filled: None, client: TestClient, query: str) -> None:
    """Each filter: every entry of the feed in its month's page and in the API, and none besides."""
    feed = {str(event["UID"]): event for event in events_of(client.get(FEEDS[query]).content)}
    span = (TODAY - PAST, TODAY + timedelta(days=300))
    asked = client.get(f"{BASE}/calendar?{query}&from={span[0]}&until={span[1]}")
    assert asked.status_code == 200, asked.text
    said = asked.json()
    assert said["feed"] == FEEDS[query]
    inside = {uid for uid, event in feed.items() if first_day(event) < span[1]}
    assert {entry["uid"] for entry in said["entries"]} == inside
    for entry in said["entries"]:
        event = feed[entry["uid"]]
        assert entry["title"] == str(event["SUMMARY"])
        assert entry["status"] == str(event["STATUS"]).lower()
        assert entry["from"] < span[1].isoformat()
        assert entry["until"] > span[0].isoformat()
    days: dict[str, int] = {}
    for entry in said["entries"]:
        days[entry["from"]] = days.get(entry["from"], 0) + 1
    shown: dict[str, int] = {}
    for one in months_of(span):
        shown |= by_day(client.get(f"/groups/gmg/calendar?{query}&month={one.text}", headers=HTML).text)
    first, until = (day.isoformat() for day in span)
    assert {day: n for day, n in shown.items() if first <= day < until} == {
        day: n for day, n in days.items() if day >= first
    }


@pytest.mark.parametrize("query", FEEDS)
def test_what_has_begun_before_stands_above_the_month(filled: None, client: TestClient, query: str) -> None:
    said = client.get(f"{BASE}/calendar?{query}&from=2008-08-01&until=2008-09-01").json()["entries"]
    begun = [one for one in said if one["from"] < "2008-08-01"]
    assert [one["title"] for one in begun] == (["UNHCR chairs GMG"] if query in ("show=all", "show=chair") else [])
    page = client.get(f"/groups/gmg/calendar?{query}&month=2008-08", headers=HTML).text
    assert ("Begun before this month" in page) == bool(begun)
    assert page.count("1 July 2008 to 31 December 2008</span>") == len(begun)


def test_ones_own_calendar_is_the_same_as_page_feed_and_json(
    filled: None, client: TestClient, signs: Signs, token: Tokens
) -> None:
    feed = events_of(TestClient(client.app).get(
        f"http://127.0.0.1:8000/calendars/p/{token(UNFPA, kind='feed')}/gmg.ics?todos=event").content)  # fmt: skip
    june = sorted(str(event["UID"]) for event in feed if str(first_day(event)).startswith("2008-06"))
    headers = {"Authorization": f"Bearer {token(UNFPA)}"}
    said = client.get(f"{BASE}/calendar?show=mine&from=2008-06-01&until=2008-07-01", headers=headers).json()
    assert sorted(one["uid"] for one in said["entries"] if one["from"] >= "2008-06-01") == june
    assert said["feed"] is None
    page = signs(UNFPA).opens("/calendar?month=2008-06")
    assert len(on_page(page)) == len(june)
    assert [title for title in on_page(page) if "ote" in title] == ["Public note", "Inner note", "Note of the chair"]
    assert client.get(f"{BASE}/calendar?show=mine").status_code == 401


def test_what_is_inside_is_not_shown_to_the_public(filled: None, signs: Signs, send: Send) -> None:
    send(f"/meetings/{FIRST}/edit", link="https://meet.example/secret")
    public = words(signs().opens("/calendar?month=2008-06"))
    assert "Working-level meeting" in public
    for private in ("New York", "Inner note", "Public note"):
        assert private not in public.replace("America/New_York", "")
    assert "Public note" in words(signs().opens("/calendar?month=2008-06&member=unfpa"))
    assert "Inner note" not in words(signs().opens("/calendar?month=2008-06&member=unfpa"))
    signs().opens("/calendar?show=mine", 303)


def test_a_month_says_what_each_entry_is(filled: None, signs: Signs) -> None:
    june = words(signs().opens("/calendar?month=2008-06"))
    assert "Begun before this month" in june
    assert "UNFPA chairs" in june
    assert "called" in june
    july = signs().opens("/calendar?month=2008-07")
    assert on_page(july)[0] == "UNHCR chairs"
    assert "until 31 December 2008, the last day" in words(july)
    assert "The chair passes from UNFPA to UNHCR" in words(july)
    august = words(signs().opens("/calendar?month=2008-08"))
    assert "cancelled" in august
    october = signs().opens("/calendar?month=2008-10")
    assert "Global &lt;Forum&gt;" in october
    assert on_page(october).count("Global <Forum>") == 1
    assert "until 30 October 2008, the last day" in words(october)


def test_the_table_has_a_caption_the_days_from_monday_and_today_in_words(signs: Signs) -> None:
    page = signs().opens("/calendar")
    assert "<caption>Everything: May 2008." in page
    assert re.findall(r'<th scope="col">(\w+)</th>', page)[:2] == ["Monday", "Tuesday"]
    assert len(re.findall("<td", page)) % 7 == 0
    assert page.count('aria-current="date"') == 1
    assert re.search(r'today" aria-current="date">.*?2008-05-15.*?<strong>today</strong>', page, re.S)
    assert 'href="/groups/gmg/calendar?show=all&amp;month=2008-06"' in page
    french = signs().opens("/calendar?month=2008-07&lang=fr")
    assert '<th scope="col">lundi</th>' in french
    assert "juillet 2008" in french


@pytest.mark.parametrize(
    "month", ["2008-13", "2008-7", "x", "1066-01", "2199-01", "9999-99", "2008-07-01", "２００８-07", "-"]
)
@pytest.mark.parametrize("page", ["/calendar", "/calendar/list"])
def test_a_month_that_is_none_is_told_so(signs: Signs, page: str, month: str) -> None:
    told = signs().opens(f"{page}?month={month}", 422)
    assert 'role="alert"' in told
    assert 'aria-invalid="true"' in told
    assert "May 2008" in told


def test_the_ends_of_the_calendar_lead_nowhere(signs: Signs) -> None:
    first = signs().opens("/calendar?month=2006-05")
    assert 'rel="prev"' not in first
    assert "2006-06" in first
    told = words(signs().opens("/calendar?month=2006-04", 422))
    bounds = re.search(r"goes from (\S+) to (\S+);", told)
    assert bounds
    last = signs().opens(f"/calendar?month={bounds[2]}")
    assert 'rel="next"' not in last


def test_filters_that_make_no_sense(signs: Signs, client: TestClient) -> None:
    signs().opens("/calendar?show=nothing", 422)
    signs().opens("/calendar?member=nobody", 404)
    signs().opens("/calendar?show=chair&member=ilo", 422)
    for query, status in (
        ("show=nothing", 422), ("member=nobody", 404), ("member=eca", 404), ("show=chair&member=ilo", 422),
        ("from=2008-01-01&until=2008-01-01", 422), ("from=2008-01-01&until=2009-06-01", 422), ("from=x", 422),
        ("until=2007-01-01", 422), ("month=2008-01", 422), ("from=2199-12-31", 200), ("from=2008-01-01", 200),
    ):  # fmt: skip
        answer = client.get(f"{BASE}/calendar?{query}")
        assert answer.status_code == status, (query, answer.text)


def test_the_list_has_half_a_year_by_months(filled: None, signs: Signs) -> None:
    page = signs().opens("/calendar/list?show=all")
    assert re.findall(r'<h2 id="m-[\d-]+">(.*?)</h2>', page)[:2] == ["June 2008", "July 2008"]
    text = words(page)
    assert "Thursday, 26 June 2008" in text
    assert "Thursday, 26 June 2008, 14:00 to 15:30 (Europe/Zurich)" in text
    later = re.search(r'href="([^"]+)" rel="next"', page)
    earlier = re.search(r'href="([^"]+)" rel="prev"', page)
    assert later
    assert earlier
    assert parse_qs(urlsplit(unescape(later[1])).query)["month"] == ["2008-11"]
    past = signs().opens(unescape(earlier[1]).removeprefix("/groups/gmg"))
    assert "UNFPA chairs" in words(past)
    own = words(signs(UNFPA).opens("/calendar/list"))
    assert "For you: Thursday, 26 June 2008, 08:00 to 09:30 (New York)" in own
    assert "For you: " not in words(signs(IOM).opens("/calendar/list"))


def test_each_feed_can_be_subscribed_to_by_every_way(signs: Signs) -> None:
    page = unescape(signs().opens("/calendar/subscribe"))
    assert 'href="webcal://127.0.0.1:8000/calendars/gmg.ics"' in page
    assert "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2F127.0.0.1%3A8000%2Fcalendars%2Fgmg.ics" in page
    assert "https://outlook.office.com/calendar/0/addfromweb?url=http%3A%2F%2F127.0.0.1" in page
    assert 'class="qr"' in page
    assert "Make an address" not in page
    assert "/calendars/gmg/members/ilo.ics" in signs().opens("/calendar/subscribe?member=ilo")
    assert "/calendars/gmg/chair.ics" in signs().opens("/calendar/subscribe?show=chair")
    signs().opens("/calendar/subscribe?member=nobody", 404)


def test_somebodys_own_feed_is_shown_once(signs: Signs, client: TestClient) -> None:
    browser = signs(IOM)
    fields = {"once": "one-key"}
    made = browser.posts("/calendar/subscribe", 200, **fields)
    found = re.search(r'value="(http://[^"]+/calendars/p/[^"]+\.ics)"', made.text)
    assert found
    assert made.headers["cache-control"] == "no-store"
    assert TestClient(client.app, base_url="http://127.0.0.1:8000").get(found[1]).status_code == 200
    again = browser.posts("/calendar/subscribe", 200, **fields)
    assert found[1] not in again.text
    assert "made already" in words(again.text)
    assert "/calendars/p/" not in browser.opens("/calendar/subscribe")
    other = browser.sends("/calendar/subscribe", "/calendar/subscribe", 200)
    assert re.search(r"/calendars/p/", other.text)
    signs().posts("/calendar/subscribe", 401)


def test_what_is_cancelled_leaves_the_page_with_its_day(filled: None, signs: Signs, time: Time) -> None:
    assert len(on_page(signs().opens("/calendar?month=2008-08&show=meetings"))) == 1
    time.at = at("2008-08-08T12:00")
    assert "Nothing begins" in words(signs().opens("/calendar?month=2008-08&show=meetings"))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("2008-02", date(2008, 2, 1)),
        (" 2008-02 ", date(2008, 2, 1)),
        ("2008-00", None),
        ("0000-01", None),
        ("2199-01", None),
    ],
)
def test_months_are_read(text: str, first: date | None) -> None:
    found = read_month(text)
    assert (found.first if found else None) == first


def test_weeks_begin_on_monday_and_cover_the_month() -> None:
    for number in range(60):
        one = Month(date(2008, 1, 1)).plus(number)
        days = [day for week in one.weeks() for day in week]
        assert all(week[0].weekday() == 0 and len(week) == 7 for week in one.weeks())
        assert days == sorted(set(days))
        assert days[0] <= one.first < one.until <= days[-1] + timedelta(days=1)


MONTHS: dict[str, tuple[str, str]] = {
    "ar": ("تموز/يوليه 2008", "الاثنين"), "zh": ("2008年7月", "星期一"), "en": ("July 2008", "Monday"),
    "fr": ("juillet 2008", "lundi"), "ru": ("июль 2008 года", "понедельник"), "es": ("julio de 2008", "lunes"),
}  # fmt: skip


@pytest.mark.parametrize("language", MONTHS)
def test_months_and_weekdays_in_each_language(language: str) -> None:
    with speaking(language):
        assert (month(date(2008, 7, 1)), weekdays()[0]) == MONTHS[language]
        assert len(set(weekdays())) == 7

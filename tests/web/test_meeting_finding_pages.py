"""The fair-slot finder on pages, a meeting that is proposed with it, and polls among the members."""

import itertools
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from service.groups.charter import Charter
from service.language.speech import speaking
from service.web.pictures.strip import There, day_parts, strip_svg
from tests.conftest import Time, put
from tests.meetings.conftest import CHAIR, FIRST
from tests.web.browsing import Signs, signs, words  # noqa: F401 - fixtures

IOM = "gmg@iom.example"
ONE = f"/meetings/{FIRST}"
WEEK = "from=2008-06-23&until=2008-06-27&minutes=90&step=30"


def test_the_finder_says_who_meets_at_night_and_draws_every_duty_station(signs: Signs) -> None:
    page = signs(CHAIR).opens(f"{ONE}/slots?{WEEK}")
    told = words(page)
    assert re.search(r"\d+ of 1\d meet within their office hours\.", told)
    assert re.search(r"Early or late: [^.]*Bangkok \(\d\d:\d\d\)", told)
    picture = page[page.index('class="picture strip"') :]
    for city in ("Bangkok", "Santiago", "New York", "Geneva", "Addis Ababa", "Beirut", "Vienna", "Paris", "Washington"):
        assert f">{city}: " in picture
        assert re.search(rf'<th scope="row" dir="auto">{city}</th>', page)
    assert "style=" not in page
    assert "<script" not in page


def test_the_picture_and_the_table_say_the_same_hour(signs: Signs) -> None:
    page = signs(CHAIR).opens(f"{ONE}/slots?{WEEK}&pick=2")
    drawn = dict(re.findall(r">([A-Z][A-Za-z ]+): (\d\d:\d\d)<", page))
    tabled = dict(re.findall(r'<th scope="row" dir="auto">([A-Za-z ]+)</th><td>(\d\d:\d\d)<', page))
    assert len(drawn) > 8
    assert drawn == tabled


def test_a_slot_is_taken_into_the_form_in_one_click(signs: Signs) -> None:
    browser = signs(CHAIR)
    page = browser.opens(f"{ONE}/slots?{WEEK}")
    to = re.findall(r'href="/groups/gmg(/meetings/[^"]+/change\?start=[^"]+)"', page)[0]
    browser.sends(to, f"{ONE}/move")
    start = datetime.fromisoformat(re.findall(r"start=([^&]+)", to)[0].replace("%3A", ":").replace("%2B", "+"))
    local = start.astimezone(ZoneInfo("Europe/Zurich"))
    assert f"{local:%H:%M} to" in words(browser.opens(ONE))
    assert "change?start" not in signs(IOM).opens(f"{ONE}/slots?{WEEK}")


def test_what_the_finder_cannot_use_is_said_beside_the_field(signs: Signs) -> None:
    browser = signs(CHAIR)
    page = browser.opens(f"{ONE}/slots?from=2008-06-23&until=2008-06-20&minutes=90", 422)
    assert 'value="2008-06-20"' in page
    assert "later end" in page
    assert 'value="never"' in browser.opens(f"{ONE}/slots?from=never", 422)
    assert "too small" in browser.opens(f"{ONE}/slots?{WEEK.replace('90', '5')}", 422)
    assert "A fair hour" in browser.opens(f"{ONE}/slots?{WEEK}&pick=99")


def test_a_meeting_is_proposed_with_an_hour_that_was_found(signs: Signs) -> None:
    browser = signs(CHAIR)
    found = browser.sends("/meetings/new", "/meetings/new", 200, title="Ad hoc <1>", find="1", **_days())
    assert 'value="Ad hoc &lt;1&gt;"' in found.text
    assert "meet within their office hours" in found.text
    take = re.findall(r'name="take" value="([^"]+)"', found.text)[1]
    taken = browser.sends("/meetings/new", "/meetings/new", 200, title="Ad hoc <1>", take=take, **_days())
    local = datetime.fromisoformat(take).astimezone(ZoneInfo("Europe/Zurich"))
    assert f'value="{local:%Y-%m-%d}"' in taken.text
    assert f'value="{local:%H:%M}"' in taken.text
    made = browser.sends("/meetings/new", "/meetings/new", title="Ad hoc <1>", day=f"{local:%Y-%m-%d}", at="10:00")
    page = browser.opens(made.headers["location"].removeprefix(browser.base))
    assert "Ad hoc &lt;1&gt;" in page
    assert "10:00 to 11:30" in page
    assert "Call this meeting" in page


def test_a_new_meeting_keeps_what_was_typed(signs: Signs) -> None:
    browser = signs(CHAIR)
    again = browser.sends("/meetings/new", "/meetings/new", 422, title="Kept", day="2008-06-20", at="10:00", link="x")
    assert 'value="Kept"' in again.text
    assert 'value="2008-06-20"' in again.text
    assert 'href="#link"' in again.text
    twice = {"title": "Once", "day": "2008-06-20", "at": "10:00", "zone": "Europe/Zurich", "minutes": "60", "once": "k"}
    first, second = (browser.posts("/meetings/new", 303, **twice) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    past = browser.posts("/meetings/new", 409, **twice | {"day": "2008-05-01", "once": "l"})
    assert "choose a later time" in past.text


def test_members_are_asked_when_it_suits_them(signs: Signs, time: Time) -> None:
    browser = signs(CHAIR)
    page = browser.opens(f"{ONE}/slots?{WEEK}")
    to = re.findall(r'href="/groups/gmg(/meetings/[^"]+/polls/new\?[^"]+)"', page)[0].replace("&amp;", "&")
    browser.sends(to, f"{ONE}/polls/new")
    member = signs(IOM)
    vote = re.findall(r'action="/groups/gmg(/meetings/[^"]+/vote)"', member.opens(ONE))[0]
    assert "Say when it suits IOM" in words(member.opens("/meetings"))
    again = member.sends(ONE, vote, 422, **{"slot-0": "yes"})
    assert 'value="yes" required checked' in again.text
    member.sends(ONE, vote, **{f"slot-{at}": ("yes", "no", "if-need-be", "no", "no")[at] for at in range(5)})
    assert "Say when it suits" not in words(member.opens("/meetings"))
    told = words(browser.opens(ONE))
    assert "1 member has answered; the best time stands first" in told
    assert "IOM: yes, no, if need be, no, no" in told
    assert "/vote" in browser.opens(ONE)  # UNFPA is a member as well
    member.posts(vote.replace("/vote", "/close"), 403)
    browser.sends(ONE, vote.replace("/vote", "/close"))
    page = browser.opens(ONE)
    assert "The poll is closed." in words(page)
    assert "Move it there" in page
    assert vote not in member.opens(ONE)


def test_a_poll_that_cannot_be_opened_keeps_its_times(signs: Signs) -> None:
    browser = signs(CHAIR)
    to = f"{ONE}/polls/new"
    again = browser.sends(to, to, 422, **{"day-0": "2008-06-24", "at-0": "10:00"})
    assert 'value="2008-06-24"' in again.text
    assert 'value="10:00"' in again.text
    signs(IOM).opens(to, 403)


@pytest.mark.parametrize(
    ("hour", "minutes", "parts"),
    [
        (9, 90, ["office"]), (16, 120, ["edge", "office"]), (5, 90, ["night", "edge"]),
        (21, 60, ["edge"]), (22, 15, ["night"]), (23, 720, ["night", "edge", "office"]),
    ],
)  # fmt: skip
def test_the_parts_of_the_day_that_a_meeting_touches(hour: int, minutes: int, parts: list[str]) -> None:
    start = datetime(2008, 6, 24, hour, tzinfo=UTC)
    assert There("Accra", start, minutes).parts == parts


def test_the_parts_of_a_day_are_all_of_it() -> None:
    parts = list(day_parts())
    assert [part for _, _, part in parts] == ["night", "edge", "office", "edge", "night"]
    assert parts[0][0] == 0
    assert parts[-1][1] == 24 * 60
    assert all(one[1] == other[0] for one, other in itertools.pairwise(parts))


def test_a_meeting_past_midnight_goes_on_at_the_beginning_of_its_strip() -> None:
    start = datetime(2008, 6, 24, 23, tzinfo=UTC)
    drawn = re.findall(r'<rect class="bar meeting" x="([\d.]+)"', strip_svg([There("Accra", start, 120)]))
    assert len(drawn) == 2
    assert float(drawn[1]) < 10 < 400 < float(drawn[0])
    assert strip_svg([]) == ""


def test_the_strip_is_mirrored_where_one_reads_from_right_to_left() -> None:
    start = datetime(2008, 6, 24, 1, tzinfo=UTC)
    stations = [There("A<b>", start, 60, "Feast & rest")]
    left = float(re.findall(r'meeting" x="([\d.]+)"', strip_svg(stations))[0])
    with speaking("ar"):
        right = float(re.findall(r'meeting" x="([\d.]+)"', strip_svg(stations))[0])
    assert left < 100 < 350 < right
    assert "A&lt;b&gt;" in strip_svg(stations)
    assert "Feast &amp; rest" in strip_svg(stations)


def test_a_holiday_of_a_duty_station_is_said(signs: Signs, engine: Engine, gmg: Charter) -> None:
    holidays = {"New York": [{"day": date(2008, 6, 23) + timedelta(days=n), "name": "City day"} for n in range(5)]}
    put(engine, Charter.model_validate(gmg.model_dump(by_alias=True) | {"holidays": holidays}))
    page = signs(CHAIR).opens(f"{ONE}/slots?{WEEK}")
    assert "On a day of rest: New York (" in words(page)
    assert "day of rest: City day" in words(page)
    assert re.search(r">New York: \d\d:\d\d, a day of rest \(City day\)<", page)


def _days() -> dict[str, str]:
    return {"from": "2008-06-23", "until": "2008-06-27", "step": "30"}


def test_the_public_finds_no_hours(signs: Signs) -> None:
    signs().opens(f"{ONE}/slots", 303)
    signs().opens("/meetings/new", 303)

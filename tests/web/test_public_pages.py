"""What anybody reads of the group: who chairs and why, the terms, the members; the same as the API says."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.rotation.check import load
from tests.conftest import Changed, Time, put
from tests.meetings.conftest import BASE
from tests.web.browsing import HTML, Browser, Signs, secretary, signs, words  # noqa: F401 - fixtures

IOM = "gmg@iom.example"
PAGES = ("", "/chair", "/timeline", "/members", "/members/iom", "/members/unrc", "/figures")


@pytest.mark.parametrize("path", PAGES)
def test_everybody_reads_it_and_it_is_light(signs: Signs, path: str) -> None:
    for browser in (signs(), signs(IOM)):
        page = browser.opens(path)
        assert page.count("<h1") == 1
        assert len(page.encode()) < 100_000
        assert " style=" not in page
        assert "<script" not in page


def test_the_group_at_a_glance(signs: Signs) -> None:
    page = signs().opens("")
    said = words(page)
    assert '<p class="statement">UNFPA</p>' in page
    assert "At its head: Executive Director" in said
    assert "The chair passes on Tuesday, 1 July 2008 at 00:00 (Europe/Zurich)." in said
    assert "Next: UNHCR, from Tuesday, 1 July 2008." in said
    assert "14 members" in said
    assert "A term lasts 6 months." not in said, "no rule is in force before July"
    assert "Pooled research, data and analysis" in said
    assert "Labour migration, standards and decent work" in said
    assert 'value="http://127.0.0.1:8000/calendars/gmg.ics"' in page


def test_what_the_public_may_not_see_is_not_told(signs: Signs, client: TestClient) -> None:
    for path in PAGES:
        page = signs().opens(path)
        assert "/handovers/" not in page, path
        assert "/groups/gmg/actions" not in page, path


def test_a_meeting_is_told_in_its_zone_and_in_that_of_the_reader(signs: Signs) -> None:
    geneva, vienna, new_york = signs(IOM), signs(), signs("gmg@undp.example")
    assert "For you" not in words(geneva.opens(""))
    assert "For you" not in words(vienna.opens(""))
    said = words(new_york.opens(""))
    assert "Thursday, 26 June 2008, 14:00 to 15:30 (Europe/Zurich)" in said
    assert "For you: Thursday, 26 June 2008, 08:00 to 09:30 (New York)" in said


def test_the_three_that_steer(signs: Signs) -> None:
    said = words(signs().opens("/chair"))
    for part in ("Now UNFPA", "Next UNHCR", "Before UNDESA", "47 days are left.", "on record"):
        assert part in said
    assert "UNHCR follows UNFPA in the order in force since 1 July 2008." in said
    assert "By rule, not on record: nobody has confirmed this term yet." in said


def test_who_may_is_led_to_the_next_step(signs: Signs, secretary: Browser) -> None:
    assert "Say whether UNHCR takes the chair" in words(signs("gmg@unhcr.example").opens("/chair"))
    other = signs(IOM).opens("/chair")
    assert "Say whether" not in words(other)
    assert "/groups/gmg/handovers/turn-6" in other
    assert "/groups/gmg/record/chair" not in other
    assert "/groups/gmg/record/chair" in secretary.opens("/chair")


def test_a_vacant_chair_is_said(signs: Signs, engine: Engine, changed: Changed, time: Time) -> None:
    vacancy = {"id": "d1", "vacant": date(2008, 7, 1), "until": date(2008, 9, 1), "taken": date(2008, 5, 15)}
    put(engine, changed(decisions=[vacancy]))
    time.at = datetime(2008, 7, 2, tzinfo=UTC)
    for path in ("", "/chair"):
        said = words(signs().opens(path))
        assert "The secretariat steers until the chair is filled." in said
        assert "Vacant by decision d1; the secretariat steers." in said
    assert "vacant" in words(signs().opens("/timeline"))


def test_all_terms_in_pages_of_years(signs: Signs, client: TestClient) -> None:
    browser = signs()
    page = browser.opens("/timeline")
    assert page.count('rect class="bar') == page.count('<th scope="row">') > 10
    assert page.count(' now"') >= 1
    assert "rect" in page.partition(' now"')[0][-200:]
    later = browser.opens("/timeline?from=2012&until=2014")
    terms = client.get(f"{BASE}/terms", params={"from": "2012-01-01", "until": "2014-01-01"}).json()
    assert later.count('<th scope="row">') == len(terms) == 4
    assert "?member=&amp;from=2010&amp;until=2012" in later
    assert "?member=&amp;from=2014&amp;until=2016" in later


def test_of_a_group_that_has_ended_the_last_years_and_the_last_chair_are_shown(
    client: TestClient, engine: Engine, time: Time
) -> None:
    time.at = datetime(2026, 11, 24, tzinfo=UTC)
    put(engine, load((Path(__file__).parents[2] / "service" / "charters" / "gmg-as-it-was.yaml").read_text("utf-8")))
    shown = {path: words(client.get(f"/groups/gmg-as-it-was{path}").text) for path in ("/chair", "/timeline")}
    assert "Nobody chaired before." not in shown["/chair"]
    assert "Before FAO and IOM From Monday, 1 January 2018 until Tuesday, 1 January 2019" in shown["/chair"]
    assert "Terms from 2009 until the end of 2018" in shown["/timeline"]
    assert "FAO , IOM 1 January 2018" in shown["/timeline"]


def test_the_terms_of_one_member(signs: Signs) -> None:
    page = signs().opens("/timeline?member=iom&from=2006&until=2016")
    assert "1 January 2007" in page
    assert page.count('<th scope="row">') == page.count(">IOM</a></th>") == 2


@pytest.mark.parametrize("query", ["from=99999", "from=abc&until=%00", "from=2030&until=2008", "member=nobody",
                                   "from=0001", "until=9999", "member=" + "9" * 5000, "from=²²²²"])  # fmt: skip
def test_years_that_are_none_are_not_asked_for(signs: Signs, query: str) -> None:
    signs().opens(f"/timeline?{query}")


def test_a_page_of_terms_stays_light_where_they_are_short(signs: Signs, engine: Engine, changed: Changed) -> None:
    order = [member.id for member in changed().members]
    put(engine, changed(rotation=[{"from": date(2008, 7, 1), "months": 1, "order": order}]))
    browser = signs()
    page = browser.opens("/timeline?from=2008&until=2014")
    assert len(page.encode()) < 100_000
    assert "Later: from 2013" in words(page), "what does not fit is on the next page"


def test_the_members_with_their_turns(signs: Signs) -> None:
    said = words(signs().opens("/members"))
    assert "14 organizations belong to the group today." in said
    assert "UNFPA in the chair" in said
    assert "Next turn in the chair: 1 July 2008" in said


def test_an_agency_has_a_page(signs: Signs) -> None:
    page = signs().opens("/members/iom")
    said = words(page)
    assert "International Organization for Migration" in said
    assert "Orderly and humane migration" in said
    assert "Thursday, 15 May 2008, 14:00 (Europe/Zurich)" in said
    assert "1 turn so far" in said
    assert "From 1 January 2007 until 1 July 2007" in said
    assert "IOM follows ILO in the order in force since 1 July 2008." in said
    assert 'href="webcal://127.0.0.1:8000/calendars/gmg/members/iom.ics"' in page
    assert signs().client.get("/calendars/gmg/members/iom.ics").status_code == 200


def test_the_groups_own_people_find_what_is_open_there(signs: Signs) -> None:
    inside = signs("gmg@ilo.example").opens("/members/iom")
    assert "/groups/gmg/actions?owner=iom&amp;status=pending" in inside
    assert "/groups/gmg/people" not in inside
    assert "/groups/gmg/people" in signs(IOM).opens("/members/iom")


def test_a_seat_is_found_with_its_member(signs: Signs) -> None:
    browser = signs()
    answer = browser.client.get("/groups/gmg/members/escap", follow_redirects=False)
    assert answer.headers["location"] == "/groups/gmg/members/unrc#seat-escap"
    page = browser.opens("/members/unrc")
    assert 'id="seat-escap"' in page
    assert "1 August 2009" in page
    browser.opens("/members/nobody", 404)
    browser.opens("/members/%00", 404)


def test_who_has_left_says_so(signs: Signs, engine: Engine, changed: Changed) -> None:
    members = [member.model_dump(by_alias=True) for member in changed().members]
    members[1] |= {"left": date(2008, 3, 1)}
    order = [member["id"] for member in members if member["id"] != "iom"]
    put(engine, changed(members=members, rotation=[{"from": date(2008, 7, 1), "months": 6, "order": order}]))
    assert "left on 1 March 2008" in words(signs().opens("/members"))
    said = words(signs().opens("/members/iom"))
    assert "Member until 1 March 2008" in said
    assert "No turn of this member lies ahead." in said
    assert "13 members" in words(signs().opens(""))


SCRIPT = '"><script>alert(1)</script>{{ 7*7 }}'


@pytest.mark.parametrize("path", PAGES)
def test_names_are_text(signs: Signs, engine: Engine, changed: Changed, path: str) -> None:
    members = [member.model_dump(by_alias=True) for member in changed().members]
    for member in members:
        member |= {"short": SCRIPT, "name": SCRIPT, "mandate": SCRIPT, "city": SCRIPT}
    put(engine, changed(members=members, purposes={1: SCRIPT}))
    page = signs().opens(path)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("path", PAGES)
def test_from_right_to_left(signs: Signs, path: str) -> None:
    page = signs().opens(f"{path}?lang=ar")
    assert '<html lang="ar" dir="rtl">' in page
    if path == "/chair":
        assert "By rule, not on record." not in page


@pytest.mark.parametrize(
    ("path", "home"),
    [
        ("/groups/gmg/nowhere", "/groups/gmg"),
        ("/groups/gmg/members/nobody", "/groups/gmg"),
        ("/groups/nobody", "/"),
        ("/nowhere", "/"),
    ],
)
def test_a_page_that_is_not_there_leads_back(client: TestClient, path: str, home: str) -> None:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 404
    content = answer.text.partition("<h1>")[2]
    assert f'<a href="{home}">' in content

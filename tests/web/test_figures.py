"""Pictures with their numbers: counts as the logs tell them, hours at each duty station, what the public sees."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import get_args
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from service.followups.actions.course import Change, Count, Edge, Step, counted, course
from service.groups.charter import Charter
from service.language.speech import speaking
from service.meetings.fair import NIGHT, Station, heaviest
from service.rotation.engine import terms
from service.rotation.reasons import KINDS, STATUSES
from service.rotation.values import Kind, Status
from service.web.pictures.actions import Half, actions_svg
from service.web.pictures.hours import Met, hours_svg
from service.web.pictures.purposes import Served as Purpose
from service.web.pictures.purposes import purposes_svg
from service.web.pictures.timeline import timeline_svg
from service.web.pictures.turns import Served, turns_svg
from tests.access.conftest import token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.acting import Opened, opened  # noqa: F401 - fixtures
from tests.followups.decided import decision
from tests.followups.surveying import SURVEY
from tests.meetings.conftest import FIRST, Send, chair, member, send  # noqa: F401 - fixtures
from tests.web.browsing import Signs, signs, words  # noqa: F401 - fixtures

ILO = "gmg@ilo.example"
D = [datetime(2008, month, 1, tzinfo=UTC) for month in range(1, 13)]
# Ends of April, July and October, seen on the first of August at the latest.
EDGES = [Edge(D[4], date(2008, 5, 1)), Edge(D[7], date(2008, 8, 1)), Edge(D[10], date(2008, 8, 1))]


def test_an_action_is_counted_where_it_was_opened_open_and_done() -> None:
    steps = course(D[1], date(2008, 6, 15), [Change(D[7], {"state": "open"}, {"state": "done"})])
    assert steps == [Step(D[1], D[7], "open", date(2008, 6, 15)), Step(D[7], None, "done", date(2008, 6, 15))]
    assert counted([steps], D[0], EDGES) == [Count(1, 0, 0, 1, 0), Count(0, 0, 0, 1, 1), Count(0, 1, 0, 0, 0)]


def test_what_happens_at_the_end_of_a_period_belongs_to_the_next() -> None:
    assert counted([course(D[4], None, [])], D[0], EDGES)[:2] == [Count(0, 0, 0, 0, 0), Count(1, 0, 0, 1, 0)]


def test_a_due_date_that_was_moved_counts_as_it_was_then() -> None:
    moved = [Change(D[5], {"due": "2008-03-01"}, {"due": "2008-12-01"})]
    steps = course(D[1], date(2008, 12, 1), moved)
    assert [count.overdue for count in counted([steps], D[0], EDGES)] == [1, 0, 0]


def test_due_on_the_last_day_of_a_period_is_not_overdue_at_its_end() -> None:
    at_end, before = course(D[1], date(2008, 5, 1), []), course(D[1], date(2008, 4, 30), [])
    assert counted([at_end], D[0], EDGES)[0].overdue == 0
    assert counted([before], D[0], EDGES)[0].overdue == 1


def test_done_and_reopened_within_a_period_is_not_done() -> None:
    said = [Change(D[5], {}, {"state": "done"}), Change(D[6], {}, {"state": "open"})]
    assert counted([course(D[1], None, said)], D[0], EDGES)[1] == Count(0, 0, 0, 1, 0)
    dropped = [*said, Change(D[8], {}, {"state": "dropped"})]
    assert counted([course(D[1], None, dropped)], D[0], EDGES)[2] == Count(0, 0, 1, 0, 0)


def test_what_was_before_and_is_still_open_is_open_and_not_opened() -> None:
    early = datetime(2007, 1, 1, tzinfo=UTC)
    assert counted([course(early, None, [])], D[0], EDGES) == [Count(0, 0, 0, 1, 0)] * 3
    done = [Change(datetime(2007, 5, 1, tzinfo=UTC), {}, {"state": "done"})]
    assert counted([course(early, None, done)], D[0], EDGES) == [Count(0, 0, 0, 0, 0)] * 3


@pytest.mark.parametrize(
    ("hour", "weight"), [("09:00", 0), ("16:00", 0), ("16:30", 1), ("07:00", 2), ("21:00", 8), ("03:00", 8)]
)
def test_the_oddest_minute_of_a_meeting(hour: str, weight: int) -> None:
    start = datetime.fromisoformat(f"2008-06-26T{hour}:00+00:00")
    assert heaviest(Station("x", "UTC"), start, 90) == weight
    assert heaviest(Station("x", "UTC"), start + timedelta(days=2), 90) >= NIGHT


EVIL = "<b>&\"'"
PICTURES = [
    hours_svg([Met(EVIL, 3, 2, 1), Met("IOM", 0, 0, 0)], 2008),
    turns_svg([Served(EVIL, 6.0, 4.5), Served("IOM", 0, 4.5)]),
    actions_svg([Half(2007, 2, 3, 1, 2, 1), Half(2008, 1, 0, 0, 0, 0), Half(2008, 2, 9, 9, 9, 9)]),
    purposes_svg([Purpose(1, EVIL, 1, 2, 3), Purpose(2, "Idle one", 0, 0, 0)]),
]


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_well_formed_named_and_holds_text_alone(picture: str) -> None:
    tree = ElementTree.fromstring(picture)
    assert tree.get("role") == "img"
    assert tree.get("aria-label")
    assert "style" not in {name for one in tree.iter() for name in one.attrib}
    assert {one.tag.rpartition("}")[2] for one in tree.iter()} <= {"svg", "rect", "text", "path", "title"}
    width, height = (float(part) for part in tree.attrib["viewBox"].split()[2:])
    for bar in tree.iter("{http://www.w3.org/2000/svg}rect"):
        x, y, wide, tall = (float(bar.attrib[name]) for name in ("x", "y", "width", "height"))
        assert min(x, y, wide, tall) >= 0
        assert x + wide <= width
        assert y + tall <= height


def test_nothing_is_no_picture() -> None:
    assert [hours_svg([], 2008), turns_svg([]), actions_svg([]), purposes_svg([])] == [""] * 4


def test_a_picture_is_mirrored_where_reading_begins_at_the_right(gmg: Charter) -> None:
    laid = terms(gmg, date(2010, 1, 1))
    with speaking("ar"):
        there = timeline_svg(gmg, laid, date(2008, 5, 15))
    here = timeline_svg(gmg, laid, date(2008, 5, 15))
    (first, *_), (mirrored, *_) = (re.findall(r'<rect [^>]*? x="([\d.]+)"[^>]*? width="([\d.]+)"', one)
                                   for one in (here, there))  # fmt: skip
    assert float(mirrored[0]) == pytest.approx(460 - float(first[0]) - float(first[1]), abs=0.2)
    assert here.count(' now"') == there.count(' now"') == 2


def test_every_kind_and_standing_of_a_term_has_its_word() -> None:
    assert set(KINDS) == set(get_args(Kind))
    assert set(STATUSES) == set(get_args(Status))


def test_the_words_of_a_term_are_said_in_the_language_of_the_page(gmg: Charter) -> None:
    laid = terms(gmg, date(2009, 1, 1))
    told = timeline_svg(gmg, laid, date(2008, 5, 15))
    assert "UNHCR: from 1 July 2008 until 1 January 2009 (the day after the last), regular, by rule" in told


def test_hours_of_the_year_by_duty_station(signs: Signs, send: Send) -> None:
    browser = signs()
    assert "No meeting of this year was called or held." in words(browser.opens("/figures"))
    assert send(f"/meetings/{FIRST}/call").status_code == 200
    page = browser.opens("/figures?year=2008")
    rows = {row[0]: row[1:] for row in _rows(page, "Meetings by the hour, as a table")}
    # Thursday, 14:00 to 15:30 in Geneva is 08:00 in New York and 19:00 in Bangkok.
    assert rows["ILO"] == ["Europe/Zurich", "1", "1", "0", "0", "0"]
    assert rows["UNDP"][:5] == ["America/New_York", "1", "0", "1", "0"]
    assert rows["ESCAP"][:5] == ["Asia/Bangkok", "1", "0", "1", "0"]
    assert page.count("UNDP: 1 early or late") == 1
    assert "No meeting of this year" in words(browser.opens("/figures?year=2007"))


def test_actions_over_time_as_the_reader_may_see_them(
    signs: Signs, opened: Opened, time: Time, member: dict[str, str]
) -> None:
    opened(due="2008-06-01")
    opened(due="2008-06-01", visibility="public")
    assert _rows(signs(ILO).opens("/figures"), "Actions by half-year, as a table")[-1] == [
        "First half of 2008", "2", "0", "2", "0",
    ]  # fmt: skip
    time.at = datetime(2008, 9, 1, tzinfo=UTC)
    rows = _rows(signs(ILO).opens("/figures"), "Actions by half-year, as a table")
    assert rows[-2:] == [["First half of 2008", "2", "0", "2", "2"], ["Second half of 2008", "0", "0", "2", "2"]]
    term = signs(ILO).client.get("/api/v1/groups/gmg/reports/term/turn-5", headers=member).json()
    assert rows[-2][1:] == [str(term["figures"][f"actions_{name}"]) for name in ("opened", "done", "open", "overdue")]
    public = _rows(signs().opens("/figures"), "Actions by half-year, as a table")
    assert public[-2:] == [["First half of 2008", "1", "0", "1", "1"], ["Second half of 2008", "0", "0", "1", "1"]]


def test_without_an_action_there_is_no_picture_of_them(signs: Signs) -> None:
    page = signs().opens("/figures")
    assert "There is no action to count in these years." in words(page)
    assert "picture actions" not in page


def test_purposes_are_covered_by_what_the_reader_may_see(signs: Signs, opened: Opened, send: Send) -> None:
    secret, public = opened(purposes=[1]), opened(purposes=[2], visibility="public")
    for one in (secret, public):
        assert send(f"/actions/{one['id']}/finish", text="Done.").status_code == 200
    inside = _rows(signs(ILO).opens("/figures"), "Purposes as a table")
    assert [row[-1] for row in inside[:3]] == ["covered", "covered", "idle"]
    outside = _rows(signs().opens("/figures"), "Purposes as a table")
    assert [row[-1] for row in outside[:3]] == ["idle", "covered", "idle"]


def test_what_is_for_members_alone_covers_no_purpose_of_the_public(signs: Signs, time: Time, send: Send) -> None:
    for purpose, circle in ((3, "members"), (4, "public")):
        assert send("/decisions", etag="", **decision(purposes=[purpose], visibility=circle)).status_code == 201
    time.at = datetime(2008, 6, 1, tzinfo=UTC)
    for purpose, circle in ((5, "members"), (6, "public"), (8, "public")):
        made = send("/activities", etag="", **SURVEY | {"purposes": [purpose], "visibility": circle})
        assert made.status_code == 201, made.text
        if purpose != 8:
            agreed = send(f"/activities/{made.json()['id']}/agree", decision="2008-1")
            assert agreed.status_code == 200, agreed.text
    inside, outside = (
        [row[0].partition(".")[0] for row in _rows(browser.opens("/figures"), "Purposes as a table")
         if row[-1] == "covered"] for browser in (signs(ILO), signs())
    )  # fmt: skip
    assert inside == ["3", "4", "5", "6"]
    assert outside == ["4", "6"]


def test_the_shares_are_those_of_the_api(signs: Signs, client: TestClient) -> None:
    shares = client.get("/api/v1/groups/gmg/fairness").json()
    rows = _rows(signs().opens("/figures"), "Turns of each member")
    said = [(int(row[1]), float(row[2]), float(row[3])) for row in rows]
    assert said == [(one["turns"], one["months"], one["expected_months"]) for one in shares]


@pytest.mark.parametrize("year", ["1999", "2009", "abc", "%00", "9" * 5000, "²²²²", "2007"])
def test_a_year_without_a_group_is_not_asked_for(signs: Signs, year: str) -> None:
    said = words(signs().opens(f"/figures?year={year}"))
    assert f"Who met at which hour in {year if year == '2007' else 2008}" in said


def _rows(page: str, label: str) -> list[list[str]]:
    """The body of the table in the region of that name."""
    table = page.partition(f'aria-label="{label}"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    return [[words(cell) for cell in re.split(r"</t[hd]>", row)[:-1]] for row in table.split("</tr>")[:-1]]

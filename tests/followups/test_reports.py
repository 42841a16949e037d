"""The chair's report of the term and the report to purposes: as JSON, as Markdown, on the command line."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from markdown_it import MarkdownIt
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.database import reading
from service.followups.reports import rules
from service.followups.reports.queries import begun_term, term_report
from service.followups.reports.values import ActionLine, DecisionLine, TermReport
from service.followups.reports.wording import term_markdown
from service.groups import queries as groups
from service.groups.charter import Charter
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.commandline import Gmg
from tests.conftest import Time
from tests.followups.decided import decision
from tests.followups.surveying import SURVEY
from tests.meetings.conftest import BASE, FIRST, NEXT_CHAIR, Send, at, chair, member, send  # noqa: F401 - fixtures

TERM = "/reports/term/turn-5"
Texts = dict[str, str]
# Late in June: the silence on the decision has ended, the chair has not passed yet.
JUNE = "2008-06-28T12:00"


@pytest.fixture
def worked(client: TestClient, send: Send, member: Texts, time: Time) -> None:
    """A term in which something of everything happened."""

    def ok(found: Any) -> Any:
        assert found.status_code in (200, 201), found.text
        return found.json()

    ok(send("/decisions", etag="", **decision(title="Survey of *statistics*")))
    ok(send("/decisions", etag="", **decision(title="Another", purposes=[1], until="2008-07-10")))
    ok(send("/decisions/2008-1/answer", member, member="ilo", answer="endorse", round=1))
    ok(send("/activities", member, etag="", **SURVEY))
    ok(send("/activities", etag="", **(SURVEY | {"title": "Toolkit", "lead": "wb", "partners": [], "purposes": [8]})))
    ok(send("/actions", member, etag="", title="Write the questionnaire", owner="ilo", due="2008-06-10", purposes=[6]))
    ok(send("/actions", etag="", title="Invite the press", owner="chair", due="2008-06-20", purposes=[2]))
    ok(send("/actions", etag="", title="Book a room", owner="chair"))
    ok(send("/notices", member, etag="", member="ilo", theme="Data", text="A new\n# base."))
    ok(send(f"/meetings/{FIRST}/call"))
    time.at = at("2008-06-02T12:00")
    ok(send("/activities/activity-1/agree", decision="2008-1"))
    output = {"document": {"title": "Questionnaire", "url": "https://ilo.example/q"}, "expected": 1}
    ok(send("/activities/activity-1/report", member, member="ilo", text="The questionnaire is out.", outputs=[output]))
    ok(send("/actions/action-1/start", member))
    time.at = at("2008-06-05T12:00")
    ok(send("/actions/action-1/finish", member, text="Done."))
    ok(send("/actions/action-3/drop", reason="No need."))
    ok(send("/programmes/turn-5", etag="", theme="Data & dignity", text="One.", activities=["activity-1"]))
    time.at = at("2008-06-26T14:00")
    ok(send(f"/meetings/{FIRST}/hold", presided_by="The Executive Director"))
    ok(send(f"/meetings/{FIRST}/minutes", etag="", text="We met.", outcomes=[{"text": "IOM drafts."}]))
    ok(send(f"/meetings/{FIRST}/minutes/circulate", until="2008-07-10"))
    time.at = at(JUNE)


def test_the_chairs_report(client: TestClient, worked: None, member: Texts, secretariat: Texts) -> None:
    found = client.get(f"{BASE}{TERM}", headers=member).json()
    assert (found["chair"], found["start"], found["end"], found["over"]) == (
        ["unfpa"],
        "2008-01-01",
        "2008-07-01",
        False,
    )
    assert found["figures"] == {
        "meetings_held": 1, "meetings_cancelled": 0, "decisions_adopted": 1, "activities_agreed": 1,
        "activities_completed": 0, "activities_discontinued": 0, "activities_alive": 1, "actions_opened": 3,
        "actions_done": 1, "actions_dropped": 1, "actions_open": 1, "actions_overdue": 1, "notices": 1,
    }  # fmt: skip
    held = next(one for one in found["meetings"] if one["id"] == FIRST)
    assert (held["state"], held["minutes"], held["outcomes"]) == (
        "held", "circulated", [{"number": 1, "text": "IOM drafts."}],
    )  # fmt: skip
    assert [(one["id"], one["state"], one["day"], one["endorsed_by"]) for one in found["decisions"]] == [
        ("2008-1", "adopted", "2008-05-31", ["ilo"]), ("2008-2", "open", None, []),
    ]  # fmt: skip
    survey, toolkit = found["activities"]
    assert (survey["state"], survey["change"], survey["decision"], survey["in_programme"]) == (
        "ongoing", "opened", "2008-1", True,
    )  # fmt: skip
    assert survey["progress"] == [{"day": "2008-06-02", "member": "ilo", "text": "The questionnaire is out."}]
    assert survey["outputs"] == [{"title": "Questionnaire", "url": "https://ilo.example/q"}]
    assert (toolkit["state"], toolkit["change"], toolkit["in_programme"]) == ("proposed", "none", False)
    fields = ("owner", "state", "settled", "overdue", "change")
    assert [tuple(one[field] for field in fields) for one in found["actions"]] == [
        ("ilo", "done", "2008-06-05", False, "opened-and-closed"), ("chair", "open", None, True, "opened"),
        ("chair", "dropped", "2008-06-05", False, "opened-and-closed"),
    ]  # fmt: skip
    assert found["programme"]["theme"] == "Data & dignity"
    assert client.get(f"{BASE}{TERM}", headers=secretariat).json() == found
    assert client.get(f"{BASE}{TERM}").status_code == 401
    assert client.get(f"{BASE}/reports/term/turn-6", headers=member).json()["type"] == "/problems/term-not-begun"
    assert client.get(f"{BASE}/reports/term/turn-99", headers=member).status_code == 404


def test_a_term_that_is_over_is_told_as_it_ended(
    client: TestClient, worked: None, send: Send, member: Texts, token: Tokens, time: Time
) -> None:
    time.at = at("2008-06-30T21:59:59")
    before = client.get(f"{BASE}{TERM}", headers=member).json()
    coming = {"Authorization": f"Bearer {token(NEXT_CHAIR)}"}
    time.at = at("2008-08-20T12:00")
    assert send("/activities/activity-1/complete", coming, text="All is in.").status_code == 200
    assert send("/activities/activity-2/discontinue", coming, reason="No time").status_code == 200
    assert send("/actions/action-2/finish", coming, text="They came.").status_code == 200
    assert send("/actions", member, etag="", title="New", owner="ilo").status_code == 201
    after = client.get(f"{BASE}{TERM}", headers=member).json()
    assert after["over"] is True
    assert [one["state"] for one in after["activities"]] == ["ongoing", "proposed"]
    assert [one["closed"] for one in after["activities"]] == [None, None]
    assert [one["state"] for one in after["actions"]] == ["done", "open", "dropped"]
    for same in ("figures", "activities", "actions", "notices", "programme"):
        assert after[same] == before[same], same
    following = client.get(f"{BASE}/reports/term/turn-6", headers=member).json()
    assert [(one["id"], one["state"], one["change"]) for one in following["activities"]] == [
        ("activity-1", "completed", "closed"), ("activity-2", "discontinued", "closed"),
    ]  # fmt: skip
    assert [(one["id"], one["state"]) for one in following["actions"]] == [("action-2", "done"), ("action-4", "open")]


def test_it_reads_well(client: TestClient, worked: None, member: Texts) -> None:
    by_format = client.get(f"{BASE}{TERM}?format=markdown", headers=member)
    by_accept = client.get(f"{BASE}{TERM}", headers=member | {"Accept": "text/markdown;q=1.0, text/plain"})
    assert by_format.headers["content-type"] == "text/markdown; charset=utf-8"
    assert by_accept.text == by_format.text
    as_json = client.get(f"{BASE}{TERM}?format=json", headers=member | {"Accept": "text/markdown"})
    assert as_json.headers["content-type"] == "application/json"
    assert client.get(f"{BASE}{TERM}?format=pdf", headers=member).status_code == 422
    text = by_format.text
    assert text.startswith(
        "# GMG: report of the chair\n\n- Chair: UNFPA\n"
        "- Term: 1 January 2008 to 30 June 2008 (regular, still running on 28 June 2008)\n\n"
        "## Theme\n\nData \\& dignity\n\nOne.\n\n## In figures\n\n- 1 meeting held, 0 cancelled\n"
    )
    for line in (
        "- 1 common activity agreed, 0 completed, 0 discontinued, 1 under way",
        "- 3 actions opened, 1 done, 1 dropped, 1 open (1 overdue)",
        "### 26 June 2008: Working-level meeting",
        "Held, The Executive Director presiding, minutes circulated, New York.",
        "1. IOM drafts.",
        "- **2008-1** Survey of \\*statistics\\*: adopted on 31 May 2008 (purposes 4, 7); endorsed by ILO",
        "### activity-1: Survey of statistics on labour migration",
        "- agreed on 2 June 2008 by decision 2008-1",
        "- 2 June 2008, ILO: The questionnaire is out.",
        "- output: [Questionnaire](<https://ilo.example/q>)",
        "- action-2 Invite the press: the chair, open, due 20 June 2008 (overdue) (purpose 2)",
        "- 15 May 2008, ILO, Data: A new \\# base.",
    ):
        assert line in text.splitlines(), line
    html = MarkdownIt("commonmark").render(text)
    assert "<em>" not in html
    assert html.count("<h1>") == 1


def test_the_report_to_purposes(client: TestClient, worked: None, member: Texts) -> None:
    found = client.get(f"{BASE}/reports/purposes?from=2008-05-01&until=2008-07-01", headers=member).json()
    lines = {one["number"]: one for one in found["purposes"]}
    assert list(lines) == list(range(1, 13))
    assert [number for number, one in lines.items() if not one["idle"]] == [4, 6, 7]
    assert [one["id"] for one in lines[7]["decided"]] == ["2008-1"]
    assert [one["id"] for one in lines[6]["agreed"]] == ["activity-1"]
    assert [one["id"] for one in lines[6]["reported"]] == ["activity-1"]
    assert [one["id"] for one in lines[6]["done_actions"]] == ["action-1"]
    assert [one["id"] for one in lines[6]["open_activities"]] == ["activity-1"]
    assert (lines[1]["decided"], lines[1]["idle"]) == ([], True)
    assert ([one["id"] for one in lines[2]["open_actions"]], lines[2]["idle"]) == (["action-2"], True)
    assert lines[8]["open_activities"] == []
    text = client.get(f"{BASE}/reports/purposes?format=markdown", headers=member).text
    assert text.startswith(
        "# GMG: report to purposes\n\nFrom 1 January 2008 to 28 June 2008.\n\n"
        "Purposes that lay idle: 1, 2, 3, 5, 8, 9, 10, 11, 12.\n\n## 1. A coherent institutional response\n\n"
        "It lay idle: nothing was decided, agreed, reported or done.\n"
    )
    assert (
        "Reported:\n\n- activity-1 Survey of statistics on labour migration (ongoing): The questionnaire is out."
        in text
    )
    assert client.get(f"{BASE}/reports/purposes").status_code == 401
    for wrong in ("from=2008-06-01&until=2008-06-01", "from=soon", "until=2300-01-01", "from=2009-01-01"):
        assert client.get(f"{BASE}/reports/purposes?{wrong}", headers=member).status_code == 422, wrong


def test_the_periods_of_the_report_to_purposes_do_not_overlap(client: TestClient, worked: None, member: Texts) -> None:
    def active(start: str, until: str) -> list[int]:
        found = client.get(f"{BASE}/reports/purposes?from={start}&until={until}", headers=member).json()
        return [one["number"] for one in found["purposes"] if not one["idle"]]

    # The decision is adopted when 30 May ends, so on 31 May; the survey was agreed on 2 June.
    assert active("2008-05-01", "2008-05-31") == []
    assert active("2008-05-31", "2008-06-01") == [4, 7]
    assert active("2008-06-01", "2008-06-05") == [4, 6]
    assert active("2008-06-05", "2008-06-06") == [6]
    assert active("2008-06-06", "2008-07-01") == []


def test_on_the_command_line(
    worked: None, engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gmg = Gmg(database_url, monkeypatch, capsys)
    done = gmg("report", "term", "turn-5")
    assert (done.code, done.out.splitlines()[0]) == (0, "# GMG: report of the chair")
    as_json = gmg("report", "term", "turn-5", "--json")
    assert json.loads(as_json.out)["figures"]["meetings_held"] == 1
    to_purposes = gmg("report", "purposes", "--from", "2008-06-01", "--until", "2008-06-03")
    assert (to_purposes.code, to_purposes.out.splitlines()[2]) == (0, "From 1 June 2008 to 2 June 2008.")
    refused = gmg("report", "term", "turn-6")
    assert (refused.code, "has not begun" in refused.err) == (1, True)
    assert gmg("report", "purposes", "--from", "soon").code == 2


def test_an_empty_term_says_so(engine: Engine, group: str, time: Time) -> None:
    with reading(engine) as session:
        charter = groups.charter(session, group)
        report = term_report(session, charter, begun_term(charter, "turn-1"))
    text = term_markdown(report, charter)
    assert (report.meetings, report.decisions, report.activities, report.actions) == ((), (), (), ())
    assert "## Decisions of the group\n\nNone.\n" in text
    assert "(regular, over)" in text


def _decision(day: date | None, state: str = "adopted", opened: date = date(2008, 1, 5)) -> DecisionLine:
    return DecisionLine("2008-1", "adopted", "T", "", (1,), state, day, opened, None, (), "members")


@pytest.mark.parametrize(
    ("line", "belongs", "adopted"),
    [
        (_decision(date(2008, 6, 30)), True, True),
        (_decision(date(2008, 7, 1)), True, False),
        (_decision(date(2007, 12, 31), opened=date(2007, 12, 1)), False, False),
        (_decision(date(2008, 1, 1), opened=date(2007, 12, 1)), True, True),
        (_decision(None, "contested", date(2007, 12, 1)), True, False),
        (_decision(None, "open", date(2008, 7, 1)), False, False),
        (_decision(date(2008, 2, 1), "withdrawn"), True, False),
        (_decision(date(2008, 2, 1), "superseded"), True, True),
    ],
)
def test_which_decisions_belong_to_a_term(line: DecisionLine, belongs: bool, adopted: bool) -> None:
    start, end = date(2008, 1, 1), date(2008, 7, 1)
    assert rules.belongs(line, start, end) is belongs
    assert rules.was_adopted(line, start, end) is adopted


@pytest.mark.parametrize(
    ("opened", "closed", "expected"),
    [
        (date(2008, 1, 1), None, "opened"),
        (date(2007, 12, 31), None, "none"),
        (date(2008, 7, 1), None, "none"),
        (date(2007, 1, 1), date(2008, 6, 30), "closed"),
        (date(2008, 1, 1), date(2008, 6, 30), "opened-and-closed"),
        (date(2008, 1, 1), date(2008, 7, 1), "opened"),
        (None, date(2008, 3, 1), "closed"),
    ],
)
def test_what_became_of_something(opened: date | None, closed: date | None, expected: str) -> None:
    assert rules.change(opened, closed, date(2008, 1, 1), date(2008, 7, 1)) == expected


def test_what_people_wrote_is_no_markup(gmg: Charter) -> None:
    nasty = "1. <b>x</b> | [a](javascript:b)\n- * _x_ `y` # z"
    line = ActionLine("action-1", nasty, "chair", "open", date(2008, 1, 1), None, None, (), None, False, "opened")
    report = TermReport(
        "gmg", "turn-5", (), "vacant", date(2008, 1, 1), date(2008, 7, 1), datetime(2008, 5, 1, tzinfo=UTC), False,
        None, (), (), (), (line,), (),
    )  # fmt: skip
    html = MarkdownIt("commonmark").render(
        term_markdown(report, gmg.model_copy(update={"group": gmg.group.model_copy(update={"short": "1. *G*"})}))
    )
    assert "&lt;b&gt;x&lt;/b&gt; | [a](javascript:b) - * _x_ `y` # z" in html
    assert "<h1>1. *G*: report of the chair</h1>" in html
    for tag in ("<b>", "<a ", "<em>", "<code>", "<ol>"):
        assert tag not in html, tag

"""Dossiers: what they say, that they are frozen once and never change, and that nobody's words become markup."""

import json
from datetime import UTC, date, datetime
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from service.database import writing
from service.followups.handovers import pdf as paper
from service.followups.handovers.contents import Cell, Dossier, Section, table
from service.followups.handovers.markdown import markdown
from service.followups.handovers.pdf import NoPdf, pdf
from service.scheduler import plan
from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Changed, Time, happened, put
from tests.followups.decided import decision
from tests.mailtext import read
from tests.meetings.conftest import BASE, FIRST, NEXT_CHAIR, Mails, Send, at, chair, mails, member, send  # noqa: F401

DOSSIER = f"{BASE}/handovers/turn-6/dossier"
AT = datetime(2008, 7, 1, tzinfo=UTC)
NASTY = '#panic("x") #read("/etc/passwd") $x$ *b* _i_ <b>&amp; `c` | [l](https://evil.example) \\ // @ref <ref> ~'


def sections(body: dict[str, Any]) -> dict[str, list[list[str]]]:
    """The tables of a dossier by the title of their section, as texts."""
    return {
        one["title"]: [[cell["text"] for cell in row] for row in one["table"]["rows"]] if one["table"] else []
        for one in body["dossier"]["sections"]
    }


@pytest.fixture
def worked(send: Send, secretariat: dict[str, str]) -> None:
    """A term in which something was done about everything that a dossier tells of."""
    assert send(f"/meetings/{FIRST}/call").status_code == 200
    made = send("/decisions", etag="", **decision(text=NASTY))
    assert made.status_code == 201, made.text
    activity = {
        "kind": "survey", "title": "Survey of remittances", "objective": "To know more.", "purposes": [6],
        "lead": "unfpa", "partners": ["ilo"], "from": "2008-05-20", "until": "2008-12-01",
    }  # fmt: skip
    assert send("/activities", etag="", **activity).status_code == 201
    assert send("/actions", etag="", title="Write to the donors", owner="chair").status_code == 201
    assert send("/actions", etag="", title="Draft the note", owner="ilo", due="2008-06-01").status_code == 201
    outside = {"title": "Global Forum", "day": "2008-10-27", "last": "2008-10-30", "place": "Manila"}
    assert send("/external-events", secretariat, etag="", **outside).status_code == 201
    link = {"title": "Working files", "url": "https://files.example/gmg", "symbol": "GMG/2008/1"}
    answers = [{"heading": "files", "text": "All there.", "done": True, "links": [link]}]
    assert send("/handovers/turn-6/fill", answers=answers, documents=[link]).status_code == 200


def test_a_dossier_tells_of_everything(
    worked: None, client: TestClient, member: dict[str, str], time: Time, engine: Engine
) -> None:  # fmt: skip
    time.at = at("2008-06-24T16:00")
    plan(engine)
    preview = client.get(DOSSIER, headers=member).json()
    assert (preview["state"], preview["number"], preview["sha256"]) == ("preview", None, None)
    time.at = at("2008-06-30T22:00")
    draft = client.get(DOSSIER, headers=member).json()
    assert draft["state"] == "draft", "its day has come, and nothing has run yet"
    plan(engine)
    body = client.get(DOSSIER, headers=member).json()
    assert (body["state"], body["number"], body["at"]) == ("frozen", 1, "2008-06-30T22:00:00Z")
    assert body["dossier"]["title"] == "Handover of the chair from UNFPA to UNHCR"
    facts = dict(body["dossier"]["facts"])
    assert facts["Passes on"] == "Tuesday, 1 July 2008, at 00:00 (Europe/Zurich)"
    assert facts["Confirmed, incoming side"] == "not yet"
    told = sections(body)
    assert told["Checklist"][0] == ["Files", "yes", "All there.", "GMG focal point of UNFPA (outgoing)"]
    assert [row[0] for row in told["Documents handed over"]] == ["Working files"] * 2
    assert [row[1:4] for row in told["Actions of the chair, which pass on"]] == [
        ["Write to the donors", "the chair", "open"]
    ]
    assert told["Actions of the members"][0][1:] == ["Draft the note", "ILO", "open", "1 June 2008 (overdue)"]
    assert told["Decisions of the term"][0][0] == "2008-1"
    assert NASTY in told["Decisions of the term"][0][1]
    assert told["Decisions of the term"][0][2] == "adopted, 31 May 2008"
    assert told["Common activities"][0][1].startswith("Survey of remittances (survey)")
    assert told["Common activities"][0][2] == "UNFPA, ILO"
    assert "Working-level meeting" in [row[1] for row in told["Coming meetings"]]
    assert ["27 October 2008 to 30 October 2008", "Global Forum", "Manila", "outside of the group"] in told[
        "Coming external events"
    ]
    assert [row[1] for row in told["The chair's report: meetings of the term"]][-1] == "Working-level meeting, New York"
    reminders = told["Who was told of this handover"]
    assert ["GMG focal point of ILO\ngmg@ilo.example", "reminder, 7 days ahead", "superseded", "–"] in reminders
    contacts = [row[0] for row in told["Contacts"]]
    assert contacts[:2] == ["GMG focal point of UNFPA", "GMG focal point of UNHCR"]
    assert len(contacts) == 19


def test_a_dossier_is_frozen_once_and_nothing_changes_it(
    worked: None, client: TestClient, send: Send, member: dict[str, str], time: Time, engine: Engine
) -> None:  # fmt: skip
    time.at = at("2008-07-01T09:00")
    plan(engine)
    first = client.get(f"{DOSSIER}?format=pdf", headers=member)
    assert first.headers["content-type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    assert 20_000 < len(first.content) < 300_000
    assert client.get(DOSSIER, headers=member).json()["sha256"] == sha256(first.content).hexdigest()
    answers = [{"heading": "contacts", "text": "Later."}]
    assert send("/handovers/turn-6/fill", answers=answers).status_code == 200
    time.at = at("2008-07-20T09:00")
    plan(engine)
    assert client.get(f"{DOSSIER}?format=pdf", headers=member).content == first.content
    assert sections(client.get(DOSSIER, headers=member).json())["Checklist"][1][2] == "–"
    assert len(happened(engine, "dossier.frozen")) == 1
    for statement in ("UPDATE dossier SET markdown = 'x'", "DELETE FROM dossier"):
        with pytest.raises(DBAPIError, match="a dossier is frozen"), writing(engine) as session:
            session.execute(text(statement))


def test_a_correction_stands_beside_the_first(
    client: TestClient, send: Send, secretariat: dict[str, str], member: dict[str, str], time: Time,
    engine: Engine, mails: Mails,
) -> None:  # fmt: skip
    path = "/handovers/turn-6/dossiers"
    early = send(path, secretariat, etag="", reason="To see what happens")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/handover-is-ahead")
    time.at = at("2008-07-01T09:00")
    plan(engine)
    send("/handovers/turn-6/fill", answers=[{"heading": "contacts", "text": "Ms X."}])
    refused = send(path, member, etag="", reason="Ours")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/secretariat-only")
    assert send(path, secretariat, etag="", reason=" ").status_code == 422
    made = send(path, secretariat, etag="", reason="The contacts came late")
    assert (made.status_code, made.json()["number"]) == (201, 2)
    newest = client.get(DOSSIER, headers=member).json()
    assert (newest["number"], newest["reason"]) == (2, "The contacts came late")
    assert dict(newest["dossier"]["facts"])["Corrects an earlier dossier"] == "The contacts came late"
    assert client.get(f"{DOSSIER}?number=1", headers=member).json()["reason"] is None
    assert client.get(f"{DOSSIER}?number=3", headers=member).status_code == 404
    found = client.get(f"{BASE}{path}", headers=member).json()["dossiers"]
    assert [(one["number"], one["by"]) for one in found] == [(1, None), (2, "secretariat")]
    plan(engine)
    names = [part.get_filename() for mail in mails(NEXT_CHAIR, "dossier-") for part in mail.iter_attachments()]
    assert sorted(map(str, names)) == ["gmg-turn-6-dossier-1.pdf", "gmg-turn-6-dossier-2.pdf"]


def test_both_sides_get_the_dossier_by_mail(
    client: TestClient, member: dict[str, str], time: Time, engine: Engine, mails: Mails
) -> None:  # fmt: skip
    time.at = at("2008-07-01T09:00")
    for _ in range(3):
        plan(engine)
    sent = mails(None, "dossier-")
    assert [mail["To"].addresses[0].addr_spec for mail in sent] == ["gmg@unfpa.example", NEXT_CHAIR]
    frozen = client.get(f"{DOSSIER}?format=pdf", headers=member).content
    for mail in sent:
        assert isinstance(mail, EmailMessage)
        assert mail["Subject"] == "GMG: dossier of the handover of 1 July 2008"
        (attached,) = mail.iter_attachments()
        assert attached.get_content_type() == "application/pdf"
        assert attached.get_content() == frozen
        assert sha256(frozen).hexdigest() in read(mail)


def test_a_handover_of_long_ago_is_a_draft_until_the_secretariat_freezes_it(
    client: TestClient, send: Send, secretariat: dict[str, str], engine: Engine, mails: Mails
) -> None:  # fmt: skip
    plan(engine)
    path = "/handovers/turn-5/dossier"
    assert client.get(f"{BASE}{path}", headers=secretariat).json()["state"] == "draft"
    made = send(f"{path}s", secretariat, etag="", reason="For the record").json()
    assert (made["state"], made["number"]) == ("frozen", 1)
    plan(engine)
    assert len(mails(None, "dossier-turn-5")) == 2


def test_a_dossier_is_for_the_inside_alone(client: TestClient) -> None:
    for form in ("json", "markdown", "pdf"):
        assert client.get(f"{DOSSIER}?format={form}").status_code == 401
    assert client.get(f"{BASE}/handovers/turn-6/dossiers").status_code == 401


def test_what_is_not_there_is_said_so(client: TestClient, member: dict[str, str]) -> None:
    assert client.get(f"{BASE}/handovers/turn-999/dossier", headers=member).status_code == 404
    assert client.get(f"{DOSSIER}?format=docx", headers=member).status_code == 422
    assert client.get(f"{DOSSIER}?number=1", headers=member).status_code == 404


def test_a_dossier_outlives_its_handover(
    client: TestClient, member: dict[str, str], time: Time, engine: Engine, changed: Changed
) -> None:
    """The record is corrected afterwards, and no chair has passed on that day: what was frozen stays to be read."""
    time.at = at("2008-07-01T09:00")
    plan(engine)
    history = [entry.model_dump(by_alias=True) for entry in changed().history]
    again = {"from": date(2008, 7, 1), "until": date(2008, 9, 1), "chair": ["unfpa"], "kind": "extended"}
    put(engine, changed(history=[*history, again]), correct="The term went on")
    assert client.get(f"{BASE}/handovers/turn-6", headers=member).json()["state"] == "withdrawn"
    body = client.get(DOSSIER, headers=member).json()
    assert (body["state"], body["dossier"]["title"]) == ("frozen", "Handover of the chair from UNFPA to UNHCR")
    plan(engine)
    assert client.get(DOSSIER, headers=member).json() == body


def test_where_no_pdf_can_be_made_the_group_goes_on_and_it_is_tried_again(
    client: TestClient, send: Send, member: dict[str, str], time: Time, engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    send("/actions", etag="", title="Write to the donors", owner="chair")
    with monkeypatch.context() as patched:
        patched.setattr(paper, "_template", lambda: b"#panic()")
        time.at = at("2008-07-01T09:00")
        plan(engine)
        assert client.get(DOSSIER, headers=member).json()["state"] == "draft"
        failed = client.get(f"{DOSSIER}?format=pdf", headers=member)
        assert (failed.status_code, failed.json()["type"]) == (503, "/problems/no-pdf")
        assert client.get(f"{DOSSIER}?format=markdown", headers=member).status_code == 200
    time.at = at("2008-07-02T09:00")
    plan(engine)
    assert client.get(DOSSIER, headers=member).json()["state"] == "frozen"


# -- on paper and as Markdown


def dossier(*words: str) -> Dossier:
    """A dossier in which these words stand in every place that takes any."""
    rows = [(word, Cell(text=word, url="https://example.org/a|b")) for word in words]
    return Dossier(
        title=words[0],
        running=words[0],
        facts=tuple((word, word) for word in words),
        sections=(
            Section(title=words[0], texts=words, table=table([("One", 1), (words[0], 2)], rows)),
            Section(title="Nothing here"),
        ),
    )


def test_the_same_values_give_the_same_bytes() -> None:
    one = dossier("Global Migration Group")
    assert pdf(one, "Draft", AT) == pdf(one, "Draft", AT)
    assert pdf(one, "Draft", AT) != pdf(one, "Dossier 1", AT)


@settings(max_examples=40)
@given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=4))
def test_no_words_can_break_the_page(words: list[str]) -> None:
    assert pdf(dossier(*words), words[0], AT).startswith(b"%PDF-")


@pytest.mark.parametrize("words", [NASTY, "العربية نص", "中文文本", "Русский текст", "a" * 4000, "\u202e😀", "#" * 50])
def test_every_script_and_every_nasty_word_goes_on_paper(words: str) -> None:
    assert pdf(dossier(words), words, AT).startswith(b"%PDF-")


def test_what_somebody_wrote_is_no_typst(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were it read as markup, this would not compile."""
    assert pdf(dossier('#panic("x")', '"); #panic("x")', "${#", "*/ //"), "x", AT)
    monkeypatch.setattr(paper, "_template", lambda: b'#panic("x")')
    with pytest.raises(NoPdf):
        pdf(dossier("x"), "x", AT)


@example("*0*")
@given(st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=80))
def test_what_somebody_wrote_is_no_markdown(words: str) -> None:
    """Read by CommonMark, every word stands there as text: no heading, list, link or emphasis but ours."""
    words = words.strip() or "x"
    said = markdown(dossier(words, f"# {words}", f"- {words}\n1. {words}\n> {words}"))
    tokens = MarkdownIt("commonmark").enable("table").parse(said)
    kinds = [token.type for token in tokens]
    assert kinds.count("heading_open") == 3
    assert not {"fence", "code_block", "blockquote_open", "ordered_list_open", "hr", "html_block"} & set(kinds)
    assert kinds.count("bullet_list_open") == 1, "the facts, and nothing else"
    inside = [child for token in tokens if token.children for child in token.children]
    links = [child.attrGet("href") for child in inside if child.type == "link_open"]
    assert set(links) == {"https://example.org/a%7Cb"}
    assert not [child for child in inside if child.type in ("em_open", "code_inline", "image")]
    html = [child.content for child in inside if child.type == "html_inline"]
    assert set(html) <= {"<br>"}


def test_a_dossier_read_back_is_the_same() -> None:
    one = dossier(NASTY, "العربية")
    assert Dossier.model_validate(json.loads(json.dumps(one.model_dump(mode="json")))) == one
    assert date(2008, 7, 1).isoformat() not in markdown(one)

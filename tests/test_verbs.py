"""The verbs of the command that write: decisions, tokens, people. What they refuse leaves nothing behind."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from service.access.tables import TokenRow
from service.database import reading
from service.groups import queries
from service.groups.charter import Charter
from tests.commandline import Gmg
from tests.conftest import Time


@pytest.fixture
def gmg_command(
    database_url: str, group: str, time: Time, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Gmg:
    return Gmg(database_url, monkeypatch, capsys)


def charter(engine: Engine) -> Charter:
    with reading(engine) as session:
        return queries.charter(session, "gmg")


VERBS = [
    (("pass", "unhcr", "--term", "2008-07-01"), "unicef (regular, decided)"),
    (("swap", "unhcr", "unitar", "--term", "2008-07-01"), "unitar (swapped, decided)"),
    (("appoint", "iom", "ilo", "--term", "2008-07-01", "--until", "2008-10-01"), "iom+ilo (appointed, decided)"),
    (("extend", "2008-01-01", "--until", "2008-09-01"), "until 2008-09-01 unfpa (extended, decided)"),
    (("accept", "unhcr", "--term", "2008-07-01"), "unhcr (regular, decided)"),
    (("vacant", "2008-06-01", "--until", "2008-06-15"), "vacant (vacant, decided)"),
    (("interim", "iom", "--from", "2008-07-01", "--until", "2008-08-01"), "iom (interim, decided)"),
]


@pytest.mark.parametrize(("said", "shown"), VERBS, ids=lambda value: value[0] if isinstance(value, tuple) else "")
def test_every_kind_of_decision(gmg_command: Gmg, engine: Engine, said: tuple[str, ...], shown: str) -> None:
    preview = gmg_command("chair", "decide", *said, "--preview")
    assert (preview.code, charter(engine).decisions) == (0, [])
    assert "nothing is saved" in preview.out
    assert shown in preview.out
    done = gmg_command("chair", "decide", *said, "--reason", "Agreed", "--taken", "2008-05-14", "--id", "one")
    assert done.code == 0, done.err
    assert shown in done.out
    (decision,) = charter(engine).decisions
    assert (decision.id, decision.taken, decision.reason) == ("one", date(2008, 5, 14), "Agreed")
    assert gmg_command("chair", "decide", "withdraw", "one").code == 0


REFUSED = [
    (("pass", "unhcr"), 1, "pass needs term"),
    (("pass", "unhcr", "iom", "--term", "2008-07-01"), 2, "pass takes 1 value, not 2"),
    (("swap", "unhcr", "--term", "2008-07-01"), 2, "swap takes 2 values, not 1"),
    (("resign", "unhcr", "--term", "2008-07-01"), 1, "resign"),
    (("pass", "unhcr", "--term", "2008-07-02"), 1, "write term: 2008-07-01"),
    (("pass", "unhcr", "--term", "1 July"), 1, "write it as 2008-07-01"),
    (("pass", "unhcr", "--term", "2008-07-01", "--taken", "yesterday"), 2, "yesterday is no day"),
    (("pass", "unhcr", "--term", "2008-07-01", "--id", "Nº 1"), 2, "--id takes small letters"),
    (("extend", "2008-01-01", "--until", "2008-05-15"), 1, "not after today"),
    (("pass", "unhcr", "--term", "2008-07-01", "--group", "other"), 1, "'other' is not here"),
]


@pytest.mark.parametrize(("said", "code", "says"), REFUSED)
def test_what_cannot_be_decided(gmg_command: Gmg, engine: Engine, said: tuple[str, ...], code: int, says: str) -> None:
    done = gmg_command("chair", "decide", *said)
    assert done.code == code
    assert says in " ".join(done.err.replace("│", " ").split())
    assert charter(engine).decisions == []


def test_the_chair_is_still_a_plain_question(gmg_command: Gmg) -> None:
    done = gmg_command("chair")
    assert (done.code, done.out.splitlines()[0]) == (0, "UNFPA chairs GMG on 15 May 2008.")


def test_a_token_is_shown_once_listed_and_revoked(gmg_command: Gmg, engine: Engine) -> None:
    made = gmg_command("token", "create", "--person", "gmg@iom.example", "--days", "10", "--read-only")
    token, told = made.out.splitlines()
    assert token.startswith("gmg_")
    assert "for GMG focal point of IOM, until 2008-05-25" in told
    feed = gmg_command("token", "create", "--person", "gmg@iom.example", "--feed").out.splitlines()[0]
    assert feed.startswith("http://127.0.0.1:8000/calendars/p/feed_")
    assert feed.endswith("/gmg.ics")
    listed = gmg_command("token", "list").out
    assert token not in listed
    assert "api   read   until 2008-05-25" in listed
    narrow = ("token", "create", "--person", "gmg@iom.example", "--scope", "meetings,chair,meetings")
    assert gmg_command(*narrow).out.startswith("gmg_")
    assert "api   chair,meetings  until 2009-05-15" in gmg_command("token", "list").out
    with reading(engine) as session:
        ids = [row.id for row in session.exec(select(TokenRow))]
    assert "is revoked" in gmg_command("token", "revoke", ids[0]).out
    assert "revoked 2008-05-15" in gmg_command("token", "list").out


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (("create",), 2),
        (("create", "--person", "gmg@iom.example", "--secretariat"), 2),
        (("create", "--secretariat", "--feed"), 2),
        (("create", "--person", "nobody@iom.example"), 1),
        (("create", "--secretariat", "--days", "0"), 2),
        (("create", "--secretariat", "--scope", "everything"), 2),
        (("create", "--secretariat", "--scope", ""), 2),
        (("create", "--secretariat", "--read-only", "--scope", "write"), 2),
        (("revoke", "t0"), 1),
    ],
)
def test_tokens_that_are_not_made(gmg_command: Gmg, said: tuple[str, ...], code: int) -> None:
    assert gmg_command("token", *said).code == code
    assert gmg_command("token", "list").out == ""


HEAD = "name,email,organization,role,from,until,language\n"


def test_people_are_imported_all_or_none(gmg_command: Gmg, engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        HEAD
        + "Ada Lovelace,ada@ilo.example,ilo,focal-point,2008-05-01,,fr\n"
        + "Ada Lovelace,ADA@ilo.example,ece,alternate,2008-05-01,2009-01-01,\n"
        + "Focal point,gmg@iom.example,iom,focal-point,,,\n",
        encoding="utf-8-sig",
    )
    assert gmg_command("people", "import", str(file)).out == "2 people imported.\n"
    people = {person.email: person for person in charter(engine).people}
    assert [(a.organization, a.role) for a in people["ada@ilo.example"].appointments] == [
        ("ilo", "focal-point"),
        ("ece", "alternate"),
    ]
    assert people["gmg@iom.example"].name == "Focal point"
    assert len(people) == 20
    assert "ada@ilo.example" in gmg_command("people", "list").out
    before = charter(engine)
    file.write_text(HEAD + "Bob,bob@ilo.example,ilo,focal-point,,,\nEve,eve,xyz,boss,,,\nMal,mal@@x,ilo,boss,soon,,\n")
    done = gmg_command("people", "import", str(file))
    assert done.code == 1
    assert ":3: organization 'xyz' is not known" in done.err
    assert ":4: email" in done.err
    assert ":4: appointments.0.role" in done.err
    assert charter(engine) == before
    for wrong in (HEAD, "", "a,b\n\x00\n"):
        file.write_text(wrong)
        assert gmg_command("people", "import", str(file)).code == 1
    assert gmg_command("people", "import", str(tmp_path / "none.csv")).code == 1


def test_mail_goes_out_only_once_the_operator_has_confirmed(gmg_command: Gmg, engine: Engine) -> None:
    with reading(engine) as session:
        assert queries.group_row(session, "gmg").confirmed_at is None
    for _ in range(2):
        assert gmg_command("group", "confirm", "gmg").code == 0
    with reading(engine) as session:
        assert queries.group_row(session, "gmg").confirmed_at is not None
    assert gmg_command("group", "confirm", "other").code == 1

"""One search over decisions, activities, actions and minutes; whatever is typed is looked for, and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from service.database import reading
from service.followups.search.queries import bounded
from service.followups.search.rules import patterns, snippet
from service.problems import Problem
from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.acting import Opened, opened  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, FIRST, Send, at, chair, member, send  # noqa: F401 - fixtures

SEARCH = f"{BASE}/search"


def hits(client: TestClient, headers: dict[str, str], **query: str) -> Any:
    found = client.get(SEARCH, params=query, headers=headers)
    assert found.status_code == 200, found.text
    return found.json()


def ids(client: TestClient, headers: dict[str, str], q: str, **query: str) -> list[str]:
    return [hit["id"] for hit in hits(client, headers, q=q, **query)["hits"]]


@pytest.fixture
def filled(opened: Opened, send: Send, secretariat: dict[str, str], time: Time) -> None:
    """Something of each kind that speaks of remittances."""
    opened(title="Paper on remittances", text="Costs of 5% and_more.")
    opened(title="Another", text="Who pays for REMITTANCES?")
    opened(title="Élan vital", text="a\\b")
    decided = send(
        "/decisions", etag="", operative="endorsed", title="On remittances", text="Agreed.", until="2008-05-30"
    )
    assert decided.status_code == 201, decided.text
    period = {"from": "2008-06-01", "until": "2008-09-01"}
    said = {
        "kind": "survey",
        "title": "Study",
        "objective": "Remittances and their use.",
        "lead": "ilo",
        "purposes": [1],
    }
    begun = send("/activities", etag="", **said | period)
    assert begun.status_code == 201, begun.text
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T19:00")
    send(f"/meetings/{FIRST}/hold", presided_by="Chair")
    minutes = f"/meetings/{FIRST}/minutes"
    outcomes = [{"text": "A note on remittances is drafted."}]
    assert send(minutes, secretariat, etag="", text="The group met.", outcomes=outcomes).status_code == 200


def test_every_kind_is_found_and_drafts_are_not(
    filled: None,
    client: TestClient,
    send: Send,
    member: dict[str, str],
    secretariat: dict[str, str],
) -> None:
    before = hits(client, member, q="remittances")["hits"]
    assert [(hit["kind"], hit["id"]) for hit in before] == [
        ("decision", "2008-1"), ("activity", "activity-1"), ("action", "action-2"), ("action", "action-1"),
    ]  # fmt: skip
    send(f"/meetings/{FIRST}/minutes/circulate", secretariat, until="2008-07-16")
    after = hits(client, member, q="remittances")["hits"]
    assert after[:4] == before
    assert after[4] == {
        "kind": "minutes", "id": FIRST, "title": "Working-level meeting",
        "snippet": "A note on remittances is drafted.",
    }  # fmt: skip
    assert before[2]["snippet"] == "Who pays for REMITTANCES?"


def test_kinds_and_pages(
    filled: None,
    client: TestClient,
    send: Send,
    member: dict[str, str],
    secretariat: dict[str, str],
) -> None:
    send(f"/meetings/{FIRST}/minutes/circulate", secretariat, until="2008-07-16")
    assert ids(client, member, "remittances", kinds="action") == ["action-2", "action-1"]
    assert ids(client, member, "remittances", kinds="minutes,decision") == ["2008-1", FIRST]
    seen, after = [], None
    while True:
        found = hits(client, member, q="remittances", limit="1", **({"after": after} if after else {}))
        seen += [hit["id"] for hit in found["hits"]]
        after = found["next"]
        if after is None:
            break
    assert seen == ["2008-1", "activity-1", "action-2", "action-1", FIRST]
    first = hits(client, member, q="remittances", limit="1")["next"]
    other = client.get(SEARCH, params={"q": "another", "after": first}, headers=member)
    assert (other.status_code, other.json()["type"]) == (400, "/problems/invalid-cursor")


FOUND = [
    ("paper remittances", ["action-1"]),
    ("remittances paper", ["action-1"]),
    ("PAPER", ["action-1"]),
    ("5%", ["action-1"]),
    ("and_more", ["action-1"]),
    ("and%more", []),
    ("an__more", []),
    ("%_%", []),
    ("%%", []),
    ("__", []),
    ("a\\b", ["action-3"]),
    ("\\%", []),
    ("(a+)+$", []),
    ("^Paper.*", []),
    ("' OR 1=1 --", []),
    ("élan", ["action-3"]),
    ("ÉLAN", ["action-3"]),
    ("elan", []),
]


@pytest.mark.parametrize(("q", "found"), FOUND)
def test_words_are_taken_as_they_stand(
    client: TestClient,
    opened: Opened,
    member: dict[str, str],
    q: str,
    found: list[str],
) -> None:
    opened(title="Paper on remittances", text="Costs of 5% and_more.")
    opened(title="Another")
    opened(title="Élan vital", text="a\\b")
    assert ids(client, member, q) == found


WRONG: list[dict[str, str]] = [
    {}, {"q": ""}, {"q": "a"}, {"q": "  a  "}, {"q": "x" * 101}, {"q": "x" * 10_000}, {"q": "a\0b"}, {"q": "a\x1bb"},
    {"q": "a\u202eb"}, {"q": "note", "kinds": "news"}, {"q": "note", "kinds": ""}, {"q": "note", "regex": "1"},
    {"q": "note", "limit": "0"}, {"q": "a b c d e f g h i"},
]  # fmt: skip


@pytest.mark.parametrize("query", WRONG)
def test_what_is_no_search(client: TestClient, member: dict[str, str], query: dict[str, str]) -> None:
    found = client.get(SEARCH, params=query, headers=member)
    assert (found.status_code, found.headers["content-type"]) == (422, "application/problem+json"), found.text


def test_a_search_that_takes_too_long_is_given_up(engine: Engine) -> None:
    slow = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50000000) SELECT count(*) FROM n"
        if engine.dialect.name == "sqlite"
        else "SELECT pg_sleep(30)"
    )
    with reading(engine) as session, pytest.raises(Problem, match="took too long") as caught, bounded(session, 0.2):
        session.connection().execute(text(slow))
    assert caught.value.status == 503
    with reading(engine) as session:
        assert session.connection().execute(text("SELECT 1")).scalar() == 1


@given(word=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_a_pattern_is_the_word_and_no_other(word: str) -> None:
    for pattern in patterns(word):
        assert pattern[0] == pattern[-1] == "%"
        bare = pattern[1:-1]
        plain = ""
        rest = iter(bare)
        for letter in rest:
            assert letter not in "%_"
            plain += next(rest) if letter == "\\" else letter
        assert plain in (word, word.lower(), word.upper())


def test_a_snippet_is_short_and_around_the_word() -> None:
    long = f"{'a ' * 200}remittances{' b' * 200}"
    shown = snippet([long], ["Remittances"])
    assert "remittances" in shown
    assert (shown[0], shown[-1], len(shown) <= 182) == ("…", "…", True)
    assert snippet(["Title", "text\n\nwith\tlines"], ["lines"]) == "text with lines"
    assert snippet(["", "x"], ["nothing"]) == "x"
    assert snippet([], ["nothing"]) == ""

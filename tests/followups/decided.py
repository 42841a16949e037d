"""What the tests of decisions and notices share: what they send, a procedure, a meeting held, and other charters."""

from datetime import date
from typing import Any

import pytest

from service.groups.charter import Charter
from tests.access.conftest import Tokens
from tests.conftest import Changed, Time
from tests.meetings.conftest import FIRST, Send, at

LAST = "2008-05-30"
# The end of that day in the group's zone.
ENDS = "2008-05-30T22:00:00"
ONE = "/decisions/2008-1"
ANSWER = f"{ONE}/answer"


def decision(**more: object) -> dict[str, Any]:
    """A decision to be opened, unless `until` is None: then it is taken at a meeting."""
    said = {
        "operative": "adopted",
        "title": "Fact sheet on remittances",
        "text": "The group adopts the fact sheet.\n\nIt is to be reviewed in a year.",
        "purposes": [7, 4],
        "until": LAST,
    }
    return {name: value for name, value in (said | more).items() if value is not None}


@pytest.fixture
def opened(send: Send) -> dict[str, Any]:
    """A silence procedure until the end of 30 May 2008, opened by UNFPA."""
    made = send("/decisions", etag="", **decision())
    assert made.status_code == 201, made.text
    return dict(made.json())


@pytest.fixture
def held(send: Send, time: Time) -> str:
    """A meeting that was held, with two outcomes in its minutes; UNFPA still chairs."""
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T14:00")
    send(f"/meetings/{FIRST}/hold", presided_by="The Executive Director")
    send(f"/meetings/{FIRST}/minutes", etag="", text="The group met.", outcomes=[{"text": "One."}, {"text": "Two."}])
    return FIRST


def of(token: Tokens, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(f'gmg@{name}.example')}"}


def with_person(changed: Changed, gmg: Charter, email: str, **appointment: object) -> Charter:
    """The shipped charter with one more person in one role."""
    people = [person.model_dump(by_alias=True) for person in gmg.people]
    new = {"name": f"The one at {email}", "email": email, "appointments": [{"from": date(2008, 1, 1)} | appointment]}
    return changed(people=[*people, new])


def with_member(changed: Changed, gmg: Charter, **days: dict[str, date]) -> Charter:
    """The shipped charter with other days of joining or leaving, by member."""
    members = [member.model_dump(by_alias=True) for member in gmg.members]
    return changed(members=[member | days.get(member["id"], {}) for member in members])

"""The survey that tests propose as ILO's, with IOM as a partner, and agree by a decision; by default in May 2008."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from service.database import writing
from service.followups.decisions.tables import GroupDecisionRow
from tests.access.conftest import Tokens
from tests.conftest import Time
from tests.meetings.conftest import Send

SURVEY: dict[str, Any] = {
    "kind": "survey",
    "title": "Survey of statistics on labour migration",
    "objective": "One picture of what the members count.",
    "purposes": [6, 4],
    "areas": ["migration and development"],
    "lead": "ilo",
    "partners": ["iom", "wb"],
    "from": "2008-06-01",
    "until": "2008-12-01",
    "milestones": [{"title": "Questionnaire", "due": "2008-07-15"}, {"title": "Draft", "due": "2008-10-15"}],
    "expected": ["A questionnaire", "A report"],
}
ONE = "/activities/activity-1"


@pytest.fixture
def partner(token: Tokens) -> dict[str, str]:
    """The headers of the focal point of a partner."""
    return {"Authorization": f"Bearer {token('gmg@iom.example')}"}


@pytest.fixture
def propose(send: Send, member: dict[str, str]) -> Callable[..., Any]:
    """Proposes the survey as its lead, with some of it said otherwise."""

    def do(headers: dict[str, str] | None = None, **said: Any) -> Any:
        return send("/activities", headers or member, etag="", **(SURVEY | {n.rstrip("_"): v for n, v in said.items()}))

    return do


@pytest.fixture
def decide_on(engine: Engine, group: str, time: Time) -> Callable[..., str]:
    """Puts a group decision on record: taken at once, or open until an instant."""

    def do(id_: str = "2008-1", until: datetime | None = None) -> str:
        with writing(engine) as session:
            row = GroupDecisionRow(
                group_id=group, id=id_, year=2008, number=int(id_[5:]), operative="approved", title="Survey",
                text="approves the survey", purposes=[6], opened_at=time.at, asked_at=time.at, until=until,
                round=1 if until else 0, by="test", changed_at=time.at,
            )  # fmt: skip
            session.add(row)
        return id_

    return do


@pytest.fixture
def agreed(propose: Callable[..., Any], decide_on: Callable[..., str], send: Send) -> str:
    """The survey, agreed by a decision."""
    assert propose().status_code == 201
    assert send(f"{ONE}/agree", decision=decide_on()).status_code == 200
    return ONE

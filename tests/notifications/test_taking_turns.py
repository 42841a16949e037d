"""Workers take turns at a group: one that somebody is at is left to them, and what is planned is not planned again."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from service import events, scheduler
from service.database import reading, writing
from service.events import DueRow
from service.groups import queries as groups
from service.groups.tables import GroupRow
from service.scheduler import plan
from tests.conftest import Time


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The groups that were planned for."""
    found: list[str] = []
    whole = scheduler._plan

    def noting(session: Session, row: GroupRow) -> None:
        found.append(row.id)
        whole(session, row)

    monkeypatch.setattr(scheduler, "_plan", noting)
    return found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_group_that_somebody_is_at_is_left_for_the_next_look(
    engine: Engine, group: str, time: Time, planned: list[str]
) -> None:
    with writing(engine) as held:
        groups.group_row(held, "gmg", lock=True)
        plan(engine)
        assert planned == [], "nobody waits, and nothing fails"
    with reading(engine) as session:
        assert events.due_groups(session) == ["gmg"]
    plan(engine)
    assert planned == ["gmg"]


def test_what_another_has_just_planned_is_not_planned_again(
    engine: Engine, group: str, time: Time, planned: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have asked what is due before either began."""
    monkeypatch.setattr(events, "due_groups", lambda session: list(session.exec(select(DueRow.group_id))))
    plan(engine)
    plan(engine)
    assert planned == ["gmg"]

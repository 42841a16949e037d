"""Under any sequence of verbs the log retells the action; nothing in it is ever edited."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from service import clock
from service.access.rules import Now
from service.database import writing
from service.followups.actions import commands
from service.followups.actions.changing import By, told
from service.followups.actions.queries import action_row, log_rows
from service.followups.actions.rules import NO_DAY, PENDING, VERBS, retold
from service.followups.actions.tables import ActionRow
from service.groups import queries as groups
from service.meetings import commands as meetings
from service.meetings.queries import meeting_row
from service.problems import Problem
from tests.conftest import Time
from tests.meetings.conftest import FIRST

BY = By("GMG focal point of ILO", "ilo")
SECOND = "working-level-2008-08-07"
days = st.dates(date(2008, 5, 15), date(2008, 12, 1))
owners = st.sampled_from(["ilo", "iom", "chair"])
STEPS = st.one_of(
    st.just(("start",)),
    st.just(("log",)),
    st.just(("finish",)),
    st.just(("drop",)),
    st.just(("reopen",)),
    st.tuples(st.just("reschedule"), st.one_of(days, st.none(), st.sampled_from([FIRST, "next"]))),
    st.tuples(st.just("assign"), st.sampled_from(["gmg@ilo.example", "gmg@iom.example", None])),
    st.tuples(st.just("transfer"), owners),
    st.tuples(st.just("move"), st.sampled_from([FIRST, SECOND]), days),
    st.tuples(st.just("cancel"), st.sampled_from([FIRST, SECOND])),
)


def take(session: Session, now: Now, row: ActionRow, step: tuple[Any, ...]) -> None:
    verb, *given = step
    if verb == "start":
        commands.start(session, row, BY)
    elif verb == "log":
        commands.log(session, row, BY, "A word.", [])
    elif verb == "finish":
        commands.finish(session, row, BY, "", [])
    elif verb == "drop":
        commands.drop(session, row, BY, "Why")
    elif verb == "reopen":
        commands.reopen(session, now, row, BY, "Why")
    elif verb == "reschedule":
        (to,) = given
        due, before = (None, to) if isinstance(to, str) else (to, None)
        commands.reschedule(session, now, row, BY, "Why", due=due, before=before)
    elif verb == "assign":
        commands.assign(session, now, row, BY, {"assignee": given[0]})
    elif verb == "transfer":
        commands.transfer(session, now, row, BY, given[0], "Why")
    else:
        meeting = meeting_row(session, "gmg", given[0], lock=True)
        if verb == "move":
            start = meeting.start + timedelta(days=(given[1] - meeting.start.date()).days)
            meetings.move(session, now.charter, meeting, actor="test", start=start)
        else:
            meetings.cancel(session, meeting, reason="Why", actor="test")


@given(owner=owners, first=st.one_of(days, st.none(), st.just("next")), steps=st.lists(STEPS, max_size=12))
@settings(
    max_examples=25,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_log_retells_the_action(
    engine: Engine, group: str, time: Time, owner: str, first: Any, steps: list[tuple[Any, ...]]
) -> None:
    with writing(engine) as session:
        groups.group_row(session, group, lock=True)
        now = Now(groups.charter(session, group), clock.now())
        due, before = (None, first) if isinstance(first, str) else (first, None)
        row = commands.open_action(session, now, BY, title="A title", owner=owner, due=due, before=before)
        kept: list[dict[str, Any]] = []
        for step in steps:
            seen = told(row)
            try:
                take(session, now, row, step)
            except Problem:
                assert told(row) == seen, "what is refused leaves no trace"
            session.flush()
            session.expire_all()
            row = action_row(session, group, row.id)
            entries = [entry.model_dump() for entry in log_rows(session, row)]
            assert entries[: len(kept)] == kept, "what stands in the log stays as it is"
            kept = entries
            assert retold(entry["after"] for entry in entries) == told(row)
            assert [entry["number"] for entry in entries] == list(range(1, row.version + 1))
            assert row.pending == (row.state in PENDING) == (row.closed_at is None)
            assert row.place == (row.due or NO_DAY)
            for before_, after in pairwise(entries):
                assert after["at"] >= before_["at"]
                seen_then = retold(entry["after"] for entry in entries[: after["number"] - 1])
                assert after["before"] == {name: seen_then[name] for name in after["after"]}
                assert seen_then["state"] in VERBS[after["verb"]][0]
        session.rollback()


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_starts_from_some_state(verb: str) -> None:
    starts, leads = VERBS[verb]
    assert starts
    assert leads is None or leads not in starts

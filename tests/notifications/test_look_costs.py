"""What a look asks of the database follows what is near, not all that the group has lived through."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from service import clock, events
from service.database import writing
from service.scheduler import plan
from tests.conftest import Time
from tests.statements import listened

YEARS = range(2009, 2015)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_look_asks_no_more_for_more_handovers_that_are_over(engine: Engine, group: str, time: Time) -> None:
    asked = []
    for year in YEARS:
        for month in (1, 7, 10):
            time.at = datetime(year, month, 2, 12, tzinfo=UTC)
            plan(engine)
        asked.append(_asked(engine, group))
    # Those near are asked about more than once, and there are as many of them every year.
    assert max(asked[3:]) <= max(asked[:3]), asked
    assert asked[-1] > 0


def _asked(engine: Engine, group: str) -> int:
    """How often a look that has nothing to say asks for a handover."""
    with writing(engine) as session:
        events.terms_changed(session, group)
    plan(engine)
    with writing(engine) as session:
        events.owes(session, group, clock.now())
    with listened(engine) as asked:
        plan(engine)
    return sum("FROM handover " in " ".join(one.statement.split()) for one in asked)

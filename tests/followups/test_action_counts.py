"""How many actions each owner has: open, overdue among them, and done; what was dropped counts nowhere."""

from datetime import date

from sqlalchemy import Engine

from service.database import reading
from service.followups.actions.queries import Counts, counts
from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.followups.acting import Opened, opened  # noqa: F401 - fixtures
from tests.meetings.conftest import Send, chair, send  # noqa: F401 - fixtures


def test_actions_are_counted_by_owner(engine: Engine, opened: Opened, send: Send) -> None:
    for owner, due in (("ilo", "2008-05-20"), ("ilo", None), ("ilo", "2008-06-01"), ("iom", None), ("chair", None)):
        opened(owner=owner, due=due)
    assert send("/actions/action-3/finish", text="Done.").status_code == 200
    assert send("/actions/action-4/drop", reason="No need.").status_code == 200
    with reading(engine) as session:
        found = counts(session, "gmg", date(2008, 5, 21))
        earlier = counts(session, "gmg", date(2008, 5, 20))
    assert found == {"ilo": Counts(2, 1, 1), "iom": Counts(0, 0, 0), "chair": Counts(1, 0, 0)}
    assert earlier["ilo"] == Counts(2, 0, 1)

"""Which tests run on SQLite and PostgreSQL, and which on one of the two; all on both by ON_BOTH (`make prove-long`).

Pages run on SQLite: a page reads with the queries of its feature and writes through its doors, and these have their
tests on both. Some pages are run on both at any time, so that what all stand on is seen there. Tests that live through
weeks of planning run on one of the two, half of each file on either: what they plan with is the same rows and queries
all over. What shows a promise runs on both.
"""

import os
import re
from pathlib import Path
from zlib import crc32

import pytest

HERE = Path(__file__).parent
PAGES_ON_BOTH = {"test_doors.py", "test_notice_pages.py", "test_desk.py"}
BY_TURNS = {
    "access/test_matrix.py",
    "followups/test_actions_mails.py", "followups/test_decision_mails.py", "followups/test_dossier.py",
    "followups/test_handover_day.py", "followups/test_handover_requests.py", "followups/test_handover_terms.py",
    "followups/test_handovers.py", "followups/test_notices.py",
    "meetings/test_invitation_replies.py", "meetings/test_invitation_sequences.py", "meetings/test_invitations.py",
    "meetings/test_reminders.py",
    "notifications/test_acknowledging.py", "notifications/test_escalation.py", "notifications/test_forecast.py",
    "notifications/test_planner.py",
}  # fmt: skip
DATABASES = ("sqlite", "postgresql")
# What shows a promise, or plants what breaks one.
SHOWN = ("promise", "planted")
_ENGINE = re.compile(r"(?<=[\[-])(sqlite|postgresql)(?=[\]-])")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("ON_BOTH"):
        return
    left = [item for item in items if _is_for_later(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


def _is_for_later(item: pytest.Item) -> bool:
    of = getattr(item, "callspec", None)
    on = str(of.params.get("database_url")) if of is not None else None
    # A test that names the one database it is for is run there.
    if on not in DATABASES or not _has_both(item) or any(map(item.get_closest_marker, SHOWN)):
        return False
    if item.path.parent == HERE / "web":
        return on == "postgresql" and item.path.name not in PAGES_ON_BOTH
    if item.path.relative_to(HERE).as_posix() not in BY_TURNS:
        return False
    return on != DATABASES[crc32(_ENGINE.sub("", item.name).encode()) % 2]


def _has_both(item: pytest.Item) -> bool:
    """Whether nobody has said for this test alone on which databases it runs."""
    return not any("database_url" in str(mark.args[0]) for mark in item.iter_markers("parametrize"))

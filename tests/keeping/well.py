"""A service in which all is well until a test turns something bad, and the doctor that looks at it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from service import settings
from service.database import writing
from service.groups.commands import confirm
from service.keeping.backups import note_backup
from service.keeping.doctor import looking, rules
from service.keeping.doctor.rules import Finding
from service.ticks import TickRow
from tests.conftest import Time

Doctor = Callable[[], dict[str, Finding]]


@pytest.fixture
def doctor(
    engine: Engine, group: str, database_url: str, environment: Path, monkeypatch: pytest.MonkeyPatch, time: Time
) -> Doctor:
    """Looks at a service in which all is well until a test turns something bad; findings by check."""
    monkeypatch.setenv("GMG_DATABASE_URL", database_url)
    monkeypatch.setattr(rules, "skew", lambda theirs, ours: Finding("clock", "ok", ""))
    settings.current.cache_clear()
    environment.mkdir(mode=0o700)
    settings.current().secret()
    note_backup(environment, time.at - timedelta(hours=1), Path("b.zip"), "")
    with writing(engine) as session:
        confirm(session, group)
        session.add(TickRow(worker="w", host="h", process=1, planned_at=time.at, seen_at=time.at))

    def look() -> dict[str, Finding]:
        found: dict[str, Finding] = {}
        for one in looking.examine(settings.read):
            # The worst of each.
            if one.check not in found or one.state != "ok":
                found[one.check] = one
        return found

    return look

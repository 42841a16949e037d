"""Who did what when, for the secretariat: the audit, newest first."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, NamedTuple

from fastapi import Query, Request, Response
from pydantic import Field
from sqlmodel import Session

from service.access.bodies import Out, answer, new_router
from service.access.door import Answer, look
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.audit import AuditRow, audited
from service.groups.parts import Day
from service.keyset import After, Limit, cursor, read_cursor
from service.zones import midnight

router = new_router("audit")


class Wanted(NamedTuple):
    """Which entries a list is of; what is None is not asked for."""

    what: str | None = None
    key: str | None = None
    by: str | None = None
    verb: str | None = None
    day: date | None = None


class AuditOut(Out):
    """One row that somebody's write has changed: `before` is null for what is new, `after` for what is gone."""

    id: int
    at: datetime
    by: str
    name: str
    verb: str | None
    authority: str | None = Field(description="By whose authority: own, chair, member or secretariat.")
    request: str | None
    what: str
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditsOut(Out):
    entries: list[AuditOut]
    next: str | None


@router.get("/audit", response_model=AuditsOut)
def audit(
    group: str,
    request: Request,
    what: Annotated[str | None, Query(max_length=40, description="A table, such as meeting.")] = None,
    key: Annotated[str | None, Query(max_length=300)] = None,
    by: Annotated[str | None, Query(max_length=80)] = None,
    verb: Annotated[str | None, Query(max_length=40, description="What was asked for, such as meeting.call.")] = None,
    day: Annotated[Day | None, Query(description="A day in the group's zone.")] = None,
    limit: Limit = 50,
    after: After = None,
) -> Response:
    """Every write: what it changed, who did it, by whose authority."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("audit.look")
        found, more = entries(at, Wanted(what, key, by, verb, day), after, limit)
        return answer(AuditsOut(entries=[_out(row) for row in found], next=more))

    return look(request, group, do)


def entries(at: Scene, wanted: Wanted, after: str | None, limit: int) -> tuple[list[AuditRow], str | None]:
    """Entries of the audit, newest first, and where the next page begins.

    Raises:
        Problem: 400, `after` is no cursor of this list.
    """
    of = f"audit:{at.group_id}:{wanted}"
    seen = read_cursor(of, after)
    zone = at.charter.group.timezone
    rows = audited(
        at.session, at.group_id, what=wanted.what, key=wanted.key, by=wanted.by, verb=wanted.verb,
        since=midnight(wanted.day, zone) if wanted.day else None,
        until=midnight(wanted.day + timedelta(days=1), zone) if wanted.day else None,
        before=int(seen[0]) if seen else None, most=limit + 1,
    )  # fmt: skip
    return rows[:limit], cursor(of, [rows[limit - 1].id]) if len(rows) > limit else None


def _out(row: AuditRow) -> AuditOut:
    return AuditOut(**row.model_dump(exclude={"group_id"}))

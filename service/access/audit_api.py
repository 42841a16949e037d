"""Who did what when, for the secretariat: the audit, newest first."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import Field
from sqlmodel import Session

from service.access.bodies import Out, answer, new_router
from service.access.door import Answer, look
from service.access.rules import Caller
from service.access.scene import scene
from service.audit import AuditRow, audited
from service.keyset import After, Limit, cursor, read_cursor

router = new_router("audit")


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
    limit: Limit = 50,
    after: After = None,
) -> Response:
    """Every write: what it changed, who did it, by whose authority."""

    def do(session: Session, caller: Caller) -> Answer:
        scene(session, group, caller).need("audit.look")
        of = f"audit:{group}:{what}:{key}:{by}"
        seen = read_cursor(of, after)
        rows = audited(session, group, what=what, key=key, by=by, before=int(seen[0]) if seen else None, most=limit + 1)
        shown = rows[:limit]
        more = cursor(of, [shown[-1].id]) if len(rows) > limit else None
        return answer(AuditsOut(entries=[_out(row) for row in shown], next=more))

    return look(request, group, do)


def _out(row: AuditRow) -> AuditOut:
    return AuditOut(**row.model_dump(exclude={"group_id"}))

"""The HTTP door of actions as tables: all that a filter finds out, and a file of new ones in."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlmodel import Session

from service.access.bodies import Out, Preview, answer, new_router
from service.access.door import Answer, Key, create, look, rehearse
from service.access.rules import Caller
from service.access.scene import scene
from service.database import reading
from service.followups.actions import csvs
from service.followups.actions.bodies import Teller
from service.followups.actions.door import Asked, resolved
from service.followups.actions.importing import Told, Took, take
from service.followups.actions.listing import Filters, every
from service.problems import Problem
from service.strict import file_body
from service.versions import Expected

router = new_router("actions")

MEDIA_TYPE = "text/csv; charset=utf-8"
_FILE = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}
_NAMES = (
    "id", "title", "text", "owner", "helpers", "assignee", "state", "overdue", "due", "before", "source", "purposes",
    "visibility", "reason", "opened_at", "opened_by", "closed_at", "key",
)  # fmt: skip
_BLOCK = 100


class RowOut(Out):
    """What became of a row of the file; `line` is the one on which it begins."""

    line: int
    became: str
    action: str | None
    why: list[str]


class ImportOut(Out):
    """What became of a file. `saved` is false for a preview."""

    saved: bool
    taken: int
    known: int
    refused: int
    rows: list[RowOut]


class _File(BaseModel):
    """The file, as a repetition of it is known."""

    digest: str


@router.get("/actions.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def actions_csv(group: str, request: Request, filters: Asked) -> Response:
    """Every action that the filters find, by the day it is due, as a table for spreadsheets."""
    asked: list[Filters] = []

    def do(session: Session, caller: Caller) -> Answer:
        scene(session, group, caller).need("action.look")
        asked.append(resolved(filters, caller))
        return answer(Out())

    look(request, group, do)
    return as_table(request, group, filters)


def as_table(request: Request, group: str, filters: Filters) -> Response:
    """The table, sent while it is read; that who asks may look at actions has been seen to."""
    headers = {"Content-Disposition": f'attachment; filename="{group}-actions.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(_table(request, group, filters), media_type=MEDIA_TYPE, headers=headers)


def _table(request: Request, group: str, filters: Filters) -> Iterator[str]:
    """The lines of the table, some at a time: however many there are, memory stays small."""
    yield csvs.line(_NAMES)
    with reading(request.app.state.engine) as session:
        at = scene(session, group, None)
        teller = Teller(at)
        block: list[str] = []
        columns = [name for name in _NAMES if name != "overdue"]
        for row in every(session, group, filters, [*columns, "meeting"], at.today):
            block.append(csvs.line(_cells(teller.values(row))))
            if len(block) == _BLOCK:
                yield "".join(block)
                block.clear()
        yield "".join(block)


def _cells(values: dict[str, Any]) -> Sequence[str]:
    found = values | {"assignee": values["assignee"].name if values["assignee"] else None}
    return [_cell(found[name]) for name in _NAMES]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return "" if value is None else str(value)


csv_body = file_body("text/csv")


@router.post("/actions/import", response_model=ImportOut, openapi_extra=_FILE)
def import_actions(
    group: str,
    request: Request,
    body: Annotated[bytes, Depends(csv_body)],
    preview: Preview = False,
    key: Key = None,
) -> Response:
    """Open an action for each row of a table; rows that cannot be taken are told with what to write instead.

    A row with a `key` that is known here is not taken again, so that a corrected file can be sent whole.
    """
    return import_rows(group, request, body, preview=preview, key=key)


def import_rows(
    group: str, request: Request, body: bytes, *, preview: bool, key: str | None, told: Told = lambda n, of: None
) -> Response:
    """As `import_actions`; `told` hears how many rows are checked, while they are."""

    def do(session: Session, caller: Caller, _expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("action.open", *(member.id for member in at.charter.members))
        try:
            rows = csvs.read(body)
        except csvs.UnreadableTable as error:
            raise Problem(422, "unreadable-table", str(error)) from None
        return answer(_report(take(at, rows, told), saved=not preview))

    if preview:
        return rehearse(request, group, do, if_match=None)
    return create(request, group, _File(digest=sha256(body).hexdigest()), do, key=key, if_match=None)


def _report(took: list[Took], *, saved: bool) -> ImportOut:
    became = [one.became for one in took]
    return ImportOut(
        saved=saved,
        taken=became.count("taken"),
        known=became.count("known"),
        refused=became.count("refused"),
        rows=[RowOut(line=one.line, became=one.became, action=one.action, why=list(one.why)) for one in took],
    )

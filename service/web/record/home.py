"""The record: the secretariat's home, with what waits for it and the one next step beside each."""

from fastapi import APIRouter, Request, Response

from service.groups import queries as groups
from service.language.speech import _
from service.rotation.queries import standing
from service.web.frame.page import page
from service.web.frame.visitor import looking
from service.web.record.waiting import sections

router = APIRouter(include_in_schema=False)


@router.get("/groups/{group}/record")
def home(group: str, request: Request) -> Response:
    """What waits for the secretariat today."""
    with looking(request, group) as at:
        at.need("charter.look")
        row = groups.group_row(at.session, group)
        return page(
            "record/home.html",
            at=at,
            title=_("Record"),
            sections=sections(at, standing(at.session, group).laid),
            revision=row.revision,
            changed_at=row.changed_at,
            confirmed=row.confirmed_at is not None,
        )

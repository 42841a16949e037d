"""Common activities, newest first."""

from typing import Any

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.followups.activities.bodies import ActivityOut, listed
from service.followups.activities.queries import activities, milestones_of
from service.followups.programmes.queries import programme_row
from service.followups.programmes.rules import running
from service.keyset import cursor, read_cursor
from service.language.speech import _
from service.web.followups.activities import words
from service.web.followups.activities.parts import day_before
from service.web.followups.asking import one_of, whole
from service.web.followups.programmes.terms import laid
from service.web.frame.page import page
from service.web.frame.speaking import asked
from service.web.frame.visitor import seeing

router = APIRouter(include_in_schema=False)
_SHOWN = 30


@router.get("/groups/{group}/activities")
def listing(
    group: str,
    request: Request,
    status: str = "",
    kind: str = "",
    purpose: str = "",
    area: str = "",
    member: str = "",
    programme: str = "",
    external: str = "",
    after: str | None = None,
) -> Response:
    """The activities that whoever looks may see."""
    with seeing(request, group) as at:
        wanted: dict[str, Any] = {
            "state": one_of(status, words.STATES),
            "kind": one_of(kind, at.charter.kinds),
            "purpose": whole(purpose, 1, 1000),
            "area": one_of(area, at.charter.areas),
            "member": member or None,
            "external": external or None,
        }
        of = f"page/activities/{group}/{at.inside}/{programme}/{sorted(wanted.items())}"
        key = read_cursor(of, after)
        found = activities(
            at.session, group, below=int(key[0]) if key else None, public_only=not at.inside,
            ids=_of_programme(at, programme), most=_SHOWN + 1, **wanted,
        )  # fmt: skip
        shown = found[:_SHOWN]
        older = asked().with_(after=cursor(of, [shown[-1].number])) if len(found) > _SHOWN else None
        steps = milestones_of(at.session, group, [row.id for row in shown])
        return page(
            "followups/activities.html",
            at=at,
            title=_("Activities"),
            activities=[ActivityOut.model_validate(listed(row, steps.get(row.id, []), at.today)) for row in shown],
            older=older,
            wanted=wanted,
            programme=programme,
            turn=_turn(at),
            states=words.STATES,
            kinds=[(one, one) for one in at.charter.kinds],
            areas=[(one, one) for one in at.charter.areas],
            last_of=day_before,
            members=[(one.id, one.label) for one in at.charter.members],
            proposes=any(at.may("activity.propose", one.id) for one in at.charter.members),
        )


def _turn(at: Scene) -> str | None:
    """The turn of today, whose programme members can look at."""
    term = running(laid(at), at.today) if at.inside else None
    return term.key if term is not None else None


def _of_programme(at: Scene, programme: str) -> list[str] | None:
    """The activities of a programme, which members may ask for; None where none is named."""
    if not programme:
        return None
    at.need("activity.look")
    row = programme_row(at.session, at.group_id, programme)
    return row.activities if row else []

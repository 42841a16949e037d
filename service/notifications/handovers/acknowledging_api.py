"""The HTTP door of acknowledgements: who of the incoming chair has seen that the turn is theirs."""

from datetime import date, datetime

from fastapi import Request, Response
from pydantic import Field
from sqlmodel import Session

from service.access.bodies import CONFLICT, Out, answer, new_router
from service.access.door import Answer, IfMatch, change
from service.access.door import look as looking
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.followups.handovers import queries
from service.groups.tables import PersonRow
from service.language.speech import _
from service.notifications.handovers.acknowledging import acknowledge, acknowledgements, is_acknowledged
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import Look
from service.problems import Problem
from service.versions import Expected

router = new_router("handovers")


class AcknowledgementOut(Out):
    """One person's word; `person` is null for somebody who is gone."""

    person: str | None
    organization: str
    way: str = Field(description="link (the link in the mail, the page or this API) or rsvp (an answer in a calendar).")
    at: datetime


class AcknowledgementsOut(Out):
    """Who has seen this handover as it is now.

    `acknowledged` is true as well when the turn was accepted on record, or the incoming side has confirmed the
    handover.
    """

    turn: str
    day: date
    revision: int
    acknowledged: bool
    acknowledgements: list[AcknowledgementOut]


@router.get("/handovers/{turn}/acknowledgements", response_model=AcknowledgementsOut, responses=CONFLICT)
def list_acknowledgements(group: str, turn: str, request: Request) -> Response:
    """Who of the incoming chair has said that they have seen that the turn is theirs."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("handover.look")
        found, _ = queries.coming(session, at.charter, at.today, turn)
        return answer(_out(Look(session, group), _row(at, turn)), found.mark)

    return looking(request, group, do)


@router.post("/handovers/{turn}/acknowledge", response_model=AcknowledgementsOut)
def say_seen(group: str, turn: str, request: Request, if_match: IfMatch = None) -> Response:
    """Say that you have seen that the turn is yours, as one of the incoming chair's people. Twice is once."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        found, boundary = queries.coming(session, at.charter, at.today, turn)
        at.need("handover.acknowledge", *boundary.chair("incoming"), day=boundary.day_of("incoming", at.today))
        expected.meet(found.mark)
        if caller.person is None:
            raise Problem(403, "not-yours", _("Only a person acknowledges; use a token of your own."))
        look, row = Look(session, group), _row(at, turn)
        acknowledge(look, row, caller.person, "link")
        session.flush()
        return answer(_out(look, row), found.mark)

    return change(request, group, do, if_match=if_match)


def _row(at: Scene, turn: str) -> BoundaryRow:
    """The boundary as people were told of it.

    Raises:
        Problem: 409, the handover is of before the group was known here.
    """
    row = at.session.get(BoundaryRow, (at.group_id, turn))
    if row is None:
        raise Problem(
            409, "handover-is-over", _("Nobody was told of this handover here; there is nothing to acknowledge.")
        )
    return row


def _out(look: Look, row: BoundaryRow) -> AcknowledgementsOut:
    found = []
    for one in acknowledgements(look.session, row):
        person = look.session.get(PersonRow, one.person_id)
        name = person.name if person is not None else None
        found.append(AcknowledgementOut(person=name, organization=one.organization, way=one.way, at=one.at))
    return AcknowledgementsOut(
        turn=row.key,
        day=row.day,
        revision=row.revision,
        acknowledged=is_acknowledged(look, row),
        acknowledgements=found,
    )

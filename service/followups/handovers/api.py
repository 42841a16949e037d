"""The HTTP door of handovers: what is checked, filled in by both sides, and confirmed by each."""

from fastapi import Request, Response
from sqlmodel import Session

from service.access.bodies import answer, new_router
from service.access.door import Answer, IfMatch, change, look
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.followups.handovers import acting, queries
from service.followups.handovers.bodies import ConfirmIn, FillIn, HandoverOut, HandoversOut
from service.followups.handovers.outline import handover_out
from service.followups.handovers.queries import Handover
from service.followups.handovers.rules import near
from service.versions import Expected

router = new_router("handovers")


@router.get("/handovers", response_model=HandoversOut)
def handovers(group: str, request: Request) -> Response:
    """The handovers that are near: the last two and the next two."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("handover.look")
        found = near(queries.all_boundaries(at.charter, at.today), at.today)
        rows = [Handover(one.key, one, queries.handover_row(session, group, one.key)) for one in found]
        return answer(HandoversOut(handovers=[handover_out(at, row) for row in rows]))

    return look(request, group, do)


@router.get("/handovers/{turn}", response_model=HandoverOut)
def one_handover(group: str, turn: str, request: Request) -> Response:
    """A handover as it stands; `turn` is the key of the term that begins, such as turn-6."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("handover.look")
        return _answer(at, queries.handover(session, at.charter, at.today, turn))

    return look(request, group, do)


@router.post("/handovers/{turn}/fill", response_model=HandoverOut)
def fill(group: str, turn: str, body: FillIn, request: Request, if_match: IfMatch = None) -> Response:
    """Fill in the checklist and the documents: either side, or the secretariat. A second answer replaces the first."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        acting.fill_in(at, turn, body, expected)
        return _answer(at, queries.handover(session, at.charter, at.today, turn))

    return change(request, group, do, if_match=if_match)


@router.post("/handovers/{turn}/confirm", response_model=HandoverOut)
def confirm(group: str, turn: str, body: ConfirmIn, request: Request, if_match: IfMatch = None) -> Response:
    """Confirm that the handover is done, each side once; of co-chairs any one confirms for its side."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        acting.confirm(at, turn, body, expected)
        return _answer(at, queries.handover(session, at.charter, at.today, turn))

    return change(request, group, do, if_match=if_match)


def _answer(at: Scene, found: Handover) -> Answer:
    out = handover_out(at, found)
    return answer(out, out.version)

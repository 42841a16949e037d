"""A handover as it is told to members: the same in API and page."""

from service.access.bodies import Document
from service.access.scene import Scene
from service.followups.handovers import queries
from service.followups.handovers.bodies import CheckOut, HandoverOut, OwnedOut, SideOut
from service.followups.handovers.queries import Handover
from service.followups.handovers.rules import CHECKLIST, OPENS, Side, is_deserted
from service.zones import midnight


def handover_out(at: Scene, found: Handover) -> HandoverOut:
    """A handover as it is shown to members."""
    boundary, row = found.boundary, found.row
    day = boundary.day if boundary else row.day if row else at.today
    begins = midnight(day, at.charter.group.timezone)
    return HandoverOut(
        turn=found.turn,
        state=found.state(at.today),
        day=day,
        at=begins,
        opens=day - OPENS,
        outgoing=_side(at, found, "outgoing"),
        incoming=_side(at, found, "incoming"),
        reservations=row.reservations if row and found.confirmed("incoming") else "",
        checklist=_checklist(at, found),
        documents=[Document.model_validate(one) for one in row.documents] if row else [],
        actions=[
            OwnedOut(id=one.id, title=one.title, state=one.state, due=one.due)
            for one in queries.chair_actions(at.session, at.group_id, min(begins, at.now.instant))
            if boundary is not None
        ],
        dossiers=len(queries.dossiers(at.session, at.group_id, found.turn)) if row else 0,
        version=found.mark,
    )


def _side(at: Scene, found: Handover, side: Side) -> SideOut:
    row, confirmed = found.row, found.confirmed(side)
    members = found.boundary.chair(side) if found.boundary else getattr(row, side)
    return SideOut(
        members=[*members],
        vacant=is_deserted(at.charter, found.boundary, side, at.today) if found.boundary else not members,
        confirmed_at=getattr(row, f"{side}_at") if confirmed else None,
        member=getattr(row, f"{side}_member") if confirmed else None,
        by=getattr(row, f"{side}_by") if confirmed else None,
    )


def _checklist(at: Scene, found: Handover) -> list[CheckOut]:
    known = queries.answers(at.session, at.group_id, found.turn) if found.row else {}
    checked = []
    for heading in CHECKLIST:
        row = known.get(heading.key)
        checked.append(
            CheckOut(
                heading=heading.key,
                title=heading.title,
                asks=heading.text,
                text=row.text if row else "",
                links=[Document.model_validate(link) for link in row.links] if row else [],
                done=row.done if row else False,
                side=row.side if row else None,
                by=row.by if row else None,
                at=row.at if row else None,
            )
        )
    return checked

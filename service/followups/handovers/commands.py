"""Filling in and confirming a handover, each inside the transaction of the caller."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from service import clock, events
from service.followups.handovers.queries import Handover, answers, handover_row
from service.followups.handovers.rules import SIDES, Boundary, Side, State
from service.followups.handovers.tables import HandoverAnswerRow, HandoverRow
from service.language.speech import N_, _
from service.problems import Problem


def begun(session: Session, group_id: str, boundary: Boundary) -> HandoverRow:
    """The row of a handover, made where nobody has filled anything in before.

    Where the day or the chairs have changed since, it is about the new ones from now on: what was filled in
    stays, what was confirmed has to be confirmed again.
    """
    row = handover_row(session, group_id, boundary.key)
    if row is None:
        row = HandoverRow(
            group_id=group_id, turn=boundary.key, day=boundary.day, outgoing=[*boundary.before.chair],
            incoming=[*boundary.after.chair], version=0,
        )  # fmt: skip
    elif not Handover(boundary.key, boundary, row).stands:
        row.day, row.outgoing, row.incoming = boundary.day, [*boundary.before.chair], [*boundary.after.chair]
        for side in SIDES:
            _put(row, side, None, None, None)
        row.reservations = ""
    session.add(row)
    session.flush()
    return row


def fill(
    session: Session,
    group_id: str,
    found: Handover,
    boundary: Boundary,
    said: Mapping[str, Mapping[str, Any]],
    documents: Sequence[dict[str, Any]] | None,
    *,
    side: str,
    actor: str,
) -> None:
    """Write under headings of the checklist what was said (text, links, done), and which documents belong to it.

    What is not named stays. `side`: outgoing, incoming or secretariat, who writes.

    Raises:
        Problem: 409, both sides have confirmed.
    """
    if not found.waiting:
        raise Problem(
            409, "handover-is-confirmed", _("Both sides have confirmed; what came up since belongs into an action.")
        )
    row = begun(session, group_id, boundary)
    known = answers(session, group_id, boundary.key)
    for heading, values in said.items():
        answer = known.get(heading) or HandoverAnswerRow(
            group_id=group_id, turn=boundary.key, heading=heading, side=side, by=actor, at=clock.now()
        )
        for name, value in values.items():
            setattr(answer, name, value)
        answer.side, answer.by, answer.at = side, actor, clock.now()
        session.add(answer)
    if documents is not None:
        row.documents = [*documents]
    row.version += 1
    events.record(session, group_id, "handover.filled", boundary.key, actor=actor, side=side, headings=sorted(said))


_CONFIRMED: dict[Side, str] = {
    "outgoing": N_("The outgoing side has confirmed this handover already."),
    "incoming": N_("The incoming side has confirmed this handover already."),
}


def confirm(
    session: Session,
    group_id: str,
    found: Handover,
    boundary: Boundary,
    standing: State,
    *,
    side: Side,
    member: str | None,
    reservations: str,
    actor: str,
) -> None:
    """Confirm a handover for a side, once; `member` is None where the secretariat stands for the side.

    Raises:
        Problem: 409, it is too early, or the side has confirmed already; 422, the outgoing side notes reservations.
    """
    if found.confirmed(side):
        raise Problem(409, "side-has-confirmed", _(_CONFIRMED[side]))
    if standing == "ahead":
        raise Problem(409, "handover-is-ahead", _("A handover is confirmed from 30 days before its day on."))
    if reservations and side == "outgoing":
        raise Problem(
            422, "not-yours-to-reserve", _("Only the incoming side notes reservations; fill in the checklist.")
        )
    row = begun(session, group_id, boundary)
    _put(row, side, clock.now(), member, actor)
    if side == "incoming":
        row.reservations = reservations
    row.version += 1
    events.record(
        session, group_id, "handover.confirmed", boundary.key, actor=actor, side=side, member=member,
        reservations=reservations, day=boundary.day.isoformat(),
    )  # fmt: skip
    events.changed(session, "handover", group_id, boundary.key)


def _put(row: HandoverRow, side: Side, at: Any, member: str | None, by: str | None) -> None:
    setattr(row, f"{side}_at", at)
    setattr(row, f"{side}_member", member)
    setattr(row, f"{side}_by", by)

"""Who fills in and confirms a handover, and for which side; the same by API and page."""

from service.access.bodies import given
from service.access.scene import Scene
from service.followups.handovers import commands, queries
from service.followups.handovers.bodies import AnswerIn, ConfirmIn, FillIn
from service.followups.handovers.rules import SIDES, Boundary, Side, is_deserted, side_of
from service.language.speech import _
from service.problems import Problem, not_found
from service.versions import Expected


def fill_in(at: Scene, turn: str, body: FillIn, expected: Expected) -> None:
    """Fill in the checklist and the documents: either side, or the secretariat.

    Raises:
        Problem: 403, who asks serves neither side; 404, 409, see `queries.coming` and `commands.fill`; 412, see
            `Expected`; 422, nothing is said, or a heading is answered twice.
    """
    found, boundary = queries.coming(at.session, at.charter, at.today, turn)
    side = writes_for(at, boundary)
    expected.meet(found.mark)
    said: dict[str, dict[str, object]] = {one.heading: _values(one) for one in body.answers}
    if len(said) != len(body.answers):
        raise Problem(422, "repeated-heading", _("A heading is answered twice; answer each once."))
    if not said and body.documents is None:
        raise Problem(422, "nothing-filled-in", _("Answer a heading of the checklist, or name documents."))
    documents = [one.model_dump() for one in body.documents] if body.documents is not None else None
    commands.fill(at.session, at.group_id, found, boundary, said, documents, side=side, actor=at.actor)


def confirm(at: Scene, turn: str, body: ConfirmIn, expected: Expected) -> None:
    """Confirm a handover for a side.

    Raises:
        Problem: 403, who asks does not serve the member; 404, 409, see `queries.coming` and `commands.confirm`;
            412, see `Expected`; 422, it does not say for whom.
    """
    found, boundary = queries.coming(at.session, at.charter, at.today, turn)
    side = confirms_for(at, boundary, body)
    expected.meet(found.mark)
    commands.confirm(
        at.session, at.group_id, found, boundary, found.state(at.today), side=side, member=body.member,
        reservations=body.reservations, actor=at.actor,
    )  # fmt: skip


def _values(said: AnswerIn) -> dict[str, object]:
    values = given(said)
    values.pop("heading")
    return values | ({"links": [link.model_dump() for link in said.links]} if "links" in values else {})


def writes_for(at: Scene, boundary: Boundary) -> str:
    """The side that the caller writes for; after the day the incoming one first, for whoever is on both."""
    sides = SIDES if at.today < boundary.day else SIDES[::-1]
    for side in sides:
        members, day = boundary.chair(side), boundary.day_of(side, at.today)
        if members and at.may("handover.fill", *members, day=day) == "own":
            at.need("handover.fill", *members, day=day)
            return side
    at.need("handover.fill", *(member for side in sides for member in boundary.chair(side)))
    return "secretariat"


def confirms_for(at: Scene, boundary: Boundary, body: ConfirmIn) -> Side:
    if body.member is None:
        if body.side is None or not is_deserted(at.charter, boundary, body.side, at.today):
            raise Problem(
                422, "name-the-member", _("Name the member that confirms; only for a vacant side the side is enough.")
            )
        at.need("handover.stand-in")
        return body.side
    if at.charter.member(body.member) is None:
        raise not_found(_("This member is not here; check the address."))
    side = side_of(boundary, body.member, body.side)
    if side is None:
        on_both = all(body.member in boundary.chair(one) for one in SIDES)
        if on_both:
            raise Problem(422, "name-the-side", _("This member stays in the chair; say for which side it confirms."))
        raise Problem(422, "not-on-this-side", _("This member is not on this side of the handover."))
    at.need("handover.confirm", body.member, day=boundary.day_of(side, at.today))
    return side

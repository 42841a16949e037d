"""Where somebody of the incoming chair says, by the link in their mail, that they have seen that the turn is theirs.

GET only shows the handover, however often a scanner of mails follows the link; POST acknowledges. The link carries its
own authority: it is signed, for one person and one revision of the handover. Where that has changed since, the page
shows it as it is now.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from service import audit
from service.access.links import SeenLink, read_seen
from service.access.scene import Scene
from service.database import reading, writing
from service.groups import queries as groups
from service.language.dates import spoken
from service.language.speech import _
from service.notifications.handovers.acknowledging import (
    acknowledge,
    acknowledgements,
    is_answered,
    is_over,
    speaks_for,
)
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import Look
from service.notifications.readers import person_with
from service.notifications.wording.common import seated
from service.problems import Problem
from service.rotation.reasons import BY_RULE
from service.web.frame.page import page
from service.web.links.reader import speaking_for

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/seen/{link}"


@router.get(ADDRESS)
def show(group: str, link: str, request: Request) -> Response:
    """The handover and the button; nothing happens yet."""
    with reading(request.app.state.engine) as session:
        asked = read_seen(link, group)
        with speaking_for(request, session, asked):
            return _Turn(session, asked).page()


@router.post(ADDRESS)
def acknowledged(
    group: str, link: str, request: Request, revision: Annotated[int, Form(ge=0, le=10**9)] = 0
) -> Response:
    """Take the word for the handover as the form showed it; where that has changed since, it is shown anew."""
    with writing(request.app.state.engine) as session:
        asked = read_seen(link, group)
        with speaking_for(request, session, asked):
            return _take(session, asked, revision, request.url.path.rpartition("/")[0])


def _take(session: Session, link: SeenLink, revision: int, path: str) -> Response:
    """`path` is the address without the link, which carries its own authority."""
    turn = _Turn(session, link, lock=True)
    if not turn.open or turn.seen:
        return turn.page()
    if revision != turn.row.revision:
        return turn.page(_("Please look at it again, and then say that you have seen it."), 409)
    audit.act(session, f"person:{link.person_id}", turn.name, f"POST {path}")
    audit.authorize(session, "handover.acknowledge", "own")
    acknowledge(turn.look, turn.row, link.person_id, "link")
    session.flush()
    return turn.page()


class _Turn:
    """A handover as it is now, for the person of the link."""

    def __init__(self, session: Session, link: SeenLink, *, lock: bool = False) -> None:
        self.link = link
        groups.group_row(session, link.group_id, lock=lock)
        self.look = Look(session, link.group_id)
        row, person = session.get(BoundaryRow, (link.group_id, link.key)), person_with(self.look, link.person_id)
        if row is None or person is None:
            raise _gone()
        self.row, self.name = row, person.name
        self.changed = link.revision != str(row.revision)
        self.organization = speaks_for(self.look, row, link.person_id)
        # Who is not asked any more is still told how it is now, where it was the handover that has changed.
        if self.organization is None and not self.changed:
            raise _gone()

    @property
    def open(self) -> bool:
        """Whether this person may say that they have seen it."""
        return self.organization is not None and not self.row.gone and not is_over(self.row, self.look.zone)

    @property
    def seen(self) -> bool:
        return any(one.person_id == self.link.person_id for one in acknowledgements(self.look.session, self.row))

    def page(self, fault: str = "", status: int = 200) -> Response:
        charter, row = self.look.charter, self.row
        handover = self.look.handover(row)
        return page(
            "links/seen.html",
            status,
            at=Scene(self.look.session, charter, None),
            title=_("The handover of {day}", day=spoken(row.day)),
            group=charter.group,
            person=self.name,
            row=row,
            incoming=seated(charter, row.incoming),
            outgoing=seated(charter, row.outgoing),
            seat_of=charter.short(row.member) if row.member else "",
            why=[sentence for sentence in handover.why if sentence != _(BY_RULE)],
            projected=handover.projected,
            answered=is_answered(self.look, row),
            changed=self.changed,
            over=is_over(row, self.look.zone),
            open=self.open,
            seen=self.seen,
            fault=fault,
        )


def _gone() -> Problem:
    return Problem(410, "link-is-gone", _("This link was for somebody who no longer answers for the incoming chair."))

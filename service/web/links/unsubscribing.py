"""Where a mail's one click leads that ends messages of its kind (RFC 8058).

The program that reads the mail sends a POST by itself, from another place, without cookies: the link carries its own
authority, signed for one person and one kind. GET only shows a button, however often a scanner of mails looks.
"""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from service import audit
from service.access.links import ChoiceLink, read_choice
from service.access.scene import Scene
from service.database import reading, writing
from service.groups import queries as groups
from service.groups.tables import PersonRow
from service.language.speech import _
from service.notifications.choices.commands import refused, turn_off
from service.notifications.choices.showing import choices_of
from service.notifications.kinds import KINDS
from service.problems import Problem
from service.web.frame.page import page, private
from service.web.links.reader import speaking_for

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/unsubscribe/{link}"
# What the body of such a POST says, as the header List-Unsubscribe-Post announces it.
FIELD, VALUE = "List-Unsubscribe", "One-Click"


@router.get(ADDRESS)
def show(group: str, link: str, request: Request) -> Response:
    """What the button would end; nothing happens yet."""
    with reading(request.app.state.engine) as session:
        link_ = read_choice(link, group)
        with speaking_for(request, session, link_):
            return _Asked(session, link_).page(200)


@router.post(ADDRESS)
async def stop(group: str, link: str, request: Request) -> Response:
    """End messages of this kind for this person. Twice is once; the answer is a page, never another address."""
    form = await request.form(max_files=0, max_fields=10)
    clicked = form.get(FIELD) == VALUE
    return await run_in_threadpool(_stop, request, group, link, clicked)


def _stop(request: Request, group: str, link: str, clicked: bool) -> Response:
    with writing(request.app.state.engine) as session:
        link_ = read_choice(link, group)
        with speaking_for(request, session, link_):
            asked = _Asked(session, link_, lock=True)
            if asked.why_not is not None:
                return asked.page(asked.why_not.status)
            if not clicked:
                return asked.page(422)
            asked.stop()
            return asked.page(200)


class _Asked:
    """What a link is about: a kind of message, and a person, who may be here no more."""

    def __init__(self, session: Session, link: ChoiceLink, *, lock: bool = False) -> None:
        group = groups.group_row(session, link.group_id, lock=lock)
        kind = KINDS.get(link.kind)
        if kind is None:
            raise Problem(
                410, "kind-is-gone", _("Messages of this kind are not sent any more; there is nothing to end.")
            )
        person = session.get(PersonRow, link.person_id)
        self.session, self.kind = session, kind
        self.person = person if person is not None and person.group_id == group.id else None
        self.at = Scene(session, groups.charter(session, link.group_id), None)

    @property
    def why_not(self) -> Problem | None:
        """Why messages of this kind cannot be ended; None where they can."""
        return refused(self.kind, "none")

    def stop(self) -> None:
        """Put it on record, in the name of the person; whoever is here no more gets nothing anyway."""
        if self.person is None:
            return
        # Not the whole address: it carries its own authority.
        by, where = f"person:{self.person.id}", f"POST /groups/{self.person.group_id}/unsubscribe"
        audit.act(self.session, by, self.person.name, where)
        audit.authorize(self.session, "self.choose", "self")
        turn_off(self.session, self.person, self.kind, actor=self.person.name)

    def page(self, status: int) -> Response:
        held = choices_of(self.session, self.person.id).get(self.kind.id) if self.person is not None else None
        ended = self.person is None or (held is not None and held.form == "none")
        return private(
            page(
                "links/unsubscribe.html",
                status,
                at=self.at,
                title=_("End messages of a kind"),
                group=self.at.charter.group,
                kind=_(self.kind.name),
                about=_(self.kind.about),
                why_not=self.why_not.detail if self.why_not else "",
                ended=ended,
                field=FIELD,
                value=VALUE,
            )
        )

"""Where somebody answers for a member to a decision of the group, by the link in a mail.

GET only shows the text and the form, however often a scanner of mails follows the link; POST answers. The link
carries its own authority: it is signed, for one person and one decision, and good while that takes answers.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from service import audit, clock, zones
from service.access.links import MeetingLink, read_decision
from service.access.queries import person_caller
from service.access.scene import Scene, scene
from service.calendars.items import group_name
from service.database import reading, writing
from service.followups.decisions import commands, rules
from service.followups.decisions.queries import answers, course, decision_row, state_of
from service.problems import Problem
from service.text import Text
from service.web.pages import page

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/decision/{link}"


@router.get(ADDRESS)
def show(group: str, link: str, request: Request) -> Response:
    """The text and the answers to it; nothing happens yet."""
    with reading(request.app.state.engine) as session:
        return _Question(session, read_decision(link, group)).page()


@router.post(ADDRESS)
def answer(
    group: str,
    link: str,
    request: Request,
    choice: Annotated[Literal["endorse", "change", "dissociate", "object"] | None, Form()] = None,
    reason: Annotated[str, Form(max_length=10_000)] = "",
    round_: Annotated[int, Form(alias="round", ge=0, le=1000)] = 0,
) -> Response:
    """Take the answer. It is to the text as the form showed it; where that was revised since, it is shown again."""
    typed: dict[str, Any] = {"choice": choice, "reason": reason}
    with writing(request.app.state.engine) as session:
        asked = _Question(session, read_decision(link, group), lock=True)
        if not asked.open:
            return asked.page()
        if round_ != asked.row.round:
            return asked.page("The text was revised since this page was opened; please read it again.", 409, **typed)
        if choice is None:
            return asked.page("Choose one of the answers.", 422, **typed)
        try:
            words = TypeAdapter(Text).validate_python(reason) if reason.strip() else None
        except ValidationError as error:
            fault = error.errors()[0]["msg"].removeprefix("Value error, ")
            return asked.page(f"The reason {fault}.", 422, **typed)
        if words is None and choice in rules.NEEDS_REASON:
            return asked.page("Say why in a few words; the others are told.", 422, **typed)
        audit.act(session, asked.caller.id, asked.caller.name, f"POST {request.url.path.rpartition('/')[0]}")
        asked.at.need("decision.answer", asked.link.member)
        commands.answer(
            session, asked.at.charter, asked.row, asked.link.member, choice, words, round_=round_,
            actor=asked.caller.name,
        )  # fmt: skip
        session.flush()
        return _Question(session, asked.link).page(said=True)


class _Question:
    """Who is asked, about which decision, and whether they still answer for their member."""

    def __init__(self, session: Session, link: MeetingLink, *, lock: bool = False) -> None:
        self.link = link
        group: Scene = scene(session, link.group_id, None, lock=lock)
        self.row = decision_row(session, link.group_id, link.subject)
        caller = person_caller(session, link.group_id, link.person_id)
        self.at = Scene(session, group.charter, caller)
        member = self.at.charter.member(link.member)
        stands = member is not None and member.stands(self.at.today)
        if caller is None or not stands or not self.at.may("decision.answer", link.member):
            raise Problem(410, "link-is-gone", "This link was for somebody who no longer answers for this member.")
        self.caller = caller

    @property
    def open(self) -> bool:
        return rules.takes_answers(course(self.row), clock.now())

    def page(self, fault: str = "", status: int = 200, *, said: bool = False, **typed: Any) -> Response:
        charter, row = self.at.charter, self.row
        known = rules.standing(answers(self.at.session, row), row.round).get(self.link.member)
        kept = {"choice": known.answer if known else None, "reason": (known.reason if known else None) or ""}
        until = row.until or row.opened_at
        return page(
            "decision.html",
            status,
            title=f"{group_name(charter)}: decision {row.id}",
            group=charter.group,
            decision=row,
            person=self.caller.name,
            member=charter.short(self.link.member),
            until=zones.day_in(until - timedelta(seconds=1), charter.group.timezone),
            state=state_of(self.at.session, row),
            open=self.open,
            fault=fault,
            said=said,
            answered=known,
            typed=kept | typed,
        )

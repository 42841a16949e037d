"""Where somebody answers for a member to a decision of the group, by the link in a mail.

GET only shows the text and the form, however often a scanner of mails follows the link; POST answers. The link
carries its own authority: it is signed, for one person and one decision, and good while that takes answers.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from service import audit, clock, zones
from service.access.links import MeetingLink, read_decision
from service.access.queries import person_caller
from service.access.scene import Scene, scene
from service.database import reading, writing
from service.followups.decisions import commands, rules
from service.followups.decisions.queries import answers, course, decision_row, state_of
from service.language.speech import _
from service.problems import Problem
from service.text import Text
from service.web.frame.forms import in_words
from service.web.frame.page import page
from service.web.links.reader import speaking_for
from service.web.links.words import DECIDES, DECIDING

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/decision/{link}"


@router.get(ADDRESS)
def show(group: str, link: str, request: Request) -> Response:
    """The text and the answers to it; nothing happens yet."""
    with reading(request.app.state.engine) as session:
        asked = read_decision(link, group)
        with speaking_for(request, session, asked):
            return _Question(session, asked).page()


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
    given = _Given(choice, reason, round_)
    with writing(request.app.state.engine) as session:
        asked = read_decision(link, group)
        with speaking_for(request, session, asked):
            return _take(session, asked, given, request.url.path.rpartition("/")[0])


class _Given(NamedTuple):
    """What the form has sent; `round` is that of the text which it showed."""

    choice: Literal["endorse", "change", "dissociate", "object"] | None
    reason: str
    round: int


def _take(session: Session, link: MeetingLink, given: _Given, path: str) -> Response:
    """`path` is the address without the link, which carries its own authority."""
    asked = _Question(session, link, lock=True)
    typed: dict[str, Any] = {"choice": given.choice, "reason": given.reason}
    if not asked.open:
        return asked.page()
    if given.round != asked.row.round:
        said = _("The text was revised since this page was opened; please read it again.")
        return asked.page(said, 409, **typed)
    if given.choice is None:
        return asked.page(_("Choose one of the answers."), 422, **typed)
    try:
        words = TypeAdapter(Text).validate_python(given.reason) if given.reason.strip() else None
    except ValidationError as error:
        return asked.page(in_words(error)[1], 422, **typed)
    if words is None and given.choice in rules.NEEDS_REASON:
        return asked.page(_("Say why in a few words; the others are told."), 422, **typed)
    audit.act(session, asked.caller.id, asked.caller.name, f"POST {path}")
    asked.at.need("decision.answer", link.member)
    commands.answer(
        session, asked.at.charter, asked.row, link.member, given.choice, words, round_=given.round,
        actor=asked.caller.name,
    )  # fmt: skip
    session.flush()
    return _Question(session, link).page(said=True)


class _Question:
    """Who is asked, about which decision, and whether they still answer for their member."""

    def __init__(self, session: Session, link: MeetingLink, *, lock: bool = False) -> None:
        self.link = link
        # The page is that of anybody: whoever has the link is not signed in by it.
        self.group = group = scene(session, link.group_id, None, lock=lock)
        self.row = decision_row(session, link.group_id, link.subject)
        caller = person_caller(session, link.group_id, link.person_id)
        self.at = Scene(session, group.charter, caller)
        member = self.at.charter.member(link.member)
        stands = member is not None and member.stands(self.at.today)
        if caller is None or not stands or not self.at.may("decision.answer", link.member):
            raise Problem(410, "link-is-gone", _("This link was for somebody who no longer answers for this member."))
        self.caller = caller

    @property
    def open(self) -> bool:
        return rules.takes_answers(course(self.row), clock.now())

    def page(self, fault: str = "", status: int = 200, *, said: bool = False, **typed: Any) -> Response:
        charter, row = self.at.charter, self.row
        member = charter.short(self.link.member)
        known = rules.standing(answers(self.at.session, row), row.round).get(self.link.member)
        kept = {"choice": known.answer if known else None, "reason": (known.reason if known else None) or ""}
        until = row.until or row.opened_at
        return page(
            "links/decision.html",
            status,
            at=self.group,
            title=_("Decision {id}", id=row.id),
            group=charter.group,
            decision=row,
            person=self.caller.name,
            member=member,
            until=zones.day_in(until - timedelta(seconds=1), charter.group.timezone),
            state=state_of(self.at.session, row),
            stands=_(rules.STANDS[state_of(self.at.session, row)]),
            answers=[(key, _(text, member=member)) for key, text in DECIDING.items()],
            told=_(DECIDES[known.answer], member=member) if known else "",
            open=self.open,
            fault=fault,
            said=said,
            answered=known,
            typed=kept | typed,
        )

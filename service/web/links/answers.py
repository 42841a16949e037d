"""Where the coming chair answers, by the link in its mail, whether it takes its turn.

GET only shows the form, however often a scanner of mails follows the link; POST decides. The link
carries its own authority: it is signed, for one person and one term, and good while the question is open.
"""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from service.access.links import AnswerLink, read_link
from service.access.queries import person_caller
from service.access.rules import Caller
from service.access.scene import Scene
from service.database import reading, writing
from service.groups.charter import Charter
from service.groups.decision import Proposal
from service.language.dates import listed, spoken
from service.language.speech import _
from service.problems import Problem
from service.rotation import queries
from service.rotation.commands import take_decision
from service.rotation.reasons import explain
from service.rotation.succession import accepted
from service.rotation.values import Term
from service.text import Text
from service.web.frame.forms import in_words
from service.web.frame.page import page
from service.web.links.reader import speaking_for
from service.web.links.words import TURN

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/answer/{link}"


@router.get(ADDRESS)
def show(group: str, link: str, request: Request) -> Response:
    """The question and the two answers to it; nothing happens yet."""
    with reading(request.app.state.engine) as session:
        asked = read_link(link, group)
        with speaking_for(request, session, asked):
            return _Question(session, asked).page()


@router.post(ADDRESS)
def answer(
    group: str,
    link: str,
    request: Request,
    choice: Annotated[Literal["accept", "pass"] | None, Form()] = None,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Take the answer as a decision on the chair. The same answer twice is one decision."""
    with writing(request.app.state.engine) as session:
        asked = read_link(link, group)
        with speaking_for(request, session, asked):
            return _take(session, asked, choice, reason)


def _take(session: Session, link: AnswerLink, choice: Literal["accept", "pass"] | None, reason: str) -> Response:
    asked = _Question(session, link, lock=True)
    if asked.answered:
        return asked.page()
    try:
        words = TypeAdapter(Text).validate_python(reason) if reason.strip() else None
    except ValidationError as error:
        return asked.page(fault=in_words(error)[1], reason=reason, choice=choice, status=422)
    if choice is None:
        return asked.page(fault=_("Choose one of the two answers."), reason=reason, status=422)
    said = {choice: link.member, "term": link.term, "reason": words}
    take_decision(session, link.group_id, Proposal.model_validate(said), actor=asked.caller.name)
    return _Question(session, link, said=choice).page()


class _Question:
    """A question as it stands: still open, answered, or about a turn that is another's by now."""

    def __init__(self, session: Session, link: AnswerLink, *, lock: bool = False, said: str | None = None) -> None:
        found = queries.standing(session, link.group_id, lock=lock)
        self.link, self.said = link, said
        self.charter: Charter = found.charter
        self.term: Term | None = next((t for t in found.laid if t.start == link.term and t.turn), None)
        self.today: date = found.today
        caller = person_caller(session, link.group_id, link.person_id)
        # The page is that of anybody: whoever has the link is not signed in by it.
        self.at = Scene(session, self.charter, None)
        if caller is None or not Scene(session, self.charter, caller).may("chair.accept", link.member, day=link.term):
            raise Problem(410, "link-is-gone", _("This link was for somebody who no longer answers for this member."))
        self.caller: Caller = caller

    @property
    def accepted(self) -> bool:
        return self.term is not None and self.term.chair == (self.link.member,) and accepted(self.term)

    @property
    def moved(self) -> bool:
        """Whether the turn is another's, or another day's, by now; or has begun."""
        theirs = self.term is not None and self.term.chair == (self.link.member,)
        return not theirs or self.link.term <= self.today

    @property
    def answered(self) -> bool:
        return self.accepted or self.moved

    def page(self, *, fault: str = "", reason: str = "", choice: str | None = None, status: int = 200) -> Response:
        return page(
            "links/answer.html",
            status,
            at=self.at,
            title=_("The chair from {day}", day=spoken(self.link.term)),
            group=self.charter.group,
            member=self.charter.short(self.link.member),
            person=self.caller.name,
            term=self.term,
            day=self.link.term,
            chair=listed([self.charter.short(id_) for id_ in self.term.chair]) if self.term else "",
            why=explain(self.term, self.charter.short) if self.term else [],
            answers=[(key, _(text, member=self.charter.short(self.link.member))) for key, text in TURN.items()],
            accepted=self.accepted,
            moved=self.moved,
            said=self.said,
            fault=fault,
            reason=reason,
            choice=choice,
        )

"""Who would get a message at once if something were saved now, for a preview: done, planned and taken back."""

from collections.abc import Callable
from typing import NamedTuple

from fastapi import Request
from sqlmodel import Session

from service.access.bodies import Out
from service.access.door import Answer, rehearse
from service.access.rules import Caller
from service.groups import queries as groups
from service.groups.charter import Charter
from service.groups.decision import Proposal
from service.notifications.foreseeing import foreseen
from service.rotation import commands
from service.versions import Expected
from service.web.frame.forms import answered
from service.web.frame.visitor import by_browser

Do = Callable[[Session, Caller], None]


class Told(NamedTuple):
    """Somebody who would be written to, and what about."""

    name: str
    titles: list[str]


class _ToldOut(Out):
    told: list[tuple[str, str]]


def told_of_charter(request: Request, charter: Charter, correct: str | None) -> list[Told]:
    """Who would be told of a charter that is applied; whoever asks may apply it."""

    def do(session: Session, caller: Caller) -> None:
        commands.apply_charter(session, charter, correct=correct, actor=caller.name)

    return _told(request, charter.group.id, do)


def told_of_decision(request: Request, group: str, proposal: Proposal) -> list[Told]:
    """Who would be told of a decision on the chair; whoever asks may take it."""

    def do(session: Session, caller: Caller) -> None:
        commands.take_decision(session, group, proposal, actor=caller.name)

    return _told(request, group, do)


def _told(request: Request, group: str, do: Do) -> list[Told]:
    def rehearsal(session: Session, caller: Caller, _: Expected) -> Answer:
        groups.group_row(session, group, lock=True)
        names = {one.email: one.name for one in groups.charter(session, group).people}
        found = foreseen(session, group, lambda: do(session, caller))
        return Answer(200, _ToldOut(told=[(names.get(one.recipient, one.recipient), one.title) for one in found]), {})

    grouped: dict[str, list[str]] = {}
    for name, title in answered(rehearse(by_browser(request), group, rehearsal, if_match=None))["told"]:
        titles = grouped.setdefault(name, [])
        if title and title not in titles:
            titles.append(title)
    return [Told(name, titles) for name, titles in grouped.items()]

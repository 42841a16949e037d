"""What whoever looks may do with a decision, and the one step that comes next for them."""

from typing import NamedTuple

from service import clock
from service.access.scene import Scene
from service.followups.decisions import rules
from service.followups.decisions.outline import DecisionOut
from service.followups.decisions.queries import course, state_of, successors
from service.followups.decisions.tables import GroupDecisionRow
from service.language.dates import listed
from service.language.speech import _


class Rights(NamedTuple):
    """What whoever looks may do now; `answers` are the members for which they may answer."""

    answers: tuple[str, ...]
    revises: bool
    withdraws: bool
    supersedes: bool
    follows: bool


class Step(NamedTuple):
    """The next step: what it is, and where it is done (a link below the group's address, or a part of the page)."""

    text: str
    address: str = ""


def rights(at: Scene, row: GroupDecisionRow) -> Rights:
    """What whoever looks may do with a decision as it stands."""
    now = clock.now()
    runs = rules.is_running(course(row), now)
    members = [one.id for one in at.charter.members if one.stands(at.today)]
    state = state_of(at.session, row)
    replacing = any(one.withdrawn_at is None for one in successors(at.session, row.group_id, [row.id])[row.id])
    return Rights(
        answers=tuple(id_ for id_ in members if at.may("decision.answer", id_))
        if rules.takes_answers(course(row), now)
        else (),
        revises=runs and row.round < rules.ROUNDS and at.may("decision.revise") is not None,
        withdraws=runs and at.may("decision.withdraw") is not None,
        supersedes=state == "adopted" and not replacing and at.may("decision.supersede") is not None,
        follows=state == "adopted" and _opens_actions(at, members),
    )


def next_step(at: Scene, told: DecisionOut, may: Rights, holds: str | None) -> Step | None:
    """The one step that comes next for whoever looks; None where nothing is left to do.

    `holds` is the decision that has replaced it, where the reader may see that.
    """
    if told.state == "contested" and may.revises:
        return Step(_("Revise the text, or withdraw it"), "#revising")
    missing = [member for member in may.answers if member in told.silent]
    if missing:
        return Step(_("Answer for {organization}", organization=listed([at.charter.short(id_) for id_ in missing])),
                    f"#answer-{missing[0]}")  # fmt: skip
    if told.state == "contested":
        return Step(_("The chair revises the text or withdraws it."))
    if told.state == "open":
        return Step(_("Nothing has to be done: if nobody objects, silence adopts it."))
    if holds is not None:
        return Step(_("Read the decision that holds now"), f"/decisions/{holds}")
    if may.follows:
        return Step(_("Open an action that follows from it"), f"/actions/new?source=decision:{told.id}")
    return None


def _opens_actions(at: Scene, members: list[str]) -> bool:
    return any(at.may("action.open", id_) is not None for id_ in members)

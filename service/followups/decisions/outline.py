"""A decision as it is told to the outside: to the public what is adopted and meant for it, to members with answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field
from sqlmodel import Session

from service.access.bodies import Document, Out
from service.followups.decisions import rules
from service.followups.decisions.queries import (
    adopted_at,
    answers,
    silent,
    state_of,
    states,
    successors,
)
from service.followups.decisions.tables import GroupAnswerRow, GroupDecisionRow
from service.groups.charter import Charter
from service.meetings.outline import EventOut

Visibility = Literal["members", "public"]


class DissociatedOut(Out):
    """An agency that does not stand behind a decision and does not stop it; its reason is told to members."""

    member: str
    reason: str | None


class AnswerOut(Out):
    """What a member has answered. `stands` is false where it has answered again since, or the round is over."""

    member: str
    answer: rules.Choice
    reason: str | None
    round: int
    by: str
    at: datetime
    stands: bool


class DecisionShort(Out):
    """A decision in a list."""

    id: str
    year: int
    number: int
    operative: rules.Operative
    title: str
    purposes: list[int]
    meeting: str | None
    outcome: int | None = Field(description="The number of the outcome in the minutes of `meeting`.")
    position: bool
    visibility: Visibility
    way: Literal["consensus", "silence"]
    state: rules.State
    opened_at: datetime
    until: datetime | None = Field(description="When silence adopts it, or has adopted it.")
    adopted_at: datetime | None
    supersedes: str | None
    superseded_by: str | None
    version: int


class DecisionOut(DecisionShort):
    """A decision whole. What is null or empty for the public is for members: answers, who is silent, who did what."""

    text: str
    links: list[Document]
    round: int = Field(description="Which text it is of those put to the members; 0 where it was taken at a meeting.")
    endorsing: list[str] = Field(description="To the public: for a common position alone.")
    dissociating: list[DissociatedOut] = Field(description="To the public: for a common position, without reasons.")
    answers: list[AnswerOut] = Field(description="Those that stand, by member.")
    silent: list[str] = Field(description="Who was asked in this round and has not answered.")
    withdrawn_at: datetime | None
    reason: str | None = Field(description="Why it is withdrawn.")
    by: str | None


class DecisionsOut(Out):
    """A page of decisions, newest first."""

    decisions: list[DecisionShort]
    next: str | None = Field(description="Send it as `after` for the next page; null on the last one.")


class RoundOut(Out):
    """A text as it was put to the members, and everything that was answered to it, in order."""

    round: int
    title: str
    text: str
    asked_at: datetime
    until: datetime | None
    answers: list[AnswerOut]


class DecisionHistoryOut(Out):
    """Everything that happened to a decision, oldest first."""

    rounds: list[RoundOut]
    events: list[EventOut]


def shorts(session: Session, rows: Sequence[GroupDecisionRow]) -> list[DecisionShort]:
    """Decisions for a list."""
    stands = states(session, rows)
    after = successors(session, rows[0].group_id, [row.id for row in rows]) if rows else {}
    return [DecisionShort(**_values(row, stands[row.id], after[row.id])) for row in rows]


def decision_out(session: Session, charter: Charter, row: GroupDecisionRow, *, inside: bool) -> DecisionOut:
    """One decision whole; with `inside`, as members see it."""
    after = successors(session, row.group_id, [row.id])[row.id]
    said = rules.standing(answers(session, row), row.round)
    ordered = [said[member] for member in sorted(said)]
    named = inside or row.position
    return DecisionOut(
        **_values(row, state_of(session, row), after),
        text=row.text,
        links=[Document.model_validate(link) for link in row.links],
        round=row.round,
        endorsing=[one.member for one in ordered if one.answer == "endorse" and named],
        dissociating=[
            DissociatedOut(member=one.member, reason=one.reason if inside else None)
            for one in ordered
            if one.answer == "dissociate" and named
        ],
        answers=[answer_out(one, stands=True) for one in ordered if inside],
        silent=silent(charter, row, said) if inside else [],
        withdrawn_at=row.withdrawn_at,
        reason=row.reason,
        by=row.by if inside else None,
    )


def answer_out(row: GroupAnswerRow, *, stands: bool) -> AnswerOut:
    values = row.model_dump(include={"member", "answer", "reason", "round", "by", "at"})
    return AnswerOut(**values, stands=stands)


def rounds_out(session: Session, row: GroupDecisionRow) -> list[RoundOut]:
    """Every round of a decision with its text, and all that was answered in it."""
    said = answers(session, row)
    standing = {one.number for one in rules.standing(said, row.round).values()}
    present = {"round": row.round, "title": row.title, "text": row.text, "asked_at": row.asked_at, "until": row.until}
    return [
        RoundOut(
            **kept,
            answers=[answer_out(one, stands=one.number in standing) for one in said if one.round == kept["round"]],
        )
        for kept in [*row.rounds, present]
    ]


def _values(row: GroupDecisionRow, state: rules.State, after: Sequence[GroupDecisionRow]) -> dict[str, object]:
    """What a list and the whole have in common."""
    replaced = next((one.id for one in after if adopted_at(one) is not None), None)
    shared = DecisionShort.model_fields.keys() - {"way", "state", "adopted_at", "superseded_by"}
    return {name: getattr(row, name) for name in shared} | {
        "way": "consensus" if row.until is None else "silence",
        "state": state,
        "adopted_at": adopted_at(row),
        "superseded_by": replaced,
    }

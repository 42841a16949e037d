"""A decision on the chair before it is taken: what it would change, or why it cannot be. Pure."""

from datetime import date

from service.groups.charter import Charter
from service.groups.decision import Decision
from service.language.speech import _
from service.problems import Problem
from service.rotation.differences import Change, changes, refuse_rewriting
from service.rotation.engine import terms
from service.rotation.rules import horizon
from service.rotation.values import RotationProblem


def effect(charter: Charter, decision: Decision, today: date) -> list[Change]:
    """The terms that one more decision would change, were it on record by `today`.

    Raises:
        Problem: 409, its id is in use, days before today would change, or another decision would
            be left without its term (both are named); 422, it does not fit the terms.
    """
    if any(known.id == decision.id for known in charter.decisions):
        raise Problem(409, "decision-exists", _("There is a decision {id} already; choose another id.", id=decision.id))
    if decision.taken > today:
        raise Problem(
            422,
            "decision-lies-ahead",
            _("taken {taken} lies ahead; write today or a day before.", taken=decision.taken),
        )
    _refuse_unknown(charter, decision)
    _refuse_end_in_the_past(charter, decision, today)
    after = charter.model_copy(update={"decisions": [*charter.decisions, decision]})
    try:
        terms(after, horizon(after, today))
    except RotationProblem as problem:
        raise _refused(charter, decision, problem) from None
    refuse_rewriting(charter, after, today)
    return changes(charter, after, today)


def free_id(charter: Charter) -> str:
    """The next decision id of the form `d7` that is not in use."""
    used = {decision.id for decision in charter.decisions}
    number = len(used) + 1
    while f"d{number}" in used:
        number += 1
    return f"d{number}"


def _refuse_unknown(charter: Charter, decision: Decision) -> None:
    members = [member.id for member in charter.members]
    for name in decision.names:
        if name not in members:
            raise Problem(
                422,
                "member-unknown",
                _("{name} is no member here; the ids are {names}.", name=name, names=", ".join(sorted(members))),
            )
    if decision.begins is not None and decision.begins < charter.group.founded:
        founded = charter.group.founded
        raise Problem(
            422,
            "before-founding",
            _("{begins} lies before the founding ({founded}).", begins=decision.begins, founded=founded),
        )


def _refuse_end_in_the_past(charter: Charter, decision: Decision, today: date) -> None:
    """The running term's end may still be moved, to a day after today (charter rule)."""
    ends = decision.until if decision.verb in ("extend", "appoint") else None
    if ends is not None and ends <= today:
        raise Problem(
            409,
            "past-would-change",
            _("until {ends} is not after today ({today}); write a later day.", ends=ends, today=today),
        )


def _refused(charter: Charter, decision: Decision, problem: RotationProblem) -> Problem:
    """Its own fault first; else the other decisions that it would leave without their term."""
    place = len(charter.decisions)
    own = [text for path, text in problem.faults if tuple(path[:2]) == ("decisions", place)]
    if own:
        return Problem(
            422, "decision-does-not-fit", f"{own[0]}.", errors=[{"where": "body", "message": text} for text in own]
        )
    others = [
        (charter.decisions[path[1]].id, text)
        for path, text in problem.faults
        if path[0] == "decisions" and isinstance(path[1], int)
    ]
    if not others:
        return Problem(422, "decision-does-not-fit", f"{problem.faults[0][1]}.")
    other, text = others[0]
    return Problem(
        409,
        "decision-leaves-another",
        _(
            "{id} would leave {other} without its term: {fault}. Withdraw {other} first, or decide otherwise.",
            id=decision.id,
            other=other,
            fault=text,
        ),
        decisions=[decision.id, *(id_ for id_, _text in others)],
    )

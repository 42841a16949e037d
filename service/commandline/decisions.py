"""`gmg chair decide`: a decision on the chair, as the API takes it."""

import re
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from service.commandline.charters import show
from service.commandline.sources import GroupId, database, only_group, parse_day
from service.database import reading, writing
from service.groups import queries
from service.groups.decision import Proposal
from service.problems import Problem
from service.rotation import commands
from service.text import ID_PATTERN

# How many values follow each verb: a pass names one member, an appointment any number.
_TAKES = {"swap": 2, "appoint": None}

EPILOG = (
    "pass ID --term D | swap A B --term D | appoint ID… --term D [--until E] | extend D --until E | "
    "accept ID --term D | withdraw DECISION | vacant D --until E | interim ID --from D --until E"
)


def add(chair: typer.Typer) -> None:
    chair.command("decide", epilog=EPILOG)(decide)


def decide(
    verb: Annotated[str, typer.Argument(help="pass, swap, appoint, extend, accept, withdraw, vacant or interim.")],
    what: Annotated[list[str], typer.Argument(help="Whom or what: see below.")],
    term: Annotated[str | None, typer.Option("--term", help="First day of the term.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="First day.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Day after the last.")] = None,
    reason: Annotated[str | None, typer.Option("--reason")] = None,
    source: Annotated[str | None, typer.Option("--source", help="The document it stands in.")] = None,
    taken: Annotated[str | None, typer.Option("--taken", help="Day of the decision; default: today.")] = None,
    id_: Annotated[str | None, typer.Option("--id", help="Default: the next free one.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Say what would change; save nothing.")] = False,
    group: GroupId = None,
) -> None:
    """Take a decision on the chair, and show the terms before and after."""
    given = {"term": term, "from": from_, "until": until, "reason": reason, "source": source}
    said = _read({verb: _value(verb, what)} | {key: value for key, value in given.items() if value})
    day = parse_day(taken, None)
    if id_ is not None and not re.fullmatch(ID_PATTERN, id_):
        raise typer.BadParameter("--id takes small letters, digits and hyphens, such as d7")
    with database() as engine:
        with reading(engine) as session:
            group_id = group or only_group(queries.group_ids(session))
        if preview:
            with reading(engine) as session:
                decision, found = commands.considered(queries.charter(session, group_id), said, id_=id_, taken=day)
            print(f"{decision.id} would be taken on {decision.taken}; nothing is saved.")
        else:
            with writing(engine) as session:
                decision, found, version = commands.take_decision(
                    session, group_id, said, id_=id_, taken=day, actor="command line"
                )
            print(f"{decision.id} is taken; {group_id} is at version {version}.")
    show(found)


def _value(verb: str, what: list[str]) -> Any:
    count = _TAKES.get(verb, 1)
    if count is not None and len(what) != count:
        raise typer.BadParameter(f"{verb} takes {count} value{'s' if count > 1 else ''}, not {len(what)}")
    return what if verb in _TAKES else what[0]


def _read(values: dict[str, Any]) -> Proposal:
    try:
        return Proposal.model_validate(values)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, f['loc']))} {f['msg'].removeprefix('Value error, ')}" for f in error.errors()]
        raise Problem(422, "decision-does-not-fit", "\n".join(fault.strip() for fault in faults)) from None

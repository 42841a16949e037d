"""`gmg chair`, `gmg terms`, `gmg fairness`: who chairs, when and why."""

import csv
import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from service import clock, zones
from service.commandline import decisions
from service.commandline.sources import CharterFile, GroupId, charter_from, parse_day
from service.groups.charter import Charter
from service.groups.parts import FIRST_DAY
from service.language.dates import spoken
from service.rotation.engine import terms
from service.rotation.fairness import shares
from service.rotation.outline import ChairOut, chair_out, term_out
from service.rotation.rules import horizon, overlapping, sitting
from service.rotation.values import Term


class Format(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


def add(app: typer.Typer) -> None:
    sitting = typer.Typer(help="Who chairs; and decisions on the chair.", invoke_without_command=True)
    sitting.callback()(chair)
    decisions.add(sitting)
    app.add_typer(sitting, name="chair")
    app.command("terms")(list_terms)
    app.command("fairness")(fairness)


def chair(
    context: typer.Context,
    on: Annotated[str | None, typer.Option("--on", help="A day, or an instant with its zone; default: now.")] = None,
    group: GroupId = None,
    charter: CharterFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="The answer of the API.")] = False,
) -> None:
    """Who chairs, since when, until when, who is next, and why. Exit 1 when nobody does."""
    if context.invoked_subcommand is not None:
        return
    found = charter_from(charter, group)
    zone = found.group.timezone
    try:
        at = zones.read_when(on, zone) if on else clock.now()
    except ValueError as error:
        raise typer.BadParameter(f"{on} {error}") from None
    answer = chair_out(found, at, sitting(found, zones.day_in(at, zone)))
    if as_json:
        print(answer.model_dump_json(by_alias=True, indent=2))
    else:
        print("\n".join(_told(found, answer)))
    if answer.term is None or not answer.term.chair:
        raise typer.Exit(1)


def _told(charter: Charter, answer: ChairOut) -> list[str]:
    if answer.term is None:
        return [f"No chair is on record or due by rule on {spoken(answer.day)}."]
    names = " and ".join(charter.short(id_) for id_ in answer.term.chair) or "Nobody"
    verb = "chair" if len(answer.term.chair) > 1 else "chairs"
    lines = [f"{names} {verb} {charter.group.short or charter.group.name} on {spoken(answer.day)}."]
    lines += [
        f"  {head.title}{' (acting)' if head.acting else ''}: {head.name or 'name not in the charter'}"
        for head in answer.heads.values()
    ]
    lines.append(f"  since {spoken(answer.term.start)}, until {spoken(answer.term.end)} 00:00 ({answer.timezone})")
    lines.append(f"  {answer.term.kind}, {answer.term.status}")
    lines += [f"  - {why}" for why in answer.term.why]
    if answer.next is not None:
        names = " and ".join(charter.short(id_) for id_ in answer.next.chair) or "nobody (vacant)"
        lines.append(f"Next: {names}, from {spoken(answer.next.start)} until {spoken(answer.next.end)}.")
        lines += [f"  - {why}" for why in answer.next.why]
    for member, seat in answer.seats.items():
        lines.append(f"{charter.short(member)}: {seat.name} holds the seat until {spoken(seat.until)}.")
    return lines


def list_terms(
    from_: Annotated[str | None, typer.Option("--from", help="First day; default: the first term.")] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Day after the last; default: as far as terms are shown.")
    ] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.table,
    group: GroupId = None,
    charter: CharterFile = None,
) -> None:
    """The terms that overlap [from, until)."""
    found = charter_from(charter, group)
    first = parse_day(from_, FIRST_DAY)
    last = parse_day(until, horizon(found, zones.day_in(clock.now(), found.group.timezone)))
    if last <= first:
        raise typer.BadParameter("--until is not after --from; it is the day after the last")
    chosen = overlapping(terms(found, last), first, last)
    if form is Format.json:
        print(json.dumps([term_out(found, term).model_dump(mode="json") for term in chosen], indent=2))
    elif form is Format.csv:
        _csv(chosen)
    else:
        for term in chosen:
            names = " + ".join(found.short(id_) for id_ in term.chair) or "-"
            print(f"{term.start}  {term.end}  {names:<24} {term.kind:<10} {term.status}")


def _csv(chosen: list[Term]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["start", "end", "chair", "kind", "status"])
    writer.writerows([term.start, term.end, term.csv_chair, term.kind, term.status] for term in chosen)


def fairness(group: GroupId = None, charter: CharterFile = None) -> None:
    """Turns and months served by each member, its expected share, its last and next turn."""
    found = charter_from(charter, group)
    today = zones.day_in(clock.now(), found.group.timezone)
    print(f"{'member':<24} turns  months  expected  last        next")
    for share in shares(terms(found, horizon(found, today)), found.members, today):
        print(
            f"{found.short(share.member):<24} {share.turns:>5} {share.months:>7} {share.expected_months:>9}"
            f"  {share.last or '-'!s:<10}  {share.next or '-'!s:<10}"
        )

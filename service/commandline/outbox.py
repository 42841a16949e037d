"""`gmg outbox`: who was told what and what came back, sending again, and what would be sent next."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from sqlmodel import Session

from service import audit, clock, zones
from service.commandline.chairs import Format
from service.commandline.sources import GroupId, database, only_group
from service.database import reading, writing
from service.followups.actions.csvs import line
from service.groups import queries as groups
from service.groups.charter import Charter
from service.notifications.outbox import commands
from service.notifications.outbox.answered import Answers
from service.notifications.outbox.bodies import DeliveryOut, Showing, WholeDeliveryOut, event_out
from service.notifications.outbox.forecasting import MOST_DAYS, ForecastOut
from service.notifications.outbox.queries import STATES, Wanted, delivery, event_row, page
from service.problems import Problem
from service.simulate import foresee

ACTOR = "command line"
_WIDTH = 60


class Shape(StrEnum):
    table = "table"
    json = "json"


def add(app: typer.Typer) -> None:
    outbox = typer.Typer(help="Who was told what and what came back; what would be sent next.", no_args_is_help=True)
    outbox.command("show")(show)
    outbox.command("send-again")(send_again)
    outbox.command("release")(release)
    outbox.command("forecast")(forecast)
    app.add_typer(outbox, name="outbox")


def show(
    what: Annotated[str | None, typer.Argument(metavar="[EVENT|DELIVERY]", help="An id; default: the newest.")] = None,
    group: GroupId = None,
    state: Annotated[str | None, typer.Option("--state", help=", ".join(STATES))] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Of the message, or of the event it tells.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="A mailbox: for whom, or where it went.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 50,
    form: Annotated[Shape, typer.Option("--format")] = Shape.table,
) -> None:
    """Who was told, when, by which channel, what the other side said, and what they have answered; newest first."""
    if state is not None and state not in STATES:
        raise typer.BadParameter(f"--state is one of {', '.join(STATES)}")
    with _group(group) as (session, charter):
        showing = Showing(charter, Answers(session, charter))
        whole = _whole(session, charter, showing, what) if what is not None else None
        if whole is not None:
            _print_whole(whole, form)
            return
        event = event_row(session, charter.group.id, what) if what is not None else None
        wanted = Wanted(state, kind, to, event=event.id if event else None)
        found, more = page(session, charter.group.id, wanted, limit=limit)
        lines = [showing.line(one) for one in found]
        told = event_out(event).model_dump(mode="json") if event else None
    if form is Shape.json:
        shown = {"event": told} if told else {}
        print(json.dumps(shown | {"deliveries": [one.model_dump(mode="json") for one in lines]}, indent=2))
        return
    if told is not None:
        print(f"{told['kind']} of {told['subject']}, recorded {told['recorded_at'][:16]}Z")
    for one in lines:
        print("\n".join(_told(one)))
    print(f"{len(lines)} deliveries{'; there are more, see --limit' if more else ''}.")


def _whole(session: Session, charter: Charter, showing: Showing, id_: str) -> WholeDeliveryOut | None:
    try:
        return showing.whole(*delivery(session, charter.group.id, id_))
    except Problem:
        return None


def _told(one: DeliveryOut) -> Iterator[str]:
    at, what = one.accepted_at or one.created_at, one.tells if one.channel == "webhook" else one.kind
    to = one.recipient or one.address
    yield f"{one.id}  {_minute(at)}  {one.state:<10} {one.channel:<8} {to}  {one.title[:_WIDTH] or what}"
    if one.address != to:
        yield f"    went to {one.address}"
    if one.answer:
        yield f"    the other side: {one.answer}"
    if one.asked:
        said = "; ".join(f"{a.member} {a.answer}".strip() + f" ({a.by}, {_minute(a.at)})" for a in one.answers)
        yield f"    asked for {one.asked}: {said or 'no answer yet'}"


def _print_whole(one: WholeDeliveryOut, form: Shape) -> None:
    if form is Shape.json:
        print(one.model_dump_json(indent=2))
        return
    print("\n".join(_told(one)))
    print(f"    Message-ID {one.message_id}; attempts {one.attempts}; not sent after {_minute(one.not_after)}")
    for file in one.files:
        print(f"    file {file.name}, {file.size} bytes")
    print()
    print(one.text if one.text is not None else "This text is for its reader alone.")


def send_again(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The id of a delivery; see gmg outbox show.")],
    until: Annotated[str | None, typer.Option("--until", help="A new last instant, at most 7 days from now.")] = None,
    group: GroupId = None,
) -> None:
    """Send what failed, expired or is held: the same message, with the same Message-ID."""
    with database() as engine, writing(engine) as session:
        group_id = group or only_group(groups.group_ids(session))
        row = groups.group_row(session, group_id, lock=True)
        last = _when(until, row.timezone, "--until") if until is not None else None
        audit.act(session, ACTOR, ACTOR)
        found, _ = delivery(session, group_id, id_, lock=True)
        commands.send_again(session, found, until=last, actor=ACTOR)
        to, last = found.recipient, found.not_after
    print(f"{id_} to {to} goes out with the next look, until {_minute(last)}.")


def release(
    since: Annotated[str, typer.Option("--since", help="A day in the group's zone, or an instant with its zone.")],
    group: GroupId = None,
) -> None:
    """Let everything go that is held and was made since then, such as after a backup was restored."""
    with database() as engine, writing(engine) as session:
        group_id = group or only_group(groups.group_ids(session))
        row = groups.group_row(session, group_id, lock=True)
        begin = _when(since, row.timezone, "--since")
        audit.act(session, ACTOR, ACTOR)
        done = commands.release(session, group_id, since=begin, actor=ACTOR)
    print(f"{done.released} go out with the next look; {done.expired} had passed their last instant.")
    if done.paused:
        print(f"{done.paused} stay held: their mailboxes are paused, or their endpoints disabled.")


def forecast(
    days: Annotated[int, typer.Option("--days", min=1, max=MOST_DAYS, help="How many days ahead.")] = 90,
    form: Annotated[Format, typer.Option("--format")] = Format.table,
    group: GroupId = None,
    at: Annotated[str | None, typer.Option("--at", hidden=True, help="The instant to begin at; default: now.")] = None,
) -> None:
    """What would be sent in the coming days if nobody changed anything; nothing is sent or saved."""
    with database() as engine:
        with reading(engine) as session:
            group_id = group or only_group(groups.group_ids(session))
            zone = groups.group_row(session, group_id).timezone
        begin = _when(at, zone, "--at") if at is not None else clock.now()
        with clock.use(lambda: begin):
            found = foresee(engine, group_id, days)
    _print_forecast(found, form)


def _print_forecast(found: ForecastOut, form: Format) -> None:
    if form is Format.json:
        print(found.model_dump_json(indent=2))
        return
    if form is Format.csv:
        sys.stdout.write(line(["at", "kind", "title", "recipient", "channel"]))
        for one in found.lines:
            sys.stdout.write(line([f"{one.at:%Y-%m-%dT%H:%M:%SZ}", one.kind, one.title, one.recipient, one.channel]))
        return
    for one in found.lines:
        print(f"{_minute(one.at)}  {one.channel:<8} {one.recipient:<32} {one.title[:_WIDTH] or one.kind}")
    print(f"{len(found.lines)} messages from {_minute(found.at)} until {_minute(found.until)}; nothing was sent.")


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z" if at is not None else "-"


def _when(text: str, zone: str, option: str) -> datetime:
    try:
        return zones.read_when(text, zone)
    except ValueError as error:
        raise typer.BadParameter(f"{option} {text} {error}") from None


@contextmanager
def _group(group: str | None) -> Iterator[tuple[Session, Charter]]:
    with database() as engine, reading(engine) as session:
        yield session, groups.charter(session, group or only_group(groups.group_ids(session)))

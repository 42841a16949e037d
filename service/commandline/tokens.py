"""`gmg token create|list|revoke`: for programs that call the API and calendars that subscribe."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

import typer

from service import clock, settings
from service.access import commands, queries
from service.access.tables import TokenRow
from service.access.verbs import SCOPES
from service.commandline.sources import GroupId, database, only_group
from service.database import reading, writing
from service.groups import queries as groups

ACTOR = "command line"


def add(app: typer.Typer) -> None:
    token = typer.Typer(help="Tokens of the API and of people's own feeds.", no_args_is_help=True)
    token.command("create")(create)
    token.command("list")(list_)
    token.command("revoke")(revoke)
    app.add_typer(token, name="token")


def create(
    person: Annotated[str | None, typer.Option("--person", help="Address of the person it acts for.")] = None,
    secretariat: Annotated[bool, typer.Option("--secretariat", help="It acts for the secretariat itself.")] = False,
    feed: Annotated[bool, typer.Option("--feed", help="The address of the person's own calendar.")] = False,
    read_only: Annotated[bool, typer.Option("--read-only", help="It may look, not write: --scope read.")] = False,
    scope: Annotated[
        str | None, typer.Option("--scope", help=f"read, write, or some of {','.join(SCOPES)}; default: write.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=1095, help="Days until it expires.")] = 365,
    name: Annotated[str | None, typer.Option("--name", help="What it is for; shown in the list.")] = None,
    group: GroupId = None,
) -> None:
    """Make a token and show it, this once: only a digest of it is kept."""
    if (person is None) == (not secretariat):
        raise typer.BadParameter("say for whom it acts: --person ADDRESS, or --secretariat")
    if feed and person is None:
        raise typer.BadParameter("a calendar is a person's own; give --person ADDRESS")
    if read_only and scope not in (None, "read"):
        raise typer.BadParameter("--read-only is --scope read; give one of the two")
    scope = "read" if read_only else "write" if scope is None else scope
    if scope not in ("read", "write") and not set(scope.split(",")) <= set(SCOPES):
        raise typer.BadParameter(f"a scope is read, write, or some of {','.join(SCOPES)}")
    with database() as engine, writing(engine) as session:
        group_id = group or only_group(groups.group_ids(session))
        token, row = commands.make_token(
            session,
            group_id,
            kind="feed" if feed else "api",
            email=person,
            name=name,
            lasts=timedelta(days=days),
            scope=scope,
            actor=ACTOR,
        )
    if feed:
        print(f"{settings.current().public_url}/calendars/p/{token}/{quote(group_id)}.ics")
    else:
        print(token)
    print(f"This is {row.id}, for {row.name}, until {row.expires_at:%Y-%m-%d}. It is not shown again.")


def list_(group: GroupId = None) -> None:
    """Every token, newest first: for whom, what for, until when."""
    with database() as engine, reading(engine) as session:
        rows = queries.tokens(session, group or only_group(groups.group_ids(session)))
    for row in rows:
        print(f"{row.id}  {row.kind:<4}  {row.scope:<5}  {_standing(row):<18}  {row.name}")


def _standing(row: TokenRow) -> str:
    if row.revoked_at is not None:
        return f"revoked {row.revoked_at:%Y-%m-%d}"
    word = "expired" if row.expires_at <= clock.now() else "until"
    return f"{word} {row.expires_at:%Y-%m-%d}"


def revoke(token: Annotated[str, typer.Argument(help="The token's id, as gmg token list shows it.")]) -> None:
    """Revoke a token at once and for good."""
    with database() as engine, writing(engine) as session:
        row = commands.revoke_token(session, token, actor=ACTOR)
    print(f"{row.id} ({row.name}) is revoked.")

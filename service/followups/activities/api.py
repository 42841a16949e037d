"""The HTTP door of common activities: what the group does together, and how far it has come."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlmodel import Session

from service.access.bodies import answer, given, new_router
from service.access.door import ANYBODY, Answer, IfMatch, Key, change, create, glance, look
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.followups.activities import commands
from service.followups.activities.bodies import (
    ActivitiesOut,
    ActivityIn,
    ActivityOut,
    AgreeIn,
    EditIn,
    EntriesOut,
    OneActivityOut,
    ReasonIn,
    ReportIn,
    SummaryIn,
    entry_out,
    listed,
)
from service.followups.activities.checks import agreed_by, need_external
from service.followups.activities.door import acting, out
from service.followups.activities.log import By
from service.followups.activities.queries import activities, activity_row, milestones_of, reports
from service.followups.activities.rules import State, public_sees
from service.followups.activities.tables import ActivityRow
from service.followups.programmes.queries import programme_row
from service.keyset import After, Limit, cursor, read_cursor
from service.language.speech import _
from service.problems import Problem, not_found
from service.text import Id, Line
from service.versions import Expected

router = new_router("activities")


@router.get("/activities", response_model=ActivitiesOut, openapi_extra=ANYBODY)
def list_activities(
    group: str,
    request: Request,
    status: Annotated[State | None, Query()] = None,
    kind: Annotated[Line | None, Query()] = None,
    purpose: Annotated[int | None, Query(ge=1, le=1000)] = None,
    area: Annotated[Line | None, Query()] = None,
    member: Annotated[Id | None, Query(description="Its lead, or one of its partners.")] = None,
    programme: Annotated[Id | None, Query(description="The turn whose programme it stands in.")] = None,
    external: Annotated[Id | None, Query(description="The external event that it contributes to.")] = None,
    limit: Limit = 50,
    after: After = None,
) -> Response:
    """Activities, newest first. The public sees those that were opened to it, once they are agreed."""
    asked: dict[str, Any] = {
        "state": status,
        "kind": kind,
        "purpose": purpose,
        "area": area,
        "member": member,
        "external": external,
    }
    of = f"activities:{group}:{programme}:{sorted(asked.items())}"

    def do(session: Session, caller: Caller | None) -> Answer:
        at = scene(session, group, caller)
        ids = None
        if programme is not None:
            at.need("activity.look")
            row = programme_row(session, group, programme)
            ids = row.activities if row else []
        key = read_cursor(of, after)
        found = activities(
            session, group, below=key[0] if key else None, public_only=not at.inside, ids=ids, most=limit + 1, **asked
        )
        more, found = len(found) > limit, found[:limit]
        steps = milestones_of(session, group, [row.id for row in found])
        shown = [ActivityOut.model_validate(listed(row, steps.get(row.id, []), at.today)) for row in found]
        return answer(ActivitiesOut(activities=shown, next=cursor(of, [found[-1].number]) if more else None))

    return glance(request, group, do)


@router.get("/activities/{activity}", response_model=OneActivityOut, openapi_extra=ANYBODY)
def one_activity(group: str, activity: str, request: Request) -> Response:
    """One activity with its milestones and what was done last about it."""

    def do(session: Session, caller: Caller | None) -> Answer:
        at = scene(session, group, caller)
        row = activity_row(session, group, activity)
        if not at.inside and not public_sees(row.visibility, row.agreed_at):
            raise not_found(_("This activity is not here; check the address."))
        return answer(out(at, row), row.version)

    return glance(request, group, do)


@router.get("/activities/{activity}/reports", response_model=EntriesOut)
def log(group: str, activity: str, request: Request, limit: Limit = 50, after: After = None) -> Response:
    """All that was done about an activity, newest first, a page at a time."""
    of = f"activity-reports:{group}:{activity}"

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("activity.look")
        row = activity_row(session, group, activity)
        key = read_cursor(of, after)
        found = reports(session, row, below=key[0] if key else None, most=limit + 1)
        more, found = len(found) > limit, found[:limit]
        following = cursor(of, [found[-1].number]) if more else None
        return answer(EntriesOut(reports=[entry_out(one) for one in found], next=following))

    return look(request, group, do)


@router.post("/activities", status_code=201, response_model=OneActivityOut)
def propose(group: str, body: ActivityIn, request: Request, key: Key = None) -> Response:
    """Propose an activity, for the member that leads it; the chair is told."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        by = acting(at, "activity.propose", body.lead)
        need_external(session, group, body.external)
        values = _columns(body.model_dump(exclude={"milestones"}))
        steps = [(one.title, one.due) for one in body.milestones]
        row = commands.propose(session, at.charter, values, steps, by)
        return answer(out(at, row), row.version, 201, Location=f"/api/v1/groups/{group}/activities/{row.id}")

    return create(request, group, body, do, key=key, if_match=None)


@router.post("/activities/{activity}/agree", response_model=OneActivityOut)
def agree(group: str, activity: str, body: AgreeIn, request: Request, if_match: IfMatch = None) -> Response:
    """Put on record that the group has agreed: by an adopted decision, or at a meeting. Lead and partners are told."""

    def do(at: Scene, row: ActivityRow, by: By) -> None:
        commands.agree(at.session, row, agreed_by(at.session, at.charter, body.decision, body.meeting), by)

    return verb(request, group, activity, if_match, as_chair("activity.agree"), do)


@router.post("/activities/{activity}/start", response_model=OneActivityOut)
def start(group: str, activity: str, request: Request, if_match: IfMatch = None) -> Response:
    """Put on record that work has begun; the first report says so as well."""

    def do(at: Scene, row: ActivityRow, by: By) -> None:
        commands.start(at.session, row, by)

    return verb(request, group, activity, if_match, as_lead("activity.report"), do)


@router.post("/activities/{activity}/report", response_model=OneActivityOut)
def report(group: str, activity: str, body: ReportIn, request: Request, if_match: IfMatch = None) -> Response:
    """Report on progress for the lead or a partner: a text, real outputs, links."""

    def do(at: Scene, row: ActivityRow, by: By) -> None:
        if body.member not in (row.lead, *row.partners):
            raise Problem(
                422, "takes-no-part", _("This member takes no part in the activity; name its lead or a partner.")
            )
        if not body.text:
            raise Problem(422, "empty-field", _("The text is empty; say how far it has come."))
        outputs = [(one.document.model_dump(), one.expected) for one in body.outputs]
        links = [one.model_dump() for one in body.links]
        said = by._replace(member=body.member)
        commands.report(at.session, at.charter, row, body.text, outputs, links, said)

    return verb(request, group, activity, if_match, lambda at, _: acting(at, "activity.report", body.member), do)


@router.post("/activities/{activity}/edit", response_model=OneActivityOut)
def edit(group: str, activity: str, body: EditIn, request: Request, if_match: IfMatch = None) -> Response:
    """Correct what is said of an activity: its lead may, and the chair; another lead is for the chair alone."""

    def do(at: Scene, row: ActivityRow, by: By) -> None:
        values = given(body)
        if any(value is None for name, value in values.items() if name != "external") or values.get("objective") == "":
            raise Problem(422, "empty-field", _("Only external may be null, and no text empty; leave out what stays."))
        if "lead" in values and values["lead"] != row.lead:
            at.need("activity.agree")
        need_external(at.session, group, body.external)
        commands.edit(at.session, at.charter, row, _columns(values), by)

    return verb(request, group, activity, if_match, as_lead("activity.edit"), do)


@router.post("/activities/{activity}/complete", response_model=OneActivityOut)
def complete(group: str, activity: str, body: SummaryIn, request: Request, if_match: IfMatch = None) -> Response:
    """Put on record that an activity is completed, with what came of it."""

    def do(at: Scene, row: ActivityRow, by: By) -> None:
        commands.complete(at.session, row, body.text, by)

    return verb(request, group, activity, if_match, as_chair("activity.close"), do)


@router.post("/activities/{activity}/discontinue", response_model=OneActivityOut)
def discontinue(group: str, activity: str, body: ReasonIn, request: Request, if_match: IfMatch = None) -> Response:
    """Give an activity up, or turn a proposal down, with the reason."""

    def do(at: Scene, row: ActivityRow, by: By) -> None:
        commands.discontinue(at.session, row, body.reason, by)

    return verb(request, group, activity, if_match, as_chair("activity.close"), do)


Who = Callable[[Scene, ActivityRow], By]
Do = Callable[[Scene, ActivityRow, By], None]


def as_chair(right: str) -> Who:
    """Who does what is the chair's."""
    return lambda at, row: acting(at, right)


def as_lead(right: str) -> Who:
    """Who does what its lead may, or the chair."""
    return lambda at, row: acting(at, right, row.lead)


def verb(request: Request, group: str, activity: str, if_match: str | None, who: Who, do: Do) -> Response:
    """Change an activity as somebody who may and has seen its present version; the answer is how it is then."""

    def change_it(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        row = activity_row(session, group, activity, lock=True)
        by = who(at, row)
        expected.meet(row.version)
        do(at, row, by)
        session.flush()
        return answer(out(at, row), row.version)

    return change(request, group, change_it, if_match=if_match)


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a body by the names of columns."""
    names = {"from_": "from_day", "until": "until_day"}
    return {names.get(name, name): value for name, value in values.items()}

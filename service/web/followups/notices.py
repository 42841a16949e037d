"""What agencies let each other know: the list, one notice, publishing and taking back."""

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.followups.notices import api
from service.followups.notices.queries import notice_row, notices
from service.keyset import cursor, read_cursor
from service.language.speech import N_, _
from service.problems import not_found
from service.web.frame.forms import Fault, Form, answered, attempt, body, new_key
from service.web.frame.page import page
from service.web.frame.visitor import by_browser, seeing

router = APIRouter(include_in_schema=False)
LIST, ONE = "/groups/{group}/notices", "/groups/{group}/notices/{notice}"
CIRCLES = (("members", N_("for members of the group")), ("public", N_("for everybody")))
_SHOWN = 30


@router.get(LIST)
def listed(group: str, request: Request, member: str = "", after: str | None = None) -> Response:
    """The notices that stand, newest first; for members the form as well."""
    return _list(request, group, member=member, after=after)


@router.post(LIST)
def publish(group: str, request: Request, typed: Form) -> Response:
    """Publish a notice."""

    def do() -> str:
        values = {name: typed.text(name) for name in ("member", "theme", "text", "link", "visibility")}
        made = api.publish(group, body(api.NoticeIn, values), by_browser(request), key=typed.once)
        return f"/groups/{group}/notices/{answered(made)['id']}"

    return attempt(do, lambda fault: _list(request, group, fault=fault), typed)


@router.get(ONE)
def one(group: str, notice: str, request: Request) -> Response:
    """One notice; to members also when it is withdrawn."""
    return _one(request, group, notice)


@router.post(ONE + "/withdraw")
def withdraw(group: str, notice: str, request: Request, typed: Form) -> Response:
    """Take a notice back."""

    def do() -> str:
        api.withdraw(group, notice, by_browser(request), if_match=typed.if_match)
        return f"/groups/{group}/notices/{notice}"

    return attempt(do, lambda fault: _one(request, group, notice, fault), typed)


def _list(
    request: Request, group: str, *, member: str = "", after: str | None = None, fault: Fault | None = None
) -> Response:
    with seeing(request, group) as at:
        of = f"page/notices/{group}/{at.inside}/{member}"
        begin = read_cursor(of, after)
        found = notices(
            at.session, group, inside=at.inside, member=member or None, before=int(begin[0]) if begin else None,
            limit=_SHOWN + 1,
        )  # fmt: skip
        return page(
            "followups/notices.html",
            fault.status if fault else 200,
            at=at,
            title=_("Notices"),
            notices=found[:_SHOWN],
            older=cursor(of, [found[_SHOWN - 1].number]) if len(found) > _SHOWN else None,
            member=member,
            members=[(one.id, one.label) for one in at.charter.members if one.stands(at.today)],
            own=_own(at),
            circles=CIRCLES,
            fault=fault,
            once=new_key(),
        )


def _one(request: Request, group: str, notice: str, fault: Fault | None = None) -> Response:
    with seeing(request, group) as at:
        row = notice_row(at.session, group, notice)
        if not at.inside and (row.visibility != "public" or row.withdrawn_at is not None):
            raise not_found(_("This notice is not here; check the address."))
        return page(
            "followups/notice.html",
            fault.status if fault else 200,
            at=at,
            title=row.theme,
            notice=row,
            withdraws=row.withdrawn_at is None and at.may("notice.withdraw", row.member) is not None,
            fault=fault,
        )


def _own(at: Scene) -> list[tuple[str, str]]:
    """The members for which whoever looks may publish."""
    return [(one.id, one.label) for one in at.charter.members if at.may("notice.publish", one.id) is not None]

"""Actions in from a table: first what would become of each row, then the import, told while it goes.

What is imported is what was looked at: the text comes back with its digest, and another text is shown anew first.
Nothing is kept on this side in between, so the page carries the text.
"""

from hashlib import sha256
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request, Response

from service.access.scene import Scene
from service.followups.actions import csv_api, csvs
from service.language.speech import _, ngettext
from service.problems import Problem
from service.text import clean
from service.web.frame.forms import Fault, Typed, answered, new_key, read_file_form
from service.web.frame.page import page
from service.web.frame.progress import Outcome, Tell, follow
from service.web.frame.visitor import by_browser, looking

router = APIRouter(include_in_schema=False)
IMPORT = "/groups/{group}/actions/import"
Sent = Annotated[Typed, Depends(read_file_form)]
# So many rows of the preview are shown, wrong ones first, and so many that were left out are told at the end.
_SHOWN, _TOLD = 150, 50
_WIDTH = 120
_EXAMPLE = (
    "key,title,owner,due,text\r\n"
    "retreat-1,Draft the note,{owner},{day},Two pages are enough.\r\n"
    "retreat-2,Send the list of experts,{owner},,\r\n"
)


class Row(NamedTuple):
    """What would become of a row: the line on which it begins, some of its cells, and what is wrong, if anything is."""

    line: int
    title: str
    owner: str
    due: str
    became: str
    action: str | None
    why: list[str]


class Preview(NamedTuple):
    """What would become of a whole table."""

    rows: list[Row]
    hidden: int
    taken: int
    known: int
    refused: int
    digest: str


@router.get(IMPORT)
def start(group: str, request: Request) -> Response:
    """The form for a file or a pasted table."""
    return _form(request, group)


@router.post(IMPORT + "/preview")
def preview(group: str, request: Request, sent: Sent) -> Response:
    """Say row by row what would be opened and what is wrong; nothing is saved."""
    return _look(request, group, sent)


@router.post(IMPORT)
def take_in(group: str, request: Request, sent: Sent) -> Response:
    """Open an action for each good row of the table that was looked at, and tell how far it is."""
    text = _text(sent)
    if text is None or _digest(text) != sent.get("checked"):
        return _look(request, group, sent)
    raw, key = text.encode("utf-8", "replace"), sent.once
    by_browser(request)

    def work(tell: Tell) -> Outcome:
        def told(n: int, of: int) -> None:
            tell(_("{n} of {all} rows are checked.", n=n, all=of))

        done = answered(csv_api.import_rows(group, request, raw, preview=False, key=key, told=told))
        return _outcome(group, done, tell)

    with looking(request, group) as at:
        _need(at)
        return follow(work, at=at, title=_("Import of actions"), back=(_address(group), _("Back to the table")))


def _outcome(group: str, done: dict[str, Any], tell: Tell) -> Outcome:
    """What came of it, once it is saved; the rows that were left out are told line by line."""
    if done["known"]:
        tell(ngettext("{n} row is here already.", "{n} rows are here already.", done["known"]))
    out = [row for row in done["rows"] if row["became"] == "refused"]
    for row in out[:_TOLD]:
        tell(_("Line {line} was left out: {why}", line=row["line"], why="; ".join(row["why"])))
    if len(out) > _TOLD:
        n = len(out) - _TOLD
        tell(ngettext("{n} more row was left out.", "{n} more rows were left out.", n))
    tell(ngettext("{n} row is saved.", "{n} rows are saved.", done["taken"]))
    text = ngettext("{n} action is open now.", "{n} actions are open now.", done["taken"])
    return Outcome(text, f"/groups/{group}/actions?order=newest", _("Look at them"))


def _look(request: Request, group: str, sent: Typed) -> Response:
    """The preview, or what is wrong with the table as a whole; the text is kept in either case."""
    text = _text(sent)
    if text is None:
        return _form(request, group, _fault(_("The file is not UTF-8; save it as CSV UTF-8."), sent))
    if not text.strip():
        return _form(request, group, _fault(_("Choose a file, or paste the lines of a table."), sent))
    raw = text.encode("utf-8", "replace")
    try:
        found = answered(csv_api.import_rows(group, by_browser(request), raw, preview=True, key=None))
    except Problem as problem:
        if problem.status != 422:
            raise
        return _form(request, group, _fault(problem.detail, sent), text)
    return _form(request, group, None, text, _preview(text, found, csvs.read(raw)))


def _preview(text: str, found: dict[str, Any], cells: list[csvs.Row]) -> Preview:
    by_line = {row.line: row.cells for row in cells}
    rows = [_row(one, by_line[one["line"]]) for one in found["rows"]]
    rows.sort(key=lambda row: row.became != "refused")
    return Preview(
        rows[:_SHOWN], len(rows[_SHOWN:]), found["taken"], found["known"], found["refused"], _digest(text)
    )  # fmt: skip


def _row(one: dict[str, Any], cells: dict[str, str]) -> Row:
    title, owner, due = (_shown(cells.get(name, "")) for name in ("title", "owner", "due"))
    due = due or _shown(cells.get("before", ""))
    return Row(one["line"], title, owner, due, one["became"], one["action"], one["why"])


def _shown(cell: str) -> str:
    """A cell that was not taken yet may hold anything: what is no clean text is not shown."""
    try:
        shown = clean(cell[:1000], keep="\n\t")
    except ValueError:
        return ""
    return shown if len(shown) <= _WIDTH else f"{shown[:_WIDTH]}…"


def _text(sent: Typed) -> str | None:
    """The table: the file where there is one, else what was pasted; None for a file that is no text in UTF-8."""
    if sent.file is None:
        return sent.get("text")
    try:
        return sent.file.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None


def _digest(text: str) -> str:
    return sha256(text.strip().encode("utf-8", "replace")).hexdigest()


def _fault(text: str, sent: Typed) -> Fault:
    return Fault(text, 422, sent, "text")


def _form(
    request: Request, group: str, fault: Fault | None = None, text: str = "", preview: Preview | None = None
) -> Response:
    with looking(request, group) as at:
        _need(at)
        return page(
            "followups/action_import.html",
            fault.status if fault else 200,
            at=at,
            title=_("Import actions from a table"),
            columns=csvs.COLUMNS,
            most=csvs.ROWS,
            example=_EXAMPLE.format(
                owner=at.charter.members[0].id, day=at.today.replace(year=at.today.year + 1, day=1)
            ),
            text=text or (fault.typed.get("text") if fault else ""),
            preview=preview,
            fault=fault,
            once=new_key(),
        )


def _need(at: Scene) -> None:
    at.need("action.open", *(one.id for one in at.charter.members))


def _address(group: str) -> str:
    return f"/groups/{group}/actions/import"

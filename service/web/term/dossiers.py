"""The dossier of a handover as files; one that is not frozen is put together while its reader looks on."""

import secrets
from collections import OrderedDict
from threading import Lock
from typing import Literal, NamedTuple

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.followups.handovers import queries
from service.language.speech import _, ngettext
from service.notifications.followups.dossiers import Shown
from service.notifications.followups.dossiers_api import as_file, found_dossier
from service.problems import not_found
from service.web.frame.progress import Outcome, Tell, follow
from service.web.frame.visitor import looking

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/handovers/{turn}"
_FORMS: dict[str, Literal["markdown", "pdf"]] = {"md": "markdown", "pdf": "pdf"}
_KEPT = 4


class _Made(NamedTuple):
    """A dossier whose pages are set: of which group and turn, its file in both forms."""

    place: tuple[str, str]
    files: dict[str, Response]


# What was just put on pages, so that the link that follows does not do it again. Of this process alone: elsewhere,
# and after it has been pushed out, the link makes it anew.
_made: OrderedDict[str, _Made] = OrderedDict()
_lock = Lock()


@router.get(ADDRESS + "/dossier")
def make(group: str, turn: str, request: Request) -> Response:
    """Put the dossier together and on pages, and tell the steps; then the files."""
    base = f"/groups/{group}/handovers/{turn}"
    with looking(request, group) as at:
        at.need("dossier.look")
        queries.handover(at.session, at.charter, at.today, turn)

        def work(tell: Tell) -> Outcome:
            return _work(request, group, turn, tell)

        return follow(work, at=at, title=_("Dossier of the handover"), back=(base, _("The handover")))


@router.get(ADDRESS + "/dossier.{form}")
def dossier_file(group: str, turn: str, form: Literal["md", "pdf"], request: Request, made: str = "") -> Response:
    """The dossier as a file, frozen or as it stands; `made` names one that was just put on pages."""
    with looking(request, group) as at:
        at.need("dossier.look")
        with _lock:
            kept = _made.get(made)
        if kept is not None and kept.place == (group, turn):
            return kept.files[form]
        return as_file(at, turn, _found(at, turn), _FORMS[form])


def _work(request: Request, group: str, turn: str, tell: Tell) -> Outcome:
    base = f"/groups/{group}/handovers/{turn}"
    tell(_("Gathering what is known about the term and its handover …"))
    with looking(request, group) as at:
        found = _found(at, turn)
        sections = len(found.dossier.sections)
        tell(ngettext("Setting {n} section on pages …", "Setting {n} sections on pages …", sections))
        files = {form: as_file(at, turn, found, wanted) for form, wanted in _FORMS.items()}
    key = secrets.token_urlsafe(16)
    with _lock:
        _made[key] = _Made((group, turn), files)
        while len(_made) > _KEPT:
            _made.popitem(last=False)
    more = ((f"{base}/dossier.md?made={key}", "Markdown"), (base, _("The handover")))
    return Outcome(_("The dossier is ready."), f"{base}/dossier.pdf?made={key}", "PDF", more=more)


def _found(at: Scene, turn: str) -> Shown:
    found = found_dossier(at, turn)
    if found is None:
        raise not_found(_("A dossier of this number is not here; check the address."))
    return found

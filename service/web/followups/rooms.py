"""The pages of decisions, activities, programmes and reports; fixed addresses before those with a place in them."""

from fastapi import APIRouter

from service.web.followups.activities import changes as activities_changes
from service.web.followups.activities import listing as activities_list
from service.web.followups.activities import new as activities_new
from service.web.followups.activities import one as activities
from service.web.followups.decisions import changes as decisions_changes
from service.web.followups.decisions import listing as decisions_list
from service.web.followups.decisions import new as decisions_new
from service.web.followups.decisions import one as decisions
from service.web.followups.programmes import one as programmes
from service.web.followups.programmes import reports as programmes_reports

router = APIRouter(include_in_schema=False)
_DECISIONS = (decisions_list, decisions_new, decisions_changes, decisions)
_ACTIVITIES = (activities_list, activities_new, activities_changes, activities)
for room in (*_DECISIONS, *_ACTIVITIES, programmes, programmes_reports):
    router.include_router(room.router)

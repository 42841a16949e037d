"""The pages of meetings, those with a fixed address before those that take what stands there for a name."""

from fastapi import APIRouter

from service.web.meetings import (
    agenda,
    answering,
    chairing,
    guests,
    holding,
    items,
    listing,
    meeting,
    minutes,
    polling,
    proposing,
    slots,
)

router = APIRouter(include_in_schema=False)
for _room in (
    listing, proposing, meeting, polling, answering, chairing, holding, guests, slots, agenda, items, minutes,
):  # fmt: skip
    router.include_router(_room.router)

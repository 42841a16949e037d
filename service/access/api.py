"""The HTTP door of access: for whom a token acts."""

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from service.access.door import Answer, TokenRoute, bearer, look
from service.access.rules import Caller
from service.groups.charter import Appointment

router = APIRouter(
    prefix="/api/v1/groups/{group}", tags=["access"], route_class=TokenRoute, dependencies=[Depends(bearer)]
)


class CallerOut(BaseModel):
    """For whom a token acts today."""

    name: str
    group: str
    roles: list[Appointment]
    secretariat: bool = Field(description="Whether it may do what the secretariat may.")
    writes: bool = Field(description="Whether it may write.")
    scopes: list[str] = Field(description="What it may write: chair, meetings, followups, people, charter.")


@router.get("/me", response_model=CallerOut)
def me(group: str, request: Request) -> Response:
    """For whom this token acts, and with which roles today."""

    def do(_: Session, caller: Caller) -> Answer:
        out = CallerOut(
            name=caller.name,
            group=caller.group_id,
            roles=list(caller.appointments),
            secretariat=caller.secretariat,
            writes=caller.writes,
            scopes=sorted(caller.scopes),
        )
        return Answer(200, out, {})

    return look(request, group, do)

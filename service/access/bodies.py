"""What the doors of features share: the shape of bodies and answers, and a router below a group's address."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from service.access.door import Answer, TokenRoute, bearer
from service.text import HttpsUrl, Line
from service.versions import etag

Preview = Annotated[bool, Query(description="Say what would happen and who would be mailed, and save nothing.")]

# Said of a door that only looks, where what it shows may not be there as things stand; of a change it is understood.
CONFLICT: dict[int | str, dict[str, Any]] = {409: {"$ref": "#/components/responses/Conflict"}}


class In(BaseModel):
    """A body: no unknown keys, no coercion."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class Document(In):
    """A document where it lies: in the agencies' own stores. `symbol`, `language` and `revision` as it carries them."""

    title: Line
    url: HttpsUrl
    symbol: Line | None = None
    language: Line | None = None
    revision: int | None = Field(None, ge=0, le=1000)


Documents = Annotated[list[Document], Field(max_length=30)]
Purposes = Annotated[list[Annotated[int, Field(ge=1, le=1000)]], Field(max_length=50)]


class Out(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


def new_router(tag: str) -> APIRouter:
    """A router below a group's address."""
    return APIRouter(
        prefix="/api/v1/groups/{group}", tags=[tag], route_class=TokenRoute, dependencies=[Depends(bearer)]
    )


def answer(body: BaseModel, version: int | None = None, status: int = 200, **headers: str) -> Answer:
    """What a request is answered with; the version becomes its ETag."""
    tags = {"ETag": etag(version)} if version is not None else {}
    return Answer(status, body, tags | {name.replace("_", "-"): value for name, value in headers.items()})


def given(body: BaseModel) -> dict[str, Any]:
    """The fields that a body has set, and no others."""
    return {name: getattr(body, name) for name in body.model_fields_set}

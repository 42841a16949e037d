"""The API in words, from the same description that machines read; in English, as the API is."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.described import ANSWERS
from service.language.speech import speaking
from service.settings import current
from service.web.frame.page import page

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs(request: Request) -> Response:
    """Every address with what it takes, and the models."""
    description = request.app.openapi()
    routes = [
        {"path": path, "method": method.upper(), **operation}
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
        if method != "head"
    ]
    models = description.get("components", {}).get("schemas", {})
    with speaking("en"):
        return page(
            "public/docs.html", title="API", routes=routes, models=models, answers=ANSWERS, base=current().public_url
        )

"""What a list of actions is asked for by its address: the names and values that the API takes, and no others.

An empty field of the form asks for nothing. What the API refuses is refused here too, in a sentence.
"""

from inspect import signature
from typing import Any, NamedTuple, get_type_hints
from urllib.parse import urlencode

from fastapi import Request
from pydantic import BaseModel, ValidationError, create_model

from service.followups.actions.bodies import Order
from service.followups.actions.door import asked_for
from service.followups.actions.listing import Filters
from service.keyset import After, Limit
from service.language.speech import _
from service.problems import Problem
from service.web.frame.forms import in_words

SHOWN, MOST = 30, 60
# Those of every page: a choice of language.
_OF_PAGES = {"lang"}
# What the bare address of the list asks for: ten years of finished actions are no place to begin.
BEGINNING = {"status": "pending"}


class Wanted(NamedTuple):
    """What is asked for; `given` is how it was written, without what was left empty."""

    filters: Filters
    order: Order
    limit: int
    after: str | None
    given: dict[str, str]

    @property
    def query(self) -> str:
        """The same list again from its beginning, as a query."""
        return urlencode({name: value for name, value in self.given.items() if name not in ("after", "limit")})


def _model() -> type[BaseModel]:
    """The parameters of the API's list, as that declares them: so page and API cannot differ."""
    hints = get_type_hints(asked_for, include_extras=True)
    fields: dict[str, Any] = {name: (hints[name], one.default) for name, one in signature(asked_for).parameters.items()}
    return create_model("Asked", **fields, order=(Order, "due"), limit=(Limit, SHOWN), after=(After, None))


_Asked = _model()
NAMES = tuple(_Asked.model_fields)


def given(request: Request) -> dict[str, str]:
    """What stands in the address; for its bare form, what is not finished yet."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name not in _OF_PAGES]
    found = {name: value.strip() for name, value in pairs if value.strip()}
    return found if pairs else dict(BEGINNING)


def read(request: Request) -> Wanted:
    """What is asked for.

    Raises:
        Problem: 422, a filter is not known, stands twice, or has a value that the API refuses.
    """
    pairs = [name for name, _value in request.query_params.multi_items() if name not in _OF_PAGES]
    if not set(pairs) <= set(NAMES):
        raise Problem(422, "unknown-parameter", _("This list can be asked for {names} only.", names=", ".join(NAMES)))
    if len(set(pairs)) != len(pairs):
        raise Problem(422, "repeated-parameter", _("A filter stands twice in the address; give each once."))
    values = given(request)
    try:
        asked: Any = _Asked.model_validate(values)
    except ValidationError as error:
        field, why = in_words(error)
        text = _("The filter {name} cannot be used. {why}", name=field, why=why)
        raise Problem(422, "invalid-input", text, field=field) from None
    filters = Filters(**{name: getattr(asked, name) for name in Filters._fields})
    return Wanted(filters, asked.order, min(asked.limit, MOST), asked.after, values)

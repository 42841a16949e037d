"""Forms: what was typed is kept when something is wrong, is sent once however often the button is pressed, and says
which version it was made for.

A page does what the API does, through the same door (`visitor.by_browser`): one rule for who may, one transaction,
one answer. A form carries `once` (its Idempotency-Key, new each time the form is shown) and, for a change, `version`
(its If-Match). Where somebody else was faster, the page shows their text beside what was typed, with the version that
stands now: who then sends it again means it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar
from uuid import uuid4

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from service.language.speech import N_, _
from service.logs import note
from service.problems import Problem
from service.refusals import MAX_BODY
from service.versions import etag
from service.web.frame.page import go
from service.web.frame.pressing import led, press, remember

FIELDS = 300
_CONFLICTS = (409, 412, 428)
_CHANGED = N_("Somebody has changed this since you opened it. Both texts are shown; send yours again if it holds.")
Model = TypeVar("Model", bound=BaseModel)
# What pydantic says of a value, as a sentence for who typed it (its error types, https://docs.pydantic.dev).
_WORDS = {
    "missing": N_("write something here"), "string_too_short": N_("write something here"),
    "string_too_long": N_("it is too long; {max_length} characters are enough"),
    "date_from_datetime_parsing": N_("write a day as 2026-11-30"), "date_parsing": N_("write a day as 2026-11-30"),
    "date_type": N_("write a day as 2026-11-30"), "literal_error": N_("choose one of those that are offered"),
    "enum": N_("choose one of those that are offered"), "int_parsing": N_("write a whole number"),
    "int_type": N_("write a whole number"), "int_from_float": N_("write a whole number"),
    "greater_than_equal": N_("the number is too small; {ge} is the least"),
    "less_than_equal": N_("the number is too large; {le} is the most"), "too_long": N_("there are too many of them"),
    "string_type": N_("write something here"), "none_required": N_("leave this empty"),
    "string_pattern_mismatch": N_("it cannot be written like this"),
}  # fmt: skip


class Typed:
    """What a form has sent, as it was typed; `file` holds the bytes of the file, where the page takes one.

    `press` is what tells this press of its button from all others (see `pressing`).
    """

    def __init__(self, pairs: list[tuple[str, str]], file: bytes | None = None, press: str = "") -> None:
        self._pairs = pairs
        self.fields = dict(pairs)
        self.file = file
        self.press = press

    def get(self, name: str, default: str = "") -> str:
        return self.fields.get(name, default)

    def text(self, name: str) -> str | None:
        """A text; None for an empty field."""
        return self.get(name).strip() or None

    def whole(self, name: str) -> int | str | None:
        """A whole number; None for an empty field; what else was typed, for the check to complain of."""
        return _number(self.text(name))

    def wholes(self, name: str) -> list[int | str | None]:
        """The whole number of every choice that was ticked under a name; see `whole`."""
        return [_number(value) for value in self.all(name)]

    def all(self, name: str) -> list[str]:
        """Every choice that was ticked under a name."""
        return [value for key, value in self._pairs if key == name and value]

    def ticked(self, name: str) -> bool:
        return name in self.fields

    @property
    def once(self) -> str:
        """The Idempotency-Key of a creation: one for each time the form was shown."""
        return self.get("once") or str(uuid4())

    @property
    def if_match(self) -> str:
        """The version that a change was made for."""
        version = self.get("version")
        return etag(int(version)) if version.isascii() and version.isdecimal() and len(version) < 11 else etag(0)


async def read_form(request: Request) -> Typed:
    """The fields of a form; a file is read where a page asks for one (see `record`)."""
    return await read_fields(request, FIELDS)


async def read_fields(request: Request, most: int) -> Typed:
    """The fields of a form that has `most` at most."""
    form = await request.form(max_files=0, max_fields=most)
    pairs = [(name, _lines(value)) for name, value in form.multi_items() if isinstance(value, str)]
    return Typed(pairs, press=press(request, pairs))


Form = Annotated[Typed, Depends(read_form)]


async def read_file_form(request: Request) -> Typed:
    """The fields of a form with at most one file; all of it together is as small as every body (`MAX_BODY` bytes)."""
    async with request.form(max_files=1, max_fields=FIELDS, max_part_size=MAX_BODY) as form:
        pairs = [(name, _lines(value)) for name, value in form.multi_items() if isinstance(value, str)]
        file = next((value for value in form.values() if isinstance(value, UploadFile) and value.filename), None)
        return Typed(pairs, await file.read() if file is not None else None)


class Fault:
    """What was wrong with a form, for its page: a sentence, the field, and what was typed.

    `conflict`: somebody else has changed it meanwhile. `form` is which one it was, on a page that has several.
    """

    def __init__(self, text: str, status: int, typed: Typed, field: str = "", form: str = "") -> None:
        self.text, self.status, self.typed, self.field, self.form = text, status, typed, field, form

    def of(self, form: str) -> "Fault | None":
        """The fault for the form of that name, None for another one."""
        return self if self.form == form else None

    @property
    def conflict(self) -> bool:
        return self.status == 412


def attempt(do: Callable[[], str], again: Callable[[Fault], Response], typed: Typed, form: str = "") -> Response:
    """Do it and go where it says, or show the page again with what was wrong and what was typed.

    Whose button was pressed twice goes where the first press has led.

    Raises:
        Problem: 401 and 404, for which there is no page to show again.
    """
    try:
        address = do()
        remember(typed.press, address)
        return go(address)
    except ValidationError as error:
        field, text = in_words(error)
        return again(Fault(text, 422, typed, field, form))
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        note(problem=problem.type)
        before = led(typed.press) if problem.status in _CONFLICTS else None
        if before is not None:
            return go(before)
        # Where there was nothing to see a version of, somebody has made it meanwhile.
        status = 412 if problem.status == 428 else problem.status
        text = _(_CHANGED) if status == 412 else problem.detail
        answer = again(Fault(text, status, typed, str(problem.more.get("field", "")), form))
        answer.headers.update({name: value for name, value in problem.headers.items() if name != "ETag"})
        return answer


def body(model: type[Model], values: Mapping[str, Any]) -> Model:
    """A body of the API from the fields of a form; what was left empty (None) is left out.

    Raises:
        ValidationError: a field cannot be used.
    """
    given = {name: value for name, value in values.items() if value is not None}
    return model.model_validate_json(json.dumps(given))


def answered(response: Response) -> Any:
    """What a door has answered."""
    return json.loads(bytes(response.body))


def in_words(error: ValidationError) -> tuple[str, str]:
    """The field, and what is wrong with it in the language of the page."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    told = _WORDS.get(first["type"])
    said = _(told).format(**first.get("ctx", {})) if told else first["msg"].removeprefix("Value error, ")
    return field, said[:1].upper() + said[1:].rstrip(".") + "."


def new_key() -> str:
    """The Idempotency-Key of a form that is shown."""
    return str(uuid4())


def _number(typed: str | None) -> int | str | None:
    return int(typed) if typed and typed.isascii() and typed.isdecimal() and len(typed) < 10 else typed


def _lines(value: str) -> str:
    """A browser ends lines with CR LF (HTML 4.10.21.4)."""
    return value.replace("\r\n", "\n")

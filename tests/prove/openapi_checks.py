"""What this service promises of its description beyond the checks of Schemathesis, which loads this file by name."""

from itertools import count
from typing import Any

import schemathesis
from schemathesis import CheckContext, HookContext, Response, SerializationContext

# What is said of the form of one value, by pydantic and by `service/text.py`. A description can say all of these;
# what it cannot say (no such zone, two fields that do not go together) is told in other words.
_OF_FORM = (
    "Input should", "String should", "List should", "Dictionary should", "Value should", "Field required",
    "Extra inputs", "is empty", "has the character", "is no https address",
)  # fmt: skip
# 1.0, which JSON Schema holds for a whole number.
_BEYOND = ("should be a valid integer",)
# Below a key of a table, of which a description can say no more than that it is a text; and what may be one thing or
# another, where each is told.
_UNNAMED = ".?"
# What is no matter of a description: a cursor is a text to those who are given it, and one that somebody makes up is
# refused; a preview needs no key and a creation does; and Schemathesis draws some headers without their pattern.
_ELSE = {f"/problems/{name}" for name in ("invalid-cursor", "key-required", "invalid-if-match")}
_keys = count(1)


@schemathesis.serializer("message/rfc822", "text/calendar", "text/csv")
def a_file(context: SerializationContext, value: Any) -> bytes:
    """A file as it is drawn: any text."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def before_call(context: HookContext, case: Any, kwargs: dict[str, Any]) -> None:
    """A creation that is meant to succeed has a key of its own; drawn ones are much the same."""
    headers = case.headers or {}
    if case.meta is not None and case.meta.generation.mode.is_positive and "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = f"key-{next(_keys)}"


@schemathesis.check
def description_is_enough(ctx: CheckContext, response: Response, case: Any) -> bool | None:
    """What keeps to the description is not refused for its form; that things do not go together is another matter."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 422):
        return None
    problem = response.json()
    if response.status_code == 400:
        assert problem["type"] in _ELSE, f"the description allows it: {problem['detail']}"
        return None
    surprises = [
        f"{fault['where']}: {fault['message']}"
        for fault in problem.get("errors", [])
        if fault["message"].startswith(_OF_FORM)
        and not fault["message"].endswith(_BEYOND)
        and _UNNAMED not in fault["where"]
    ]
    assert not surprises, "the description allows it: " + "; ".join(surprises)
    return None


@schemathesis.check
def refusals_are_problems(ctx: CheckContext, response: Response, case: Any) -> bool | None:
    """Every refusal is RFC 9457, with the status that the answer has, and says what to do; none echoes a trace."""
    if response.status_code < 400:
        return None
    kind = (response.headers.get("content-type") or [""])[0]
    assert kind == "application/problem+json", f"{response.status_code} as {kind}"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["detail"], "it does not say what to do"
    assert "Traceback" not in response.text
    return None

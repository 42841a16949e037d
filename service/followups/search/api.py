"""The HTTP door of the search."""

from typing import Annotated

from fastapi import Query, Request, Response
from sqlmodel import Session

from service.access.bodies import Out, answer, new_router
from service.access.door import Answer, look
from service.access.rules import Caller
from service.access.scene import scene
from service.followups.search.queries import Hit, search
from service.followups.search.rules import KINDS, LONGEST, SHORTEST, WORDS, Kind, words_of
from service.keyset import After, Limit, cursor, read_cursor
from service.language.speech import _, ngettext
from service.problems import Problem
from service.text import clean

router = new_router("search")


class HitOut(Out):
    """Something that was found; `snippet` is plain text around the first word. `id` of minutes is the meeting's."""

    kind: Kind
    id: str
    title: str
    snippet: str


class HitsOut(Out):
    """A page of hits; `next` is the cursor of the next one, null on the last."""

    hits: list[HitOut]
    next: str | None


@router.get("/search", response_model=HitsOut)
def find(
    group: str,
    request: Request,
    q: Annotated[str, Query(min_length=SHORTEST, max_length=LONGEST, description="Words that all have to be found.")],
    kinds: Annotated[
        str | None, Query(max_length=60, description=f"Some of {', '.join(KINDS)}, joined by commas; else all.")
    ] = None,
    limit: Limit = 50,
    after: After = None,
) -> Response:
    """Find decisions, activities, actions and minutes by words of their title and text, the newest of each first."""

    def do(session: Session, caller: Caller) -> Answer:
        scene(session, group, caller).need("followups.search")
        words, wanted = read_words(q), _kinds(kinds)
        of = f"search/{group}/{','.join(wanted)}/{' '.join(words)}"
        found = search(session, group, words, wanted, read_cursor(of, after), limit + 1)
        more = cursor(of, [found[limit - 1].kind, *found[limit - 1].key]) if len(found) > limit else None
        return answer(HitsOut(hits=[_out(hit) for hit in found[:limit]], next=more))

    return look(request, group, do)


def read_words(q: str) -> list[str]:
    """The words that are looked for.

    Raises:
        Problem: 422, they are too short, too long, too many, or no text.
    """
    try:
        words = words_of(clean(q))
    except ValueError as error:
        raise Problem(
            422, "invalid-search", _("What is searched for cannot be used: it {fault}.", fault=error)
        ) from None
    if not SHORTEST <= len(" ".join(words)) <= LONGEST or len(words) > WORDS:
        raise Problem(
            422,
            "invalid-search",
            ngettext(
                "Search for {shortest} to {longest} characters, in one word.",
                "Search for {shortest} to {longest} characters, in at most {n} words.",
                WORDS,
                shortest=SHORTEST,
                longest=LONGEST,
            ),
        )
    return words


def _kinds(text: str | None) -> list[Kind]:
    if text is None:
        return list(KINDS)
    asked = set(text.split(","))
    if not asked <= set(KINDS):
        raise Problem(422, "no-such-kind", _("kinds takes {names}, joined by commas.", names=", ".join(KINDS)))
    return [kind for kind in KINDS if kind in asked]


def _out(hit: Hit) -> HitOut:
    return HitOut(kind=hit.kind, id=hit.id, title=hit.title, snippet=hit.snippet)

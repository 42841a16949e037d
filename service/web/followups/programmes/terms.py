"""Terms as pages name them: who chairs, and in which days."""

from service.access.scene import Scene
from service.language.speech import _
from service.rotation.engine import terms
from service.rotation.rules import horizon
from service.rotation.values import Term
from service.web.frame.templating import day, short


def laid(at: Scene) -> list[Term]:
    """All terms of the group as far ahead as they are shown."""
    return terms(at.charter, horizon(at.charter, at.today))


def term_name(at: Scene, term: Term) -> str:
    """A term in words: UNFPA, from 1 January 2008."""
    return _("{chair}, from {day}", chair=short(at.charter, term.chair), day=day(term.start))


def term_names(at: Scene) -> dict[str, str]:
    """The names of all terms by the keys of their turns; for members."""
    return {term.key: term_name(at, term) for term in laid(at)} if at.inside else {}

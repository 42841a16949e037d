"""Succession: who is still to say whether it takes a coming turn. Pure."""

from service.rotation.values import Term


def asked_member(term: Term) -> str | None:
    """The member whose word is awaited for a coming term; None when there is nothing to ask.

    A turn that came by order, swap or extension is asked for until its member accepts; nobody asks an
    appointed chair, which a decision has named, nor co-chairs, an interim chair or a vacancy.
    """
    if not term.turn or term.piece > 1 or len(term.chair) != 1:
        return None
    if term.kind == "appointed" or term.status == "recorded" or accepted(term):
        return None
    return term.chair[0]


def accepted(term: Term) -> bool:
    """Whether the chair of a term has said yes."""
    return any(reason.code == "accepted" for reason in term.why)

"""What many messages say in the same words. Pure."""

from collections.abc import Sequence

from service.groups.charter import Charter
from service.language.dates import listed
from service.language.speech import _


def because(charter: Charter, organization: str) -> str:
    """Why somebody gets a message: whom they serve; the group itself without an organization."""
    if not organization:
        return _("You get this because you are the secretariat of {group}.", group=charter.group.name)
    return _(
        "You get this because you serve {organization} in {group}.",
        organization=charter.short(organization),
        group=charter.group.name,
    )


def invited(charter: Charter) -> str:
    """Why somebody who serves nobody in the group gets a message."""
    return _("You get this because you are invited by {group}.", group=charter.group.name)


def pair(field: str, value: str) -> str:
    """What, and how it is: a line with the colon that the language writes."""
    return _("{field}: {value}", field=field, value=value)


def seated(charter: Charter, chair: Sequence[str]) -> str:
    """Who sits in the chair, in a sentence."""
    return listed([charter.short(id_) for id_ in chair]) or _("a vacant chair")

"""What every message about a handover says in the same words."""

from service.followups.handovers.compiling import named
from service.followups.handovers.rules import Boundary
from service.groups.charter import Charter
from service.notifications.look import Look


def between(charter: Charter, boundary: Boundary) -> str:
    """From whom to whom the chair passes."""
    return f"from {named(charter, boundary.before.chair)} to {named(charter, boundary.after.chair)}"


def page(look: Look, turn: str) -> tuple[str, str]:
    """Where the handover is shown, with the words that lead there."""
    return "Look at the handover", f"{look.url}/handovers/{turn}"


def because(look: Look, organization: str) -> str:
    """Why somebody gets a message; without an organization they serve the group itself."""
    served = look.charter.short(organization) if organization else "the secretariat"
    return f"You get this because you serve {served} in {look.charter.group.name}."

"""What the outbox says of messages: their states, what they ask, and what was answered."""

from service.access.scene import Scene
from service.language.dates import listed
from service.language.speech import N_, _
from service.notifications.outbox.bodies import AnswerOut, DeliveryOut, kind_name
from service.web.frame.templating import moment

# What a state is called, and what that means.
STATES = {
    "failed": (N_("failed"), N_("The other side has refused it for good.")),
    "expired": (N_("expired"), N_("It could not be sent before it had no point any more.")),
    "held": (N_("held back"), N_("It waits until somebody lets it go, or until its mailbox works again.")),
    "pending": (N_("waiting"), N_("It goes out as soon as it is due, or is tried again.")),
    "sending": (N_("on its way"), N_("It is being sent at this moment.")),
    "gathered": (N_("for a digest"), N_("Its reader gets it with others, daily or weekly.")),
    "merged": (N_("in a digest"), N_("It went out in a digest with others.")),
    "accepted": (N_("accepted"), N_("The other side has taken it.")),
    "superseded": (N_("replaced"), N_("What it said was no longer so before it went out.")),
    "declined": (N_("not wanted"), N_("Its reader has chosen not to get messages of this kind.")),
}
# How a state looks (see static/style.css).
LOOKS = {"failed": "refused", "expired": "refused", "held": "waiting", "pending": "waiting", "accepted": "done"}
ASKED = {
    "attendance": N_("Asked whether they come: {answers}"),
    "vote": N_("Asked when it suits them: {answers}"),
    "chair": N_("Asked whether they take the chair: {answers}"),
    "decision": N_("Asked for an answer to the decision: {answers}"),
    "confirmation": N_("Asked to confirm the handover: {answers}"),
    "acknowledgement": N_("Asked to say that they have seen it: {answers}"),
}
_ANSWERS = {
    "accepted": N_("accepted"), "tentative": N_("may come"), "declined": N_("declined"), "delegated": N_("delegated"),
    "passed": N_("gives up the turn"), "confirmed": N_("confirmed"), "seen": N_("seen"), "endorse": N_("endorses it"),
    "change": N_("asks for a change"), "dissociate": N_("dissociates itself"), "object": N_("objects"),
    "yes": N_("yes"), "if-need-be": N_("if need be"), "no": N_("no"),
}  # fmt: skip
CHANNELS = {"mail": N_("mail"), "slack": "Slack", "teams": "Teams", "webhook": "webhook"}


def kind_of(kind: str) -> str:
    """What people call a kind of message."""
    return _(kind_name(kind))


def channel(name: str) -> str:
    return _(CHANNELS.get(name, name))


def whom(one: DeliveryOut) -> str:
    """Whom a message is for: a mailbox, or an endpoint that only its address is shown of."""
    to = one.recipient or _("an endpoint at {address}", address=one.address)
    if one.recipient and one.address != one.recipient:
        to = _("{recipient}, sent to {address}", recipient=one.recipient, address=one.address)
    return _("{name}, {address}", name=one.name, address=to) if one.name else to


def asked(at: Scene, one: DeliveryOut) -> str:
    """What a message asked for, and what was answered."""
    said = "; ".join(_answer(at, given) for given in one.answers) or _("no answer yet")
    return _(ASKED[one.asked], answers=said) if one.asked else ""


def _answer(at: Scene, given: AnswerOut) -> str:
    said = listed([_(_ANSWERS.get(part, part)) for part in given.answer.split(", ")])
    parts = [_("{answer} for {member}", answer=said, member=at.charter.short(given.member)) if given.member else said]
    if given.by:
        parts.append(_("by {name}", name=given.by))
    if given.at:
        parts.append(moment(given.at, at.charter.group.timezone))
    return ", ".join(parts)

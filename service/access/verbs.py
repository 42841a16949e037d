"""The one table of what people do here, and by whose authority. Pure data; `rules.may` reads it.

A right follows from who somebody is and who chairs at that instant; nobody is given one by hand.

    public        anybody
    self          who is a person of the group, in any role, for what is their own
    member        who serves a member or a seat of the group, in any role but observer
    own           who serves the member that the thing belongs to
    chair         who serves the chair of this instant; where nobody chairs, the secretariat steers
    secretariat   who keeps the record

A verb's scope is what a token has to be made for to use it; to look needs none.
"""

from typing import Literal, NamedTuple

Authority = Literal["public", "self", "member", "own", "chair", "secretariat"]
Scope = Literal["chair", "meetings", "followups", "people", "charter"]
# What a member says of its own turn in the chair.
OWN_TURN = ("accept", "pass")
SCOPES: tuple[Scope, ...] = ("chair", "meetings", "followups", "people", "charter")


class Verb(NamedTuple):
    """By whose authority something may be done, the first that holds counts; and the scope of its tokens."""

    by: tuple[Authority, ...]
    scope: Scope | None


def _looks(*names: str, by: tuple[Authority, ...]) -> dict[str, Verb]:
    return {name: Verb(by, None) for name in names}


def _does(scope: Scope, by: tuple[Authority, ...], *names: str) -> dict[str, Verb]:
    return {name: Verb(by, scope) for name in names}


VERBS: dict[str, Verb] = {
    **_looks("group.look", "meeting.look", "external.look", by=("public",)),
    **_looks("activity.look-public", "decision.look-public", "notice.look-public", by=("public",)),
    **_looks(
        "meeting.details", "cadence.look", "agenda.look", "attendance.look", "minutes.look", "poll.look", "slots.rank",
        "news.look", "decision.look", "activity.look", "action.look", "notice.look", "handover.look", "dossier.look",
        "report.look", "event.look", "followups.search", by=("member", "secretariat"),
    ),
    **_looks("minutes.look-draft", "delivery.look", by=("chair", "secretariat")),
    **_looks("charter.look", "audit.look", "token.look", "people.look-all", by=("secretariat",)),
    **_looks("people.look", "mailbox.look", "webhook.look", by=("own", "secretariat")),
    **_looks("self.look", by=("self", "secretariat")),
    # The chair itself. A member answers for its own turn, everything else is put on record.
    **_does("chair", ("own", "secretariat"), "chair.accept", "chair.pass"),
    **_does("chair", ("secretariat",), "chair.decide"),
    **_does("charter", ("secretariat",), "charter.apply", "cadence.open"),
    # Meetings: the chair calls, moves, cancels and sets the agenda; the record is kept by either.
    **_does("meetings", ("chair",), "meeting.propose", "meeting.call", "meeting.move", "meeting.edit"),
    **_does("meetings", ("chair",), "meeting.cancel", "agenda.set", "poll.open", "poll.close"),
    **_does("meetings", ("chair", "secretariat"), "meeting.hold", "meeting.attend", "observer.invite", "minutes.write"),
    **_does("meetings", ("chair", "secretariat"), "minutes.circulate", "external.keep"),
    **_does("meetings", ("own", "chair"), "agenda.propose", "agenda.edit"),
    **_does("meetings", ("own", "secretariat"), "meeting.respond", "news.tell", "busy.tell"),
    **_does("meetings", ("own",), "poll.vote", "minutes.object"),
    # What was agreed.
    **_does("followups", ("chair",), "decision.open", "decision.revise", "decision.withdraw"),
    **_does("followups", ("chair", "secretariat"), "decision.record", "decision.supersede"),
    **_does("followups", ("own",), "decision.answer"),
    # The chair of the next term drafts the programme of that term; it is its own.
    **_does("followups", ("own",), "programme.draft"),
    **_does("followups", ("own", "chair"), "activity.propose", "activity.report", "activity.edit"),
    **_does("followups", ("chair",), "activity.agree", "activity.close", "programme.set", "programme.close"),
    **_does("followups", ("own", "chair", "secretariat"), "action.open", "action.log", "action.reschedule"),
    **_does("followups", ("own", "chair"), "action.start", "action.finish", "action.reopen", "action.assign"),
    **_does("followups", ("chair",), "action.transfer"),
    **_does("followups", ("own", "chair"), "action.drop"),
    **_does("followups", ("own",), "notice.publish", "notice.withdraw"),
    **_does("followups", ("own", "secretariat"), "handover.fill"),
    **_does("followups", ("own",), "handover.confirm", "handover.acknowledge"),
    **_does("followups", ("secretariat",), "handover.stand-in", "dossier.correct"),
    # What did not go out is sent again by whoever has to see that it arrives.
    **_does("followups", ("chair", "secretariat"), "delivery.send"),
    # People: an agency keeps its own.
    **_does("people", ("own", "secretariat"), "people.appoint", "people.end", "mailbox.resume", "webhook.keep"),
    **_does("people", ("secretariat",), "token.make", "token.revoke", "mail.bounce"),
    # Of one's own: sign-in, own tokens, own feed; whoever is known here.
    **_does("people", ("member", "secretariat"), "self.token"),
    # What reaches oneself, by which way, and who stands in: for an observer too, who is written to as well. A token
    # of the secretariat that is no person's is told that it has nothing of its own (422).
    **_does("people", ("self", "secretariat"), "self.choose"),
}  # fmt: skip

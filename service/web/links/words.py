"""What the answers to a link are called: whole sentences, to be said in the language of the page."""

from service.language.speech import N_

# To choose from, and as it is told afterwards.
COMING = {
    "accepted": N_("{member} comes"),
    "tentative": N_("{member} may come"),
    "declined": N_("{member} does not come"),
}
COMES = {
    "accepted": N_("Answered: {member} comes."),
    "tentative": N_("Answered: {member} may come."),
    "declined": N_("Answered: {member} does not come."),
    "delegated": N_("Answered: {member} has delegated."),
}
RANKS = {"": "–", "principal": N_("principal"), "alternate": N_("alternate"), "focal-point": N_("focal point")}
SLOTS = {"yes": N_("Yes"), "if-need-be": N_("If need be"), "no": N_("No")}
DECIDING = {
    "endorse": N_("{member} endorses it"),
    "change": N_("{member} asks for a change and does not stop it"),
    "dissociate": N_("{member} does not stop it and does not stand behind it"),
    "object": N_("{member} objects: it is not to be adopted as it stands"),
}
DECIDES = {
    "endorse": N_("Answered: {member} endorses it."),
    "change": N_("Answered: {member} asks for a change."),
    "dissociate": N_("Answered: {member} dissociates itself from it."),
    "object": N_("Answered: {member} objects to it."),
}
TURN = {
    "accept": N_("{member} takes the chair"),
    "pass": N_("{member} gives up this turn, and this one alone; the next in order is asked"),
}

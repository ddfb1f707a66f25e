"""People, their addresses, and the companies that they belong to; and the service itself."""

from collections.abc import Mapping
from types import MappingProxyType

from marketplace.notices.rules import Audience, Channel, Telling

TOLD: Mapping[str, tuple[Telling, ...]] = MappingProxyType(
    {
        "person.verification_asked": (
            Telling(
                Audience.PERSON,
                Channel.MAIL,
                "Confirm your e-mail address",
                "Open this link to confirm that this address is yours. It is good for two days. If you did not sign "
                "up, do not open it.\n\n%(link)s",
            ),
        ),
        "person.reset_asked": (
            Telling(
                Audience.PERSON,
                Channel.MAIL,
                "Choose a new password",
                "Open this link to choose a new password. It is good for one day, and once. If you did not ask for it, "
                "nothing has to be done.\n\n%(link)s",
            ),
        ),
        "person.sign_up_repeated": (
            Telling(
                Audience.PERSON,
                Channel.MAIL,
                "You have an account already",
                "Somebody, maybe you, tried to sign up with this address, which has an account. Sign in, or have a new "
                "password sent.",
            ),
        ),
        "person.password_changed": (
            Telling(
                Audience.PERSON,
                Channel.BOTH,
                "Your password was changed",
                "If it was not you, have a new password sent at once and tell us.",
            ),
        ),
        "phone.code_asked": (
            Telling(
                Audience.PERSON,
                Channel.NUMBER,
                "Your code is %(code)s",
                "It is good for ten minutes. If you did not ask for it, nothing has to be done.",
            ),
        ),
        "phone.proven": (
            Telling(
                Audience.PERSON,
                Channel.BOTH,
                "A telephone number was added to your account",
                "You are told of offers and shifts there from now on. If it was not you, have a new password sent at "
                "once and tell us.",
            ),
        ),
        "phone.ended": (
            Telling(
                Audience.PERSON,
                Channel.NUMBER,
                "No more messages come to this number",
                "It was taken out of an account, or another one stands there now. If it was not you, sign in and look.",
            ),
        ),
        "person.invited": (
            Telling(
                Audience.PERSON,
                Channel.MAIL,
                "You are invited to work through Setara",
                "Open this link to choose a password, which also shows that this address is yours. It is good for 14 "
                "days. If you do not want to, nothing has to be done.\n\n%(link)s",
            ),
        ),
        "person.invited_by_company": (
            Telling(
                Audience.PERSON,
                Channel.MAIL,
                "%(company)s invites you to work through Setara",
                "Open this link to choose a password, which also shows that this address is yours. Then you apply, an "
                "operator decides, and %(company)s can propose a contract to you. The link is good for 14 days. If you "
                "do not want to, nothing has to be done.\n\n%(link)s",
            ),
        ),
        "person.asked_by_company": (
            Telling(
                Audience.PERSON,
                Channel.BOTH,
                "%(company)s invites you to work through Setara",
                "You have an account here, which %(company)s was not told. If you want it to know, and to propose a "
                "contract, say yes under your account within 14 days. If you do not want to, nothing has to be done.",
            ),
        ),
        "member_invitation.sent": (
            Telling(
                Audience.PERSON,
                Channel.MAIL,
                "%(company)s asks you to be its member",
                "A member works in the name of %(company)s, as far as their role goes. Open this link to answer. If "
                "you have no password here yet, you choose one first, which also shows that this address is yours; the "
                "question then stands under your account. It is good for 14 days. If you do not want to, say no there, "
                "or do nothing.\n\n%(link)s",
            ),
        ),
        "member_invitation.accepted": (
            Telling(
                Audience.MEMBERS,
                Channel.INBOX,
                "Somebody has become a member",
                "Whom you invited to %(company)s said yes.",
            ),
        ),
        "member_invitation.declined": (
            Telling(
                Audience.MEMBERS,
                Channel.INBOX,
                "An invitation was declined",
                "Whom you invited to be a member of %(company)s said no.",
            ),
        ),
        "member.added": (
            Telling(Audience.PERSON, Channel.BOTH, "You are a member of %(company)s", "You can now work in its name."),
        ),
        "member.role_changed": (
            Telling(
                Audience.PERSON,
                Channel.INBOX,
                "Your role in %(company)s was changed",
                "What you may do there is different now.",
            ),
        ),
        "member.removed": (
            Telling(
                Audience.PERSON,
                Channel.BOTH,
                "You are no longer a member of %(company)s",
                "You can no longer work in its name.",
            ),
        ),
        "operator.granted": (
            Telling(
                Audience.PERSON,
                Channel.BOTH,
                "You are an operator",
                "You were trusted with a role in running the service.",
            ),
        ),
        "residence_change.asked": (
            Telling(
                Audience.VETTING, Channel.INBOX, "%(contractor)s has moved", "Look at what shows where they live now."
            ),
        ),
        "residence_change.granted": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your new residence was accepted",
                "From now on the floor and the hours of the new place hold for new offers. What you have accepted "
                "keeps its terms.",
            ),
        ),
        "residence_change.refused": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "What shows your new residence will not do",
                "The operator wrote why. You can show something else and ask again.",
            ),
        ),
        "screening_hit.found": (
            Telling(
                Audience.VETTING,
                Channel.INBOX,
                "%(contractor)s has a name like one on a list of sanctions",
                "Look whether it is the same person, and write down why.",
            ),
        ),
        "company.applied": (
            Telling(
                Audience.VETTING,
                Channel.INBOX,
                "%(company)s asks to be verified",
                "Look who the company and its signatory are.",
            ),
        ),
        "company.verified": (
            Telling(Audience.MEMBERS, Channel.BOTH, "%(company)s is verified", "Its gigs can be published now."),
        ),
        "company.suspended": (
            Telling(
                Audience.MEMBERS,
                Channel.BOTH,
                "%(company)s is suspended",
                "It can publish nothing until an operator verifies it again. Their reason stands on the company's "
                "page, and can be contested there for 30 days.",
            ),
        ),
        "company.refused": (
            Telling(
                Audience.MEMBERS,
                Channel.BOTH,
                "%(company)s was not verified",
                "The reason stands on the company's page. Hand in anew what was not right, or contest it there for 30 "
                "days: somebody else looks again then.",
            ),
        ),
        "company.handed_in_again": (
            Telling(
                Audience.VETTING,
                Channel.INBOX,
                "%(company)s has handed in anew",
                "Look at what is different, and decide.",
            ),
        ),
        "company.changed": (
            Telling(
                Audience.VETTING,
                Channel.INBOX,
                "%(company)s has changed its name, entry or signatory",
                "Look who they are now. Until you decide, its gigs are paused.",
            ),
            Telling(
                Audience.MEMBERS,
                Channel.BOTH,
                "%(company)s is verified again",
                "Its name, entry or signatory was changed. Its gigs are paused until an operator has looked; what is "
                "booked stands.",
            ),
        ),
        "company.refusal_contested": (
            Telling(
                Audience.VETTING,
                Channel.INBOX,
                "%(company)s contests its refusal",
                "Whoever did not take the decision looks at it again.",
            ),
        ),
        "company.suspension_contested": (
            Telling(
                Audience.VETTING,
                Channel.INBOX,
                "%(company)s contests its suspension",
                "Whoever did not take the decision looks at it again.",
            ),
        ),
        "check.failed": (
            Telling(Audience.ADMIN, Channel.BOTH, "A check failed: %(check)s", "What it found stands in the log."),
        ),
        "check.mended": (
            Telling(Audience.ADMIN, Channel.INBOX, "A check holds again: %(check)s", "Nothing is to be done."),
        ),
    }
)

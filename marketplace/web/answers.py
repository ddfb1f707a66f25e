"""What a page answers when something was decided over people or money: what was done, and what follows from it.

Everything else answers that it was saved.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

DECIDED_BY: Final = ("agreed", "bearer", "decision", "outcome", "measure", "verdict", "granted", "same_person")
"""The fields of forms that say what is decided; elsewhere it is the last part of the address."""
_PEOPLE: Final[dict[str, LazyString]] = {
    "operator.decide_company verify": lazy_gettext("Verified. The company can publish and offer work now."),
    "operator.decide_company refuse": lazy_gettext(
        "Refused. The company reads your reason, can contest it, and can hand in anew."
    ),
    "operator.decide_company suspend": lazy_gettext(
        "Suspended. The company publishes and offers nothing more; what it promised to people still holds."
    ),
    "operator.decide_requirements": lazy_gettext("Decided. Each decision and its reason can be read by %(who)s."),
    "operator.decide_papers": lazy_gettext("Decided. Each decision and its reason can be read by %(who)s."),
    "operator.decide_several": lazy_gettext(
        "Decided. Each of them reads their own reason. Whoever has met everything can be taken in now."
    ),
    "operator.take_in_several": lazy_gettext("Taken in. They read your reason, and can be offered shifts now."),
    "operator.decide_person vet": lazy_gettext(
        "%(who)s is taken in, reads your reason, and can be offered shifts now."
    ),
    "operator.decide_person refuse": lazy_gettext("%(who)s is turned down, reads your reason, and can contest it."),
    "operator.decide_person suspend": lazy_gettext(
        "%(who)s gets no new offers, reads your reason, and can contest it. What they earned is paid."
    ),
    "operator.decide_person reinstate": lazy_gettext("%(who)s can be offered shifts again."),
    "operator.restrict_person": lazy_gettext("%(who)s is restricted, reads your reason, and can contest it."),
    "operator.lift_restriction": lazy_gettext("Lifted. %(who)s can be offered what they were kept from."),
    "operator.answer_appeal": lazy_gettext("Answered. The person reads your reason."),
    "operator.accept_proposal": lazy_gettext("Decided. The person reads your reason, and can contest it."),
    "operator.dismiss_proposal": lazy_gettext("Dismissed. Nothing follows from it for the person."),
    "operator.decide_move true": lazy_gettext("The move holds. The rules of the new place are those that count now."),
    "operator.decide_move false": lazy_gettext("The move does not hold. The person reads your reason."),
    "operator.decide_hit true": lazy_gettext(
        "It is them: what they are owed is kept back. Whether to suspend or refuse them is decided on their page."
    ),
    "operator.decide_hit false": lazy_gettext(
        "Somebody else of a like name. The list keeps nothing from them any more."
    ),
    "operator.decide_hidden uphold": lazy_gettext("The words stay hidden. Whoever wrote them reads your reason."),
    "operator.decide_hidden lift": lazy_gettext("The words can be read again. Whoever wrote them reads your reason."),
    "operator.answer_match_contest": lazy_gettext("Answered. The person reads your reason."),
    "operator.rule": lazy_gettext(
        "Ruled. Both sides read your reason; what is restored is paid with the next pay run."
    ),
    "operator.erase_person": lazy_gettext("Erased. Nothing here says any more who they were."),
    "operator.close_account": lazy_gettext("The account is being closed. Everything that is owed is paid first."),
    "company.block_person": lazy_gettext(
        "Blocked. They are not offered your shifts, read your reason, and can contest it."
    ),
    "company.lift_block": lazy_gettext("Lifted. They can be offered your shifts again."),
    "company.end_contract": lazy_gettext("The end of the contract is written down, with your reason, which they read."),
    "company.propose": lazy_gettext("Proposed. Whoever has signed it may be offered your shifts."),
    "company.correct_time": lazy_gettext(
        "Written down, and they read it. What takes minutes from them is a proposal, which they answer."
    ),
    "company.count_pieces": lazy_gettext("Counted. The person reads it."),
    "company.ask_people": lazy_gettext("Asked. They read your reason."),
    "company.hand_in_identity": lazy_gettext("Handed in. Where it has to be verified again, an operator looks at it."),
    "company.verify_instructions": lazy_gettext(
        "Verified. It counts at once, or when those who work under another version have had their notice."
    ),
    "company.schedule_shift": lazy_gettext("Planned. Nobody is asked yet: have people found for it below."),
    "company.answer_time accept": lazy_gettext("Agreed. The time that was written down counts."),
    "company.answer_time contest": lazy_gettext(
        "Contested. They read why. What they wrote counts on, until a cut with its reasons takes minutes of it."
    ),
    "company.answer": lazy_gettext("Answered. The operator who rules reads it, and so does the other side."),
    "company.cancel": lazy_gettext("Cancelled. Everybody who was booked is told, and is paid what was shown."),
    "company.contest_decision": lazy_gettext("Contested. An operator who did not decide it answers you."),
    "company.decide_contest uphold": lazy_gettext("They were right. The item is scored anew for everybody."),
    "company.decide_contest dismiss": lazy_gettext("The result stands. The person reads your reason."),
    "operator.decide_contest uphold": lazy_gettext("They were right. The item is scored anew for everybody."),
    "operator.decide_contest dismiss": lazy_gettext("The result stands. The person reads your reason."),
    "contractor.contest_decision": lazy_gettext("Contested. An operator who did not decide it answers you."),
    "contractor.answer_proposal": lazy_gettext("Your words stand beside the finding. An operator reads both first."),
    "contractor.contest": lazy_gettext("Contested. An operator who did not decide it answers you."),
    "contractor.withdraw_move": lazy_gettext("Taken back. You live where you lived before."),
    "work.give_back": lazy_gettext(
        "The seat is given back. Somebody else is looked for; you are booked there no more."
    ),
    "work.state_cause": lazy_gettext("Your reason is handed in. An operator decides whether this late no counts."),
}
_MONEY: Final[dict[str, LazyString]] = {
    "company.decide_timesheet approve": lazy_gettext(
        "Approved: the week of %(day)s of %(who)s, %(money)s all in all. The next pay run pays it."
    ),
    "company.cut_timesheet": lazy_gettext(
        "Cut. %(who)s reads each reason, and can dispute it; the cut money stays held until then. The rest is paid"
        " with the next pay run."
    ),
    "company.deposit": lazy_gettext(
        "Asked for: %(money)s. It is available once it has come; its row below says how far it is."
    ),
    "company.ask_by_invoice": lazy_gettext("The invoice is asked for. The money is available once all of it has come."),
    "company.call_off_invoice": lazy_gettext("The invoice is called off. Nobody has to pay it."),
    "company.show_deposit": lazy_gettext(
        "%(money)s is on its way back, by the way it came. This page says when it has arrived."
    ),
    "company.fund": lazy_gettext("%(money)s is set aside for this gig."),
    "company.raise_rate": lazy_gettext("What is offered from now on pays %(money)s an hour."),
    "company.give_bonus": lazy_gettext(
        "The next pay run pays it; above what one of you may give alone, once another has agreed."
    ),
    "company.agree_to_bonus": lazy_gettext("Agreed. The next pay run pays it."),
    "company.withdraw_bonus": lazy_gettext("Taken back. Nothing is paid of it."),
    "company.press_gig pause": lazy_gettext("Paused. Nobody new is asked; what is booked stands."),
    "company.press_gig close": lazy_gettext("Closed. What no booking has reserved is available again."),
    "company.press_gig take-back": lazy_gettext("What was set aside for this gig is available again."),
    "company.pay_chargeback_again": lazy_gettext("Paid, out of what was available."),
    "operator.decide_bearer company": lazy_gettext("It is taken from what the company has, which reads your reason."),
    "operator.decide_bearer service": lazy_gettext("The service bears it. The company owes nothing of it any more."),
    "operator.count_back": lazy_gettext("Counted. Whoever had borne that much has it again, and the company is told."),
    "company.hand_in_evidence": lazy_gettext("Handed in. It goes to the payer's bank once, and the bank decides."),
    "operator.show_pay": lazy_gettext("The run has begun. This page says how far it is."),
    "operator.press_payment retry": lazy_gettext("Ordered again. The rail is asked to pay it."),
    "operator.press_payment unpark": lazy_gettext("The rail is asked again. What it says stands here."),
    "operator.take_back_payout": lazy_gettext(
        "%(money)s is asked back from %(who)s, who reads your reason. Once it has come back it is payable again."
    ),
    "operator.answer_second agree": lazy_gettext("Agreed, and done as the first person has asked for it."),
    "operator.answer_second withdraw": lazy_gettext("Taken back. Nothing has moved."),
    "operator.explain_movement": lazy_gettext("Explained, and booked with your words."),
    "operator.propose_remittance": lazy_gettext("Proposed. Another operator confirms that it was paid."),
    "operator.confirm_remittance": lazy_gettext("Confirmed as paid to the tax office, and booked."),
    "operator.withdraw_remittance": lazy_gettext("Taken back. The money stays withheld for the tax office."),
    "operator.give_tax_back": lazy_gettext(
        "Given back. The next pay run pays it to the person, who reads your reason."
    ),
    "operator.receive_transfer": lazy_gettext("Booked as benefits of the person, who is told."),
    "operator.send_transfer": lazy_gettext("Booked as sent to the other provider. The person is told."),
    "operator.return_transfer": lazy_gettext("Not sent. It is the person's benefits again, and they read your reason."),
    "operator.assign_bank_line": lazy_gettext("Written down for the company that you chose."),
    "operator.send_bank_line_back": lazy_gettext("Written down, with your reason."),
    "operator.keep_bank_line": lazy_gettext("Booked as the service's own, with your reason."),
    "operator.press_bank_line confirm": lazy_gettext("Agreed, and written down."),
    "operator.press_bank_line doubt": lazy_gettext(
        "Taken back. The transfer is nobody's again, and nothing is booked."
    ),
    "operator.make_file": lazy_gettext("The file is made: no other file takes these payments."),
    "operator.step_file release": lazy_gettext(
        "Let go. Take the file to the bank, then mark what became of each line."
    ),
    "operator.step_file withdraw": lazy_gettext("Undone. Its payments wait for another file."),
    "operator.mark_lines": lazy_gettext("Marked. What takes two people waits for another operator."),
    "operator.find_payment": lazy_gettext("Marked. What takes two people waits for another operator."),
    "operator.confirm_finding": lazy_gettext("Agreed. The payment is settled as it was found."),
    "operator.contradict_finding": lazy_gettext("Taken back. The payment is open again."),
    "operator.decide_name clear": lazy_gettext("The account is the person's. What has waited for that goes out."),
    "operator.decide_name refuse": lazy_gettext(
        "Nothing goes to this account. The person reads your reason, and can contest it."
    ),
    "operator.pause_currency": lazy_gettext("Payouts of this currency wait, until somebody lets them go on."),
    "operator.resume_currency": lazy_gettext("Payouts of this currency go on."),
    "operator.answer_payout_contest upheld": lazy_gettext("The decision stands. The person reads your reason."),
    "operator.answer_payout_contest overturned": lazy_gettext("They were right. The payout is ordered again."),
    "operator.credit_invoice": lazy_gettext("Credited. The company has a note of it with your reason."),
    "work.give_payout_account": lazy_gettext(
        "Kept. The first account counts at once; a later one waits, so that nobody else can change where you are paid."
    ),
    "work.take_back_payout_account": lazy_gettext("Taken back. You are paid as before."),
}
_COMPANY: Final[dict[str, LazyString]] = {
    "company.write_gig": lazy_gettext("A draft. Nobody sees it until the gate has let it pass."),
    "company.edit_gig": lazy_gettext("Changed. It is a draft still: the rules look at it when it is published."),
    "company.write_instructions": lazy_gettext("Written as a new version. It counts once somebody has verified it."),
    "company.write_template": lazy_gettext(
        "Kept for contracts to come. Those that were proposed before stay as they are."
    ),
    "company.change_role": lazy_gettext("Changed. What the new role may do, and what it may not, holds at once."),
    "company.remove_member": lazy_gettext(
        "Removed. They see nothing of the company any more, and keys that they made are good no more."
    ),
    "company.revoke_invitation": lazy_gettext("Taken back. The invitation cannot be accepted any more."),
    "company.revoke_key": lazy_gettext("Revoked. Programs with this key are refused from now on."),
    "company.add_to_crew": lazy_gettext(
        "Added, and told. They are asked first for shifts that are planned for this crew."
    ),
    "company.remove_from_crew": lazy_gettext("Out of the crew. They are asked for its shifts with everybody else."),
    "company.close_crew": lazy_gettext("Closed. Nobody is in it any more, and no shift can be planned for it."),
    "company.withdraw": lazy_gettext("Taken back. The offer can be accepted no more."),
    "company.move_shift": lazy_gettext(
        "Moved. Everybody who was booked is told, is paid what was shown, and is asked about the new time."
    ),
    "company.plan_standby": lazy_gettext(
        "Planned, at the price that was shown. That much is owed to whoever stands by, also where nobody is called."
    ),
    "company.start_series": lazy_gettext("Started. Its shifts are laid four weeks ahead, and go on being laid."),
    "company.change_series": lazy_gettext("Changed, at the price that was shown. This is the series from that day on."),
    "company.leave_out": lazy_gettext("Left out. Everybody who was booked is told, and is paid what was shown."),
    "company.end_series": lazy_gettext(
        "It ends after that day. Everybody who was booked later is told, and is paid what was shown."
    ),
    "company.enrol": lazy_gettext(
        "Written down. Offers to this person say who insures them, on the days that you named."
    ),
    "company.end_enrolment": lazy_gettext("It ends after that day. Offers of later days say that there is none."),
    "company.show_naming true": lazy_gettext(
        "Your name stands in work records that are signed from now on, where their person names you."
    ),
    "company.show_naming false": lazy_gettext(
        "Your name stands in no work record that is signed from now on. What was signed before stays."
    ),
    "company.adopt_guidelines": lazy_gettext("Signed. The statement, who signed and the day stand on a public page."),
    "company.withdraw_adoption": lazy_gettext(
        "Taken back from now on. That it was made, and until when, stays on the public page."
    ),
    "company.record_pilot": lazy_gettext(
        "Recorded. Several pilots add up; once they are enough, the hours of this gig are not limited any more."
    ),
    "company.inherit_pilot": lazy_gettext(
        "Taken over. The pilot of the earlier gig counts for this one too, as far as this page says."
    ),
    "company.list_invoices": lazy_gettext(
        "It stands on invoices from now on. Those that were issued stay as they are."
    ),
    "company.hand_in_paper": lazy_gettext("Handed in. An operator of vetting looks at it."),
    "company.take_back_paper": lazy_gettext("Taken back, and erased."),
    "company.rename_crew": lazy_gettext("Renamed. Its people read the new name."),
    "company.name_lead": lazy_gettext(
        "Named, at the price that was shown. The person is asked, and has a shift of their own for it."
    ),
    "company.name_care_line": lazy_gettext("Named. Whoever does distressing work for you reads whom to call."),
}
"""What members of a company change from day to day, where something follows from it."""
_TESTS: Final[dict[str, LazyString]] = {
    "write_test": lazy_gettext("A draft that only you see. Write its items below, then publish it."),
    "edit_test": lazy_gettext("Changed. It is a draft until you publish it."),
    "add_item": lazy_gettext("Added to the version that is being written. Nobody is asked it until you publish that."),
    "drop_item": lazy_gettext(
        "Left out of the version that is being written. What is published stays until you publish that."
    ),
    "set_paper": lazy_gettext(
        "Written into the next version. It counts for whoever begins after you have published it."
    ),
    "fund_test": lazy_gettext("Set aside for attempts at this test. What no attempt needs you can take back."),
    "grant_test": lazy_gettext("Granted, on your evidence. The person is told, and holds it as if they had passed."),
    "withdraw_test": lazy_gettext(
        "Taken back. The person reads why, and can contest it; shifts that they have accepted stay."
    ),
    "press_test publish": lazy_gettext(
        "Published. Whoever begins from now on gets this version; whoever has begun goes on with theirs."
    ),
    "press_test close": lazy_gettext("Closed. Nobody begins it any more; whoever holds it keeps it until it ends."),
    "press_test take-back": lazy_gettext("What no attempt has set aside is available to you again."),
}
"""What whoever owns a test does with it, a company or the service: the same pages stand in both rooms."""
_OWNED: Final = {f"{room}.{view}": words for room in ("company", "operator") for view, words in _TESTS.items()}
ANSWERS: Final[Mapping[str, LazyString]] = MappingProxyType(_PEOPLE | _MONEY | _COMPANY | _OWNED)


def told(**about: object) -> str:
    """What the running request has done, in words. `about` has what its sentence names: who, money, day."""
    parts = [str(part) for part in (request.view_args or {}).values()]
    chosen = [request.form[name] for name in DECIDED_BY if name in request.form]
    endpoint = request.endpoint or ""
    for key in (*(f"{endpoint} {each}" for each in chosen + parts), endpoint):
        if key in ANSWERS:
            return str(ANSWERS[key] % {name: str(each) for name, each in about.items()})
    return str(gettext("Saved."))

"""The demonstration world: a lab, a contractor, an applicant and an operator, so that every page has something on it.

It is made by the same verbs that people use, and everybody in it is made up. Business time is set to Monday, 8 May
2023, the week in which two newspapers told how the trainers of an AI are paid: a payslip of that week can be shown in
rupiah at the European Central Bank's rate of its day.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select

from marketplace import demo_payments
from marketplace.accounts import queries as accounts
from marketplace.accounts import service as people
from marketplace.accounts.entity import Identity
from marketplace.accounts.models import Company, Person
from marketplace.accounts.rules import CONSOLE, Actor, CompanyRole, OperatorRole, available_account
from marketplace.contracts import queries as contract_queries
from marketplace.contracts import service as contracts
from marketplace.contracts.defaults import decent_terms
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.gigs import funding, gate, preparation
from marketplace.gigs import service as gigs
from marketplace.gigs.instruction_rules import ChecklistItem
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import Criteria, GigStatus, LanguageNeed, Terms, Where, WorkKind
from marketplace.ledger import queries as books
from marketplace.matching import service as matching
from marketplace.pay import service as pay
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import payments
from marketplace.pay.rules import OpKind, OpStatus
from marketplace.qualifications import authoring
from marketplace.qualifications import funding as test_money
from marketplace.qualifications.levels import PaySteps
from marketplace.qualifications.rules import Paper, Proves, Spec
from marketplace.qualifications.scoring import Item, ItemKind
from marketplace.shifts import scheduling
from marketplace.specimen import specimen
from marketplace.standards.rules import HazardClass, PaymentModel
from marketplace.workforce import agreement, availability, declarations, documents
from marketplace.workforce import service as workforce
from marketplace.workforce.calendar import Window
from marketplace.workforce.papers import OTHER_NUMBER, IdentityPaper, IdentityShown, Purpose, Tax, Work, WorkBasis
from marketplace.workforce.rules import MET_BY_SUBMITTING, Level, RequirementKind, Ruling

PASSWORD = "try setara once"  # noqa: S105 - printed on purpose, and only where no money moves
PRESENT = datetime(2023, 5, 8, 13, 0, tzinfo=UTC)
CHICAGO = "America/Chicago"
LAB = Identity(
    legal_name="Prairie Vision Lab",
    country="US",
    address="100 Example Avenue, Topeka, KS 66603",
    register="Kansas Secretary of State, business entities",
    register_number="0000001 (demonstration)",
    owners="Dana Owner",
    signatory_name="Dana Owner",
    authority="President, by the articles of incorporation",
    register_proof="https://register.example/kansas/0000001",
    authority_proof="https://register.example/kansas/0000001/officers",
    tax_number="00-0000001",
)
WHOLE_WEEK = tuple(Window(day, 0, 1440) for day in range(7))
RATE, DEPOSIT = Money.of("15.00", "USD"), Money.of("500.00", "USD")
INSTRUCTIONS = """Draw a tight box around every person, car and sign.

Examples: a cyclist is one person and one bicycle; a mirror image is nobody.
Edge cases: draw what is half hidden as far as you can see it; leave out what is smaller than a fingernail.
Questions: write to Dana, who answers within a working day.
Data: the pictures show public streets and stay on this service."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody whom a visitor can be, and what they would do next."""

    role: str
    email: str
    next_step: str


SIGN_INS = (
    SignIn(
        "company, owner", "dana@lab.example", "publish the draft gig: the gate says what it lacks; approve a timesheet"
    ),
    SignIn("company, manager", "milo@lab.example", "verify instructions that Dana wrote"),
    SignIn("contractor", "ana@kansas.example", "take a paid test, answer an offer, clock in and out, read a payslip"),
    SignIn("applicant", "budi@pontianak.example", "see what is missing, and wait for a human's decision"),
    SignIn("operator", "odi@setara.example", "vet Budi, rule on a dispute, start a pay run, move the clock"),
)


def is_empty() -> bool:
    """Whether nobody has an account yet: only then is the world loaded."""
    return db.session.scalar(select(Person.id).limit(1)) is None


def is_loaded() -> bool:
    """Whether the people of the demonstration are here."""
    emails = {entry.email for entry in SIGN_INS}
    return emails <= set(db.session.scalars(select(Person.email).where(Person.email.in_(emails))))


def load() -> None:
    """Makes the world as far as no money is needed for it. The deposit is asked of the rail after the commit, as
    always; `go_on()` makes the rest once it is there."""
    with transaction():
        clock.move_to(PRESENT)
        odi = _person("odi@setara.example", "Odi Operator")
        people.grant_operator(odi, OperatorRole.ADMIN, "the demonstration's operator", by=CONSOLE)
        lab = _lab(odi)
        ana, budi = _contractors(odi)
        _contract(lab, ana)
        _applying_company(budi)
        _draft(lab, "Label street pictures", "Draw boxes around people, cars and signs in street pictures.")
        pay.deposit(lab, DEPOSIT, by=_of_lab("dana"))
    payments.advance_ops()


def go_on(say: Callable[[str], None]) -> bool:
    """Makes what the lab pays for, once: an open gig, and tests. Returns whether nothing of it is missing any more;
    `say` is told what is, where the lab's deposit is not there yet. Must not be called inside a transaction."""
    with transaction():
        lab = _lab_with_a_draft()
        if lab is None:
            return True
        deposits = db.session.scalars(_deposits_of(lab)).all()
        is_there = any(op.status is OpStatus.DONE for op in deposits)
        under_way, odi = [op.id for op in deposits], _person_of("odi@setara.example")
    if not is_there and not (under_way and demo_payments.pay_in(under_way, [odi], say)):
        return False
    with transaction():
        if books.balance(available_account(lab), DEPOSIT.currency) >= DEPOSIT:
            _open_gig(lab)
            _tests(lab, odi)
    return True


def _lab_with_a_draft() -> UUID | None:
    """The lab, while it has nothing but the draft that it began with: somebody may have gone on with it by hand."""
    found = select(Company.id).join(Gig, Gig.company_id == Company.id).where(Company.legal_name == LAB.legal_name)
    is_draft = func.bool_and(Gig.status == GigStatus.DRAFT)
    return db.session.scalar(found.group_by(Company.id).having(func.count() == 1, is_draft)) if is_loaded() else None


def _deposits_of(lab: UUID) -> Select[PaymentOp]:
    lost = PaymentOp.status == OpStatus.REFUSED
    return select(PaymentOp).where(PaymentOp.company_id == lab, PaymentOp.kind == OpKind.DEPOSIT, ~lost)


def _person(email: str, name: str, locale: str = "en") -> UUID:
    made = people.sign_up(email, PASSWORD, name, locale)
    if made is None:
        raise RuntimeError(f"{email} is taken, though nobody had an account")
    people.confirm(people.verification_link(made.id).rsplit("/", 1)[1])
    return made.id


def _by(person_id: UUID) -> Actor:
    return accounts.actor_of(person_id)


def _person_of(email: str) -> UUID:
    person = accounts.person_by_email(email)
    if person is None:
        raise RuntimeError("the world's people come first")
    return person.id


def _of_lab(name: str) -> Actor:
    return _by(_person_of(f"{name}@lab.example"))


def _lab(odi: UUID) -> UUID:
    dana = _person("dana@lab.example", "Dana Owner")
    lab = people.apply_company("Prairie Vision Lab", "US", "Dana Owner", by=_by(dana)).id
    people.hand_in(lab, LAB, by=_by(dana))
    people.verify_company(lab, "Entry in the register and the signatory's passport seen.", by=_by(odi))
    _person("milo@lab.example", "Milo Manager")
    people.add_member(lab, "milo@lab.example", CompanyRole.MANAGER, by=_by(dana))
    return lab


def _contractors(odi: UUID) -> tuple[UUID, UUID]:
    ana = _person("ana@kansas.example", "Ana Labeller")
    workforce.apply(
        "US", "US-KS", CHICAGO, date(1990, 5, 17), "USD",
        languages={"en": Level.C1}, skills=["image-labelling"], by=_by(ana),
    )  # fmt: skip
    _show(ana, "Ana Labeller", "US", list(RequirementKind))
    looked_at = [kind for kind in RequirementKind if kind not in MET_BY_SUBMITTING]
    ruling = Ruling(True, "Looked at it; it is as it should be.")
    workforce.decide_requirements(ana, dict.fromkeys(looked_at, ruling), by=_by(odi))
    workforce.vet(ana, "Every requirement is met.", by=_by(odi))
    availability.set_availability(WHOLE_WEEK, by=_by(ana))
    budi = _person("budi@pontianak.example", "Budi Pelamar", "id")
    workforce.apply(
        "ID", None, "Asia/Pontianak", date(1996, 8, 9), "IDR",
        languages={"id": Level.C2, "en": Level.B1}, skills=["image-labelling"], by=_by(budi),
    )  # fmt: skip
    _show(budi, "Budi Pelamar", "ID", [RequirementKind.IDENTITY, RequirementKind.RESIDENCE, RequirementKind.TERMS])
    return ana, budi


def _show(contractor: UUID, name: str, country: str, kinds: Sequence[RequirementKind]) -> None:
    """Declares and hands in what these requirements ask for, with pictures of documents that nobody has."""
    me, number = _by(contractor), f"{country}{contractor.int % 10**8:08}"
    passport = specimen("Passport", name, f"Country {country}   Number {number}", "Valid until 31 December 2029")
    letter = specimen("Water works, bill of April 2023", name, f"Lives in {country}")
    documents.hand_in([(Purpose.IDENTITY, passport), (Purpose.RESIDENCE, letter)], by=me)
    asked = RequirementKind.RIGHT_TO_WORK in kinds
    declarations.declare(
        identity=IdentityShown(IdentityPaper.PASSPORT, country, date(2029, 12, 31), number),
        work=Work(WorkBasis.CITIZEN) if asked else None,
        tax=Tax(country, OTHER_NUMBER, number) if asked else None,
        terms_sha256=agreement.CURRENT.sha256,
        by=me,
    )
    if RequirementKind.PAYOUT_ACCOUNT in kinds:
        demo_payments.open_accounts([me])
    by_words = {kind for kind in kinds if kind not in (RequirementKind.AGE, RequirementKind.PAYOUT_ACCOUNT)}
    workforce.submit_requirements({kind: "As declared." for kind in RequirementKind if kind in by_words}, by=me)


def _contract(lab: UUID, ana: UUID) -> None:
    dana = _of_lab("dana")
    terms = decent_terms(date(2023, 5, 1), str(RATE.decimal), RATE.currency)
    template = contracts.write_template(lab, terms, "Dana Owner", by=dana)
    (contract,) = contracts.propose(template.id, [ana], by=dana)
    newest = contract_queries.versions(contract.id, _by(ana))[-1]
    contracts.sign(contract.id, "Ana Labeller", newest.text_sha256, by=_by(ana))


def _applying_company(budi: UUID) -> None:
    people.apply_company("Kapuas Data Studio", "ID", "Budi Pelamar", by=_by(budi))


def _draft(lab: UUID, title: str, description: str, steps: PaySteps | None = None) -> Gig:
    dana = _of_lab("dana")
    if dana.person_id is None:
        raise RuntimeError("Dana is a person")
    terms = Terms(
        title=title,
        description=description,
        work_kind=WorkKind.IMAGE_LABELLING,
        payment_model=PaymentModel.HOURLY,
        rate=RATE,
        planned_minutes=240,
        hazard_class=HazardClass.H0,
        criteria=Criteria(
            places=(Where("US", "US-KS"),),
            skills=("image-labelling",),
            languages=(LanguageNeed("en", Level.B2),),
            reason="The instructions are in English.",
        ),
        contact_id=dana.person_id,
        data_use="The labels train and test a model that sees streets.",
        pay_steps=steps,
    )
    gig = gigs.draft(lab, terms, by=dana)
    preparation.write_instructions(gig.id, INSTRUCTIONS, by=dana)
    return gig


def _tests(lab: UUID, odi: UUID) -> None:
    """A test of the service's and one of the lab's, and a gig that pays more for what they prove."""
    first = authoring.draft(
        None,
        Spec(
            code="seeing-streets",
            title="Seeing streets",
            about="Ten minutes of street pictures told in words. It proves the first level of image labelling.",
            rate=RATE,
            proves=Proves("image-labelling", 1),
        ),
        by=_by(odi),
    )
    authoring.write(first.id, Paper(items=STREETS, pass_percent=70, estimate_minutes=5), by=_by(odi))
    authoring.publish(first.id, by=_by(odi))
    dana = _of_lab("dana")
    second = authoring.draft(
        lab,
        Spec(
            code="tight-boxes",
            title="Tight boxes",
            about="What the lab means by a tight box. It proves the second level of image labelling.",
            rate=RATE,
            proves=Proves("image-labelling", 2),
        ),
        by=dana,
    )
    authoring.write(second.id, Paper(items=BOXES, pass_percent=75, estimate_minutes=8), by=dana)
    authoring.publish(second.id, by=dana)
    test_money.fund(second.id, Money.of("40.00", "USD"), by=dana)
    steps = PaySteps("image-labelling", ((1, 10_500), (2, 11_500), (3, 13_000)))
    gig = _draft(lab, "Boxes for experienced labellers", "Draw boxes where most of a thing is hidden.", steps)
    preparation.verify_instructions(gig.id, 1, list(ChecklistItem), by=_of_lab("milo"))
    funding.fund(gig.id, gate.needed_funds(gig, gig.rate), by=dana)
    gigs.publish(gig.id, by=dana)


def _chosen(*texts: str) -> list[dict[str, str]]:
    return [{"id": f"o{number}", "text": text} for number, text in enumerate(texts, 1)]


STREETS = (
    Item(
        ItemKind.CHOICE_ONE,
        "A man pushes a bicycle. How many boxes do you draw?",
        {"right": ["o2"]},
        {"options": _chosen("One, around both", "Two, one for the man and one for the bicycle", "None")},
        explanation="A person and a bicycle are two things, also when they touch.",
    ),
    Item(
        ItemKind.CHOICE_MANY,
        "Which of these get a box?",
        {"right": ["o1", "o2"]},
        {"options": _chosen("A parked car", "A child behind a fence", "A face on a poster", "A shadow")},
    ),
    Item(
        ItemKind.NUMBER,
        "A sign is hidden by half. How many percent of it do you draw?",
        {"value": "50", "tolerance": "5"},
        explanation="What is half hidden is drawn as far as it can be seen.",
    ),
    Item(
        ItemKind.CLASSES,
        "What are these?",
        {"right": {"o1": "o1", "o2": "o2", "o3": "o1"}},
        {"things": _chosen("A cyclist", "A traffic light", "A policeman"), "classes": _chosen("Person", "Sign")},
        points=2,
    ),
)
BOXES = (
    Item(
        ItemKind.RANKING,
        "Put these boxes in order, the best first.",
        {"order": ["o1", "o2", "o3"]},
        {"things": _chosen("It touches the thing on all sides", "A finger of air around it", "It cuts off the wheels")},
        points=3,
    ),
    Item(ItemKind.TEXT, "Whom do you ask when you are not sure?", {"accepted": ["Dana", "ask Dana", "write to Dana"]}),
    Item(
        ItemKind.CHOICE_ONE,
        "A mirror shows a woman. What do you draw?",
        {"right": ["o2"]},
        {"options": _chosen("A box around her picture", "Nothing", "A box around the mirror")},
    ),
)


def _open_gig(lab: UUID) -> None:
    """A gig that is open already, with a shift tomorrow morning and an offer to Ana."""
    dana = _of_lab("dana")
    gig = _draft(lab, "Boxes around bicycles", "Draw a box around each bicycle in street pictures.")
    preparation.verify_instructions(gig.id, 1, list(ChecklistItem), by=_of_lab("milo"))
    funding.fund(gig.id, Money.of("70.00", "USD"), by=dana)
    gigs.publish(gig.id, by=dana)
    start = (clock.now() + timedelta(days=1)).replace(hour=14, minute=0, second=0, microsecond=0)
    shift = scheduling.schedule(gig.id, start, start + timedelta(hours=4), CHICAGO, 1, by=dana)
    matching.match(shift.id, by=dana)

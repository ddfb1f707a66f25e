"""Who is there before the first shift: companies, operators, a thousand contractors, their contracts, gigs and shifts.

Everything is made by the verbs that people use, many people's in one transaction. The people have no passwords, but for
the few whose sign-ins are printed at the end.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from examples.story import script
from examples.story.script import Someone
from marketplace import demo_payments
from marketplace.accounts import invitations
from marketplace.accounts import queries as account_queries
from marketplace.accounts import service as accounts
from marketplace.accounts.entity import Identity
from marketplace.accounts.invited import Invited
from marketplace.accounts.models import Invitation, Person
from marketplace.accounts.rules import CONSOLE, Actor, CompanyRole, OperatorRole
from marketplace.contracts import queries as contract_queries
from marketplace.contracts import service as contracts
from marketplace.contracts.defaults import decent_terms
from marketplace.contracts.service import Signing
from marketplace.core.db import db, transaction
from marketplace.core.money import Money, total
from marketplace.gigs import funding, gate, preparation
from marketplace.gigs import service as gigs
from marketplace.gigs.instruction_rules import ChecklistItem
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import Criteria, LanguageNeed, PilotReport, Terms, Where, WorkKind
from marketplace.pay import service as pay
from marketplace.shifts import scheduling
from marketplace.specimen import specimen
from marketplace.standards.held import highest_cost
from marketplace.standards.rates import FEE_PERCENT
from marketplace.standards.rules import HazardCategory, HazardClass, PaymentModel
from marketplace.workforce import agreement, applying, availability, declarations, documents, requirements
from marketplace.workforce import service as workforce
from marketplace.workforce.applying import Application
from marketplace.workforce.calendar import Window
from marketplace.workforce.declarations import Declaration
from marketplace.workforce.papers import OTHER_NUMBER, IdentityPaper, IdentityShown, Purpose, Tax, Work, WorkBasis
from marketplace.workforce.rules import MET_BY_SUBMITTING, Level, RequirementKind, Ruling

PASSWORD = "try setara once"  # noqa: S105 - printed on purpose, and only where no money moves
BATCH = 50
PATIENCE = 600.0
"""Seconds for a person to pay in on a page of the rail's, where the story cannot do it."""
STAFFING = "Prairie Staffing"
COMPANIES = {"lab": ("Sunflower Language Lab", "US", "dana@lab.example", "Dana Owner"),
             "second": ("Kapuas Vision Lab", "ID", "sari@kapuas.example", "Sari Pemilik")}  # fmt: skip
READERS = {"lab": ("milo@lab.example", "Milo Manager"), "second": ("rudi@kapuas.example", "Rudi Pembaca")}
CAST = {("Kansas City", 1): ("ana@kansas.example", "Ana Labeller", "en"),
        ("Nairobi", 1): ("wanjiru@nairobi.example", "Wanjiru Msomaji", "en"),
        ("Pontianak", 1): ("joko@pontianak.example", "Joko Pelabel", "id"),
        script.APPLICANT: ("budi@pontianak.example", "Budi Pelamar", "id")}  # fmt: skip
"""Contractors whom a visitor can be, in place of the first of their cities."""
INSTRUCTIONS = """What to do stands on the first page, with ten examples and what is wrong about each.

Edge cases: leave out what you cannot decide within a minute, and say so.
Questions: write to the contact of the gig, who answers within a working day.
Data: what you see stays on this service. Work that distresses can be left at any minute, with pay."""
DISCLOSURE = (
    "Some texts are hateful or sexual. Nobody sees them without having opted in, nor for over four hours a day."
)
OPTED_INTO = (HazardCategory.HATE, HazardCategory.SEXUAL, HazardCategory.INSULTS)
VETTINGS = ("vetted", "refused", "suspended")
"""How an application ends, where it has not waited until the story's present."""
T = TypeVar("T")


@dataclass
class World:
    """The ids of everybody and everything that the story speaks of, by the names that the script gives them."""

    operators: dict[str, UUID] = field(default_factory=dict)
    companies: dict[str, UUID] = field(default_factory=dict)
    members: dict[str, UUID] = field(default_factory=dict)
    """By company: the owner under its name, who reads for them under its name with ":reader"."""
    people: list[UUID] = field(default_factory=list)
    """By the number of the person."""
    gigs: dict[str, UUID] = field(default_factory=dict)
    shifts: list[UUID] = field(default_factory=list)
    """By the number of the shift in `script.shifts()`."""

    def owner(self, company: str) -> Actor:
        return account_queries.actor_of(self.members[company])

    def operator(self, name: str) -> Actor:
        return account_queries.actor_of(self.operators[name])

    def person(self, number: int) -> Actor:
        """The contractor; they have no other role, so nothing has to be looked up."""
        return Actor(self.people[number])


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in lists of at most so many."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


class NotFunded(Exception):
    """The companies' money has not come: there is no story without it."""


def build(say: Callable[[str, int, int], None], tell: Callable[[str], None], settle: Callable[[], None]) -> World:
    """Makes the world. `say` is told what is being made, how many of it are there, and how many there will be; `tell`
    what somebody has to pay and where; `settle` returns when the jobs are done, which ask the rail. Raises NotFunded.
    """
    world = World()
    with transaction():
        _operators(world)
        _companies(world)
    _people(world, say)
    _contracts(world, say)
    deposits = _money(world)
    settle()
    if not demo_payments.pay_in(deposits, list(world.operators.values()), tell, PATIENCE):
        raise NotFunded(f"What the companies pay in has not come within {PATIENCE / 60:.0f} minutes.")
    settle()
    _gigs(world)
    _shifts(world)
    return world


def sign_up(email: str, name: str, locale: str = "en") -> UUID:
    """A person with the printed password, whose address is confirmed."""
    made = accounts.sign_up(email, PASSWORD, name, locale)
    if made is None:
        raise RuntimeError(f"{email} is taken, though nobody had an account")
    _confirm(made.id)
    return made.id


def _confirm(person_id: UUID) -> None:
    accounts.confirm(accounts.verification_link(person_id).rsplit("/", 1)[1])


def _operators(world: World) -> None:
    world.operators["odi"] = sign_up("odi@setara.example", "Odi Operator")
    world.operators["tia"] = sign_up("tia@setara.example", "Tia Penengah")
    for person_id in world.operators.values():
        accounts.grant_operator(person_id, OperatorRole.ADMIN, "an operator of the story", by=CONSOLE)


def _companies(world: World) -> None:
    odi = world.operator("odi")
    for key, (name, country, email, owner) in COMPANIES.items():
        world.members[key] = sign_up(email, owner)
        company = accounts.apply_company(name, country, owner, by=world.owner(key))
        accounts.hand_in(company.id, _entity(name, country, owner), by=world.owner(key))
        accounts.name_care_line(company.id, "Example Care", "+1 555 0100, day and night", by=world.owner(key))
        accounts.verify_company(company.id, "Entry in the register and the signatory's passport seen.", by=odi)
        world.companies[key] = company.id
        reader_email, reader = READERS[key]
        world.members[f"{key}:reader"] = sign_up(reader_email, reader)
        accounts.add_member(company.id, reader_email, CompanyRole.MANAGER, by=world.owner(key))


def _entity(name: str, country: str, owner: str) -> Identity:
    """What a company of the story tells an operator of itself; no such register exists."""
    return Identity(
        legal_name=name,
        country=country,
        address=f"1 Example Street, {country}",
        register=f"Example register of {country}",
        register_number="0000001",
        owners=owner,
        signatory_name=owner,
        authority="Managing director",
        register_proof="https://register.example/0000001",
        authority_proof="https://register.example/0000001/officers",
        tax_number="00-0000001",
    )


# --- a thousand contractors -----------------------------------------------------------------------------------------


def _people(world: World, say: Callable[[str, int, int], None]) -> None:
    everybody, odi = script.people(), world.operator("odi")
    for batch in batches(everybody):
        with transaction():
            _join(world, batch)
            _apply(world, batch)
            _decide(world, batch, odi)
        say("contractors", len(world.people), len(everybody))


def _join(world: World, batch: Sequence[Someone]) -> None:
    """The company that will offer them a contract invites them; they follow the link in the message."""
    invited: dict[str, list[Invited]] = {}
    for who in batch:
        if not _is_cast(who):
            invited.setdefault(script.company_of(who.city.crew), []).append(Invited(*_identity(who)))
    for company, people in invited.items():
        invitations.invite_many(people, world.companies[company], by=world.owner(company))
    addresses = [each.email for people in invited.values() for each in people]
    # The company is not told who they are before they answer; their mailbox knows.
    theirs = select(Person.email, Person.id, Invitation.id.label("invitation_id"))
    theirs = theirs.join(Invitation, Invitation.person_id == Person.id).where(Person.email.in_(addresses))
    found = {row.email: row for row in db.session.execute(theirs)}
    if len(found) < len(addresses):
        raise RuntimeError("Some of them have an account, though nobody had one")
    links = invitations.invitation_links([row.invitation_id for row in found.values()])
    invitations.accept_invitations([link.rsplit("/", 1)[1] for link in links.values()])
    for who in batch:
        email, name, locale = _identity(who)
        world.people.append(sign_up(email, name, locale) if _is_cast(who) else found[email].id)


def _is_cast(who: Someone) -> bool:
    return (who.city.name, _place_in_city(who)) in CAST


def _identity(who: Someone) -> tuple[str, str, str]:
    locale = "id" if who.city.country == "ID" else "en"
    return CAST.get((who.city.name, _place_in_city(who)), (who.email, who.name, locale))


def _place_in_city(who: Someone) -> int:
    return int(who.name.rsplit(" ", 1)[1])


def _apply(world: World, batch: Sequence[Someone]) -> None:
    """Each applies, shows what is asked and says when they want to work: what a person does alone, of all at once."""
    actors = {who.number: world.person(who.number) for who in batch}
    applying.apply_many([_application(who, actors[who.number]) for who in batch])
    demo_payments.open_accounts(list(actors.values()))
    documents.hand_in_many([(*paper, actors[who.number]) for who in batch for paper in _papers(who)])
    declarations.declare_many([_declaration(who, actors[who.number]) for who in batch])
    requirements.submit_many([(actors[who.number], dict.fromkeys(_shown_by(who), "As declared.")) for who in batch])
    working = [who for who in batch if who.vetting in ("vetted", "suspended")]
    availability.set_availabilities([(actors[who.number], _week(who)) for who in working if who.number % 3 == 0])
    willing = [who for who in working if who.opts_in]
    workforce.give_hazard_consents(
        [(actors[who.number], category, HazardClass.H2) for who in willing for category in OPTED_INTO]
    )


def _application(who: Someone, me: Actor) -> Application:
    return Application(
        by=me,
        country=who.city.country,
        subdivision=who.city.subdivision,
        timezone=who.city.timezone,
        born_on=who.born_on,
        payout_currency=who.city.currency,
        languages={code: Level(level) for code, level in who.languages.items()},
        skills=who.skills,
        band=who.band,
    )


def _number(who: Someone) -> str:
    return f"{10_000_000 + who.number}"


def _papers(who: Someone) -> list[tuple[Purpose, bytes]]:
    """Everybody's papers are made up, and pictures of them small; only those of the cast can be read. Whoever still
    waits to be vetted has not yet shown where they live."""
    words = ("Passport", f"Country {who.city.country}   Number {_number(who)}", "Valid until 31 December 2029")
    papers = [(Purpose.IDENTITY, specimen(*words) if _is_cast(who) else specimen(size=(64, 40)))]
    if who.vetting != "applied":
        papers.append((Purpose.RESIDENCE, specimen(size=(64, 40))))
    return papers


def _declaration(who: Someone, me: Actor) -> Declaration:
    country = who.city.country
    return Declaration(
        by=me,
        identity=IdentityShown(IdentityPaper.PASSPORT, country, date(2029, 12, 31), _number(who)),
        work=Work(WorkBasis.CITIZEN),
        tax=Tax(country, OTHER_NUMBER, _number(who)),
        terms_sha256=agreement.CURRENT.sha256,
    )


def _shown_by(who: Someone) -> Sequence[RequirementKind]:
    kinds = [RequirementKind.IDENTITY, RequirementKind.RIGHT_TO_WORK, RequirementKind.TAX, RequirementKind.TERMS]
    return kinds if who.vetting == "applied" else [*kinds, RequirementKind.RESIDENCE]


def _week(who: Someone) -> list[Window]:
    """The days on which every third wants to work, the whole of each, in their own time zone."""
    return [Window(day, 0, 1440) for day in range(7) if (who.number + day) % 9]


def _decide(world: World, batch: Sequence[Someone], odi: Actor) -> None:
    """An operator looks at what everybody showed, and takes in or refuses, each with a reason."""
    ended = {state: [world.people[who.number] for who in batch if who.vetting == state] for state in VETTINGS}
    taken_in = sorted([*ended["vetted"], *ended["suspended"]])
    seen = [kind for kind in RequirementKind if kind not in MET_BY_SUBMITTING]
    ruling = dict.fromkeys(seen, Ruling(True, "Looked at; it is as it should be."))
    workforce.decide_about_people(dict.fromkeys(taken_in, ruling), by=odi)
    workforce.vet_people(dict.fromkeys(taken_in, "Every requirement is met."), by=odi)
    for person_id in ended["refused"]:
        workforce.refuse(person_id, "The photograph on the passport shows somebody else.", by=odi)
    for person_id in ended["suspended"]:
        workforce.suspend(person_id, "The payout account belongs to three people; we ask which of them works.", by=odi)


# --- contracts ------------------------------------------------------------------------------------------------------


def _contracts(world: World, say: Callable[[str, int, int], None]) -> None:
    vetted = [who for who in script.people() if who.vetting == "vetted"]
    signed = 0
    for crew, terms in script.world()["crews"].items():
        company = terms["company"]
        owner = world.owner(company)
        with transaction():
            template = contracts.write_template(
                world.companies[company], terms_of(crew), COMPANIES[company][3], by=owner
            ).id
        for batch in batches(who for who in vetted if who.city.crew == crew):
            with transaction():
                _sign(world, template, batch, owner)
            signed += len(batch)
            say("contracts", signed, len(vetted))


def _sign(world: World, template: UUID, batch: Sequence[Someone], owner: Actor) -> None:
    proposed = contracts.propose(template, [world.people[who.number] for who in batch], by=owner)
    newest = contract_queries.newest_versions([contract.id for contract in proposed])
    signings = [
        Signing(contract.id, _identity(who)[1], newest[contract.id].text_sha256, world.person(who.number))
        for who, contract in zip(batch, proposed, strict=True)
    ]
    contracts.sign_many(signings)


def terms_of(crew: str) -> dict[str, Any]:
    """The written terms of a crew: decent ones, with the third party in between named where there is one."""
    row = script.world()["crews"][crew]
    terms = decent_terms(date(2023, 4, 24), row["pay"], "USD")
    terms["governing_law"] = row["law"]
    terms["hazard"] = {
        "highest_class": row["highest_class"],
        "disclosure": terms["hazard"]["disclosure"] if row["highest_class"] == "H0" else DISCLOSURE,
    }
    if row["via_staffing"]:
        terms["via_third_party"] = True
        terms["intermediaries"] = [
            {
                "name": STAFFING,
                "country": "US",
                "role": "finds and answers contractors",
                "margin_percent": "10",
                "margin_paid_by": "company",
            }
        ]
    return terms


# --- gigs and shifts ------------------------------------------------------------------------------------------------


def _money(world: World) -> list[UUID]:
    """Deposits by whichever rail is set: what all gigs of a company may cost at most."""
    deposits = []
    for key, company_id in world.companies.items():
        with transaction():
            needed = total((_highest(name) for name in _gigs_of(key)), "USD")
            deposits.append(pay.deposit(company_id, needed + Money.of("2500.00", "USD"), by=world.owner(key)).id)
    return deposits


def _gigs_of(company: str) -> list[str]:
    return [name for name in script.gigs() if script.company_of_gig(name) == company]


def _highest(gig: str) -> Money:
    row = script.world()["gigs"][gig]
    margin = Money.of(row["margin"], "USD") if row["margin"] else None
    return highest_cost(
        Money.of(row["rate"], "USD"),
        script.planned_minutes(gig),
        hazard_class=HazardClass(row["hazard"]),
        fee_percent=FEE_PERCENT,
        margin=margin,
    )


def _gigs(world: World) -> None:
    for company in world.companies:
        for name in _gigs_of(company):
            with transaction():
                world.gigs[name] = _open(world, company, name).id


def terms_of_gig(world: World, company: str, name: str) -> Terms:
    """The terms of a gig of the script."""
    row = script.world()["gigs"][name]
    language, level = row["language"]
    return Terms(
        title=row["title"],
        description=f"{row['title']}, as the instructions say.",
        work_kind=WorkKind(row["kind"]),
        payment_model=PaymentModel.HOURLY,
        rate=Money.of(row["rate"], "USD"),
        planned_minutes=script.planned_minutes(name),
        hazard_class=HazardClass(row["hazard"]),
        hazard_categories=tuple(HazardCategory(category) for category in row["categories"]),
        criteria=Criteria(
            places=places_of(row["crew"]),
            skills=tuple(row["skills"]),
            languages=(LanguageNeed(language, Level(level)),),
            reason="The work and its instructions are in this language.",
        ),
        contact_id=world.members[company],
        data_use="The results train and test a model.",
        margin=Money.of(row["margin"], "USD") if row["margin"] else None,
        margin_party=STAFFING if row["margin"] else None,
    )


def places_of(crews: Sequence[str]) -> tuple[Where, ...]:
    found = {Where(city.country, city.subdivision) for city in script.cities() if city.crew in crews}
    return tuple(sorted(found, key=lambda where: (where.country, where.subdivision or "")))


def _open(world: World, company: str, name: str) -> Gig:
    owner, reader = world.owner(company), world.owner(f"{company}:reader")
    gig = gigs.draft(world.companies[company], terms_of_gig(world, company, name), by=owner)
    preparation.write_instructions(gig.id, INSTRUCTIONS, by=owner)
    preparation.verify_instructions(gig.id, 1, list(ChecklistItem), by=reader)
    places = places_of(script.world()["gigs"][name]["crew"])
    report = PilotReport(
        workers=max(5, len(places)),
        items=20 * len(places),
        places=places,
        item_seconds_p75=75,
        paid=Money.of("250.00", "USD"),
        feedback="Two examples contradicted each other.",
        fixes="The examples were rewritten.",
    )
    preparation.record_pilot(gig.id, report, by=owner)
    funding.fund(gig.id, gate.needed_funds(gig, gig.rate), by=owner)
    decision = gigs.publish(gig.id, by=owner)
    if not decision.passed:
        refused = [verdict for verdict in decision.verdicts if verdict["outcome"] == "fail"]
        raise RuntimeError(f"The gate refused {name}: {refused}")
    return gig


def _shifts(world: World) -> None:
    for batch in batches(script.shifts()):
        with transaction():
            for plan in batch:
                company = script.company_of_gig(plan.gig)
                shift = scheduling.schedule(
                    world.gigs[plan.gig],
                    plan.starts_at,
                    plan.ends_at,
                    plan.timezone,
                    plan.seats,
                    by=world.owner(company),
                )
                world.shifts.append(shift.id)

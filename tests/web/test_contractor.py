"""A contractor's pages, as forms that are filled in and links that are followed."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.accounts.models import Person
from marketplace.accounts.rules import CLOCK
from marketplace.contracts import queries as contracts
from marketplace.contracts.rules import ContractStatus
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.idempotency import StoredAnswer
from marketplace.matching import deciding
from marketplace.notices import service as notices
from marketplace.shifts import offers
from marketplace.shifts import queries as bookings
from marketplace.shifts.models import Booking, Offer
from marketplace.shifts.rules import BookingStatus, EntryKind, OfferStatus
from marketplace.standards.catalogue import RULES
from marketplace.workforce import agreement, availability, documents, queries, service
from marketplace.workforce.calendar import Quiet, Window, Wish
from marketplace.workforce.papers import Purpose
from marketplace.workforce.rules import ContractorStatus, Level, RequirementKind, RequirementStatus
from tests.factories import accounts, shifts, standards, workforce
from tests.factories import contracts as papers
from tests.factories import pay as made
from tests.factories.shifts import MONDAY, Scene
from tests.papers import bomb, pdf, png, zip_file
from tests.web.visitor import Page, Visitor


def person_of(contractor_id: UUID | None) -> Person:
    assert contractor_id is not None
    return people.person(contractor_id)


def contractor_pages(app: Flask) -> list[str]:
    """Every address that a contractor can open, with an id of nothing where one is needed."""
    return sorted(
        re.sub(r"<any\((\w+)[^>]*>", r"\1", re.sub(r"<uuid:\w+>", str(uuid4()), rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in ("contractor", "work") and "GET" in (rule.methods or ())
    )


# --- who may come in ------------------------------------------------------------------------------------------------


def test_strangers_sign_in_first_and_come_back(app: Flask, visitor: Visitor) -> None:
    pages = contractor_pages(app)
    assert len(pages) > 10
    for path in pages:
        answer = visitor.client.get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/sign-in?next="), path


def test_whoever_is_no_contractor_is_shown_how_to_become_one(app: Flask, visitor: Visitor) -> None:
    visitor.signed_in(accounts.person())
    for path in contractor_pages(app):
        assert visitor.look(path).address == "/me/apply", path


def test_what_is_not_there_is_not_found(app: Flask, visitor: Visitor) -> None:
    visitor.signed_in(person_of(workforce.contractor().id))
    with_ids = [path for path in contractor_pages(app) if len(path) > 40]
    assert len(with_ids) > 15
    for path in with_ids:
        assert visitor.look(path).status == 404, path


def test_what_is_another_persons_is_not_found_either(app: Flask, visitor: Visitor) -> None:
    """Not even for a member of the company, who sees the same things on the company's pages."""
    with transaction():
        booking = made.worked_and_approved()
    made.paid()
    approved = db.session.scalars(select(Event.subject_id).where(Event.name == "timesheet.approved")).one()
    contract = contracts.in_force(booking.company_id, booking.contractor_id, booking.ends_at)
    assert contract is not None
    paths = [
        f"/work/offers/{booking.offer_id}",
        f"/work/shifts/{booking.id}",
        f"/work/timesheets/{approved}",
        f"/work/pay/{made.payslip_of(booking.contractor_id).id}",
        f"/me/contracts/{contract.contract_id}",
    ]
    owner = accounts.owner_of(booking.company_id)
    workforce.contractor(person_of(owner.person_id))
    visitor.signed_in(person_of(owner.person_id))
    for path in paths:
        assert visitor.look(path).status == 404, path
    mine = Visitor(app.test_client()).signed_in(person_of(booking.contractor_id))
    for path in paths:
        assert mine.look(path).status == 200, path


# --- the application ------------------------------------------------------------------------------------------------


def applying(visitor: Visitor, **other: str) -> Page:
    fields: dict[str, str | list[str]] = {
        "country": "ID",
        "timezone": "Asia/Pontianak",
        "born_on": "1990-05-17",
        "payout_currency": "IDR",
        "skills": ["image-labelling", "text-labelling"],
        "languages__id": "C2",
    } | other
    return visitor.send("/me/apply", **fields)


def test_somebody_applies_and_sees_what_is_missing(visitor: Visitor) -> None:
    person = accounts.person()
    visitor.signed_in(person)
    page = applying(visitor)
    assert page.address == "/me/application", page.words
    assert "0 of 7 steps are done." in page.words
    me = accounts.actor_of(person)
    profile = queries.profile(person.id, me)
    assert profile.skills == ["image-labelling", "text-labelling"]
    assert profile.languages == {"id": Level.C2}
    assert profile.contractor.payout_currency == "IDR"


def test_a_refused_application_keeps_everything_that_was_typed(visitor: Visitor) -> None:
    visitor.signed_in(accounts.person())
    page = applying(visitor, timezone="Borneo/Pontianak", languages__id="B2")
    assert page.status == 422
    assert "is not known" in page.words
    form = page.form()
    assert form.values["country"] == ["ID"]
    assert form.values["timezone"] == ["Borneo/Pontianak"]
    assert form.values["born_on"] == ["1990-05-17"]
    assert form.values["skills"] == ["", "image-labelling", "text-labelling"]
    assert form.values["languages.id"] == ["B2"]
    assert visitor.hand_in(page, timezone="Asia/Pontianak").address == "/me/application"


def steps_of(person_id: UUID) -> dict[RequirementKind, RequirementStatus]:
    return {row.kind: row.status for row in queries.requirements(person_id, accounts.actor_of(person_id))}


def test_the_steps_of_an_application_are_done_one_after_the_other(visitor: Visitor) -> None:
    applied = workforce.applied()
    visitor.signed_in(person_of(applied.id))
    page = visitor.look("/me/application")
    assert "Next: Who you are" in page.words
    paper = {"identity__number": "X 123 4567", "identity__expires_on": "2031-05-01", "file": png()}
    page = visitor.hand_in(page, "/application/identity", **paper)
    assert "Next: Where you live" in page.words
    page = visitor.hand_in(page, "/application/residence", file=pdf(), note="The bill of May.")
    assert "You wrote: The bill of May." in page.words
    page = visitor.hand_in(page, "/application/right_to_work")
    page = visitor.hand_in(page, "/application/tax", tax__number_kind="ssn", tax__number="123-45-678")
    assert not [body for body in db.session.scalars(select(StoredAnswer.body)) if b"123-45" in body]
    page = visitor.hand_in(page, "/application/tax", tax__number_kind="ssn", tax__number="123-45-6789")
    page = visitor.hand_in(page, "/open-account")
    page = visitor.hand_in(page, "/application/terms", terms_sha256=agreement.CURRENT.sha256)
    assert "Everything is shown." in page.words
    assert "123456789" not in page.html.replace("-", "")
    states = steps_of(applied.id)
    assert {states.pop(RequirementKind.TERMS), states.pop(RequirementKind.TAX)} == {RequirementStatus.MET}
    assert set(states.values()) == {RequirementStatus.SUBMITTED}


def test_any_step_may_be_done_first_and_what_is_missing_is_said(visitor: Visitor) -> None:
    applied = workforce.applied()
    visitor.signed_in(person_of(applied.id))
    page = visitor.send("/me/application?step=residence", "/application/residence", note="I live here.")
    assert (page.status, "Something that belongs to this step is missing." in page.words) == (409, True)
    assert page.form("/application/residence").values["note"] == ["I live here."]
    for bad, told in ((zip_file(), "neither a PNG or JPEG picture nor a PDF"), (bomb(), "too large")):
        page = visitor.hand_in(page, "/application/residence", file=bad)
        assert (page.status >= 400, told in page.words) == (True, True)
    page = visitor.hand_in(page, "/application/residence", file=png())
    assert page.status == 200
    assert steps_of(applied.id)[RequirementKind.RESIDENCE] is RequirementStatus.SUBMITTED
    assert steps_of(applied.id)[RequirementKind.IDENTITY] is RequirementStatus.OPEN


def test_the_file_of_a_refused_form_need_not_be_chosen_again(visitor: Visitor) -> None:
    """A paper that has expired is refused, and its picture is kept: the form is mended without it."""
    applied = workforce.applied()
    visitor.signed_in(person_of(applied.id))
    page = visitor.send("/me/application?step=identity", "/application/identity")
    assert (page.status, "No file is kept." in page.words) == (422, True)
    given = {"identity.number": "X 1234567", "identity.country": "DE", "identity.kind": "passport"}
    page = visitor.hand_in(page, "/application/identity", file=png(), **given, **{"identity.expires_on": "2020-01-01"})
    assert (page.status, "Your file is kept" in page.words) == (422, True)
    page = visitor.hand_in(page, "/application/identity", **given, **{"identity.expires_on": "2039-01-01"})
    assert page.status == 200
    assert steps_of(applied.id)[RequirementKind.IDENTITY] is RequirementStatus.SUBMITTED
    assert len(documents.documents(applied.id, accounts.actor_of(applied.id))) == 1


def test_a_document_of_ones_own_is_read_taken_back_and_nobody_elses(app: Flask, visitor: Visitor) -> None:
    applied, other = workforce.applied(), workforce.applied()
    me = accounts.actor_of(applied.id)
    (kept,) = documents.hand_in([(Purpose.IDENTITY, png())], by=me)
    visitor.signed_in(person_of(applied.id))
    shown = visitor.client.get(f"/me/documents/{kept.id}")
    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert shown.headers["Content-Disposition"].startswith("attachment;")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Cache-Control"] == "no-store"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    stranger = Visitor(app.test_client()).signed_in(person_of(other.id))
    assert stranger.look(f"/me/documents/{kept.id}").status == 404
    assert "Erased" in visitor.send("/me/application", "/take-back").words
    assert visitor.look(f"/me/documents/{kept.id}").status == 410


def test_somebody_who_moved_says_and_shows_it(visitor: Visitor) -> None:
    ana = workforce.contractor()
    visitor.signed_in(person_of(ana.id))
    given = {"subdivision": "US-WA", "timezone": "America/Los_Angeles", "note": "Since May."}
    refused = visitor.send("/me/move", "/move", **given)
    assert refused.status == 409
    assert refused.form("/me/move").values["subdivision"] == ["US-WA"]
    page = visitor.hand_in(refused, "/me/move", file=png())
    assert "An operator looks at your move" in page.words
    assert "I have moved" in visitor.hand_in(page, "/withdraw").words


def test_a_refusal_is_read_with_its_reason_and_contested(visitor: Visitor) -> None:
    applied = workforce.applied()
    service.refuse(applied.id, "The document could not be read.", by=accounts.operator())
    visitor.signed_in(person_of(applied.id))
    assert "The document could not be read." in visitor.look("/me/application").words
    page = visitor.send("/me/application", "/contest", words="It was read in the call.")
    assert "It was read in the call." in page.words
    assert queries.contractor(applied.id, accounts.actor_of(applied.id)).status is ContractorStatus.APPLIED


# --- the record -----------------------------------------------------------------------------------------------------


@pytest.fixture
def ana(app: Flask) -> Person:
    return person_of(workforce.contractor().id)


def test_the_week_is_set_by_the_clock_on_the_wall(visitor: Visitor, ana: Person) -> None:
    me = accounts.actor_of(ana)
    availability.set_availability([Window(0, 540, 720)], by=me)
    visitor.signed_in(ana)
    page = visitor.look("/me/time")
    assert page.form("/time/week").values["from_0_0"] == ["09:00"]
    fields = {"from_0_1": "13:30", "to_0_1": "00:00", "from_5_0": "22:00", "to_5_0": "02:00", "wish_5_0": "undesired"}
    visitor.hand_in(page, "/time/week", **fields)
    night = Window(5, 1320, 120, Wish.UNDESIRED)
    assert queries.windows(ana.id) == [Window(0, 540, 720), Window(0, 810, 1440), night]
    assert visitor.look("/me/time").form("/time/week").values["to_0_1"] == ["00:00"]


def test_half_a_stretch_is_refused_and_kept(visitor: Visitor, ana: Person) -> None:
    visitor.signed_in(ana)
    page = visitor.send("/me/time", "/time/week", from_3_1="08:15")
    assert page.status == 422
    assert "Give both times, from and to, or none." in page.words
    assert page.form("/time/week").values["from_3_1"] == ["08:15"]


def test_a_week_is_painted_by_the_hour(visitor: Visitor, ana: Person) -> None:
    availability.set_availability([], by=accounts.actor_of(ana))
    visitor.signed_in(ana)
    nothing = visitor.send("/me/time", "/time/paint", wish="desired")
    assert nothing.status == 422
    assert "Mark the hours first." in nothing.words
    visitor.send("/me/time", "/time/paint", cells=["0-9", "0-10", "6-*"], wish="desired")
    page = visitor.send("/me/time", "/time/paint", cells=["*-10"], wish="unavailable")
    mornings = [Window(day, 600, 660, Wish.UNAVAILABLE) for day in range(6)]
    sunday = [Window(6, 0, 600), Window(6, 600, 660, Wish.UNAVAILABLE), Window(6, 660, 1440)]
    assert queries.windows(ana.id) == sorted([Window(0, 540, 600), *mornings, *sunday])
    assert "Tuesday 10:00, I cannot work" in page.words
    visitor.send("/me/time", "/time/paint", cells=["*-10"], wish="none")
    assert queries.windows(ana.id) == [Window(0, 540, 600), Window(6, 0, 600), Window(6, 660, 1440)]


def test_days_off_holidays_and_quiet_hours(visitor: Visitor, ana: Person) -> None:
    clock.move_to(datetime(2026, 12, 1, 18, tzinfo=UTC))
    visitor.signed_in(ana)
    week = {"first_day": "2026-12-07", "last_day": "2026-12-13", "wish": "unavailable", "note": "By the sea"}
    page = visitor.send("/me/time", "/time/days", **week)
    assert "By the sea" in page.words
    crossed = visitor.send(
        "/me/time", "/time/days", first_day="2026-12-09", wish="desired", begins="18:00", ends="20:00"
    )
    assert crossed.status == 422
    assert "Two things that you say about your time contradict each other." in crossed.words
    page = visitor.send("/me/time", "/time/holidays", year="2026", wish="unavailable")
    assert "Christmas Day" in page.words
    days = [str(each.first_day) for each in queries.exceptions(ana.id)]
    assert days == ["2026-12-07", "2026-12-24", "2026-12-25"]
    visitor.hand_in(page, f"{queries.exceptions(ana.id)[0].id}/remove")
    assert [str(each.first_day) for each in queries.exceptions(ana.id)] == days[1:]
    visitor.send("/me/time", "/time/quiet", begins="22:00", ends="06:30")
    assert queries.contractor(ana.id, accounts.actor_of(ana)).quiet == Quiet(1320, 390)
    visitor.send("/me/time", "/time/quiet", begins="", ends="")
    assert queries.contractor(ana.id, accounts.actor_of(ana)).quiet is None


def test_the_band_of_hours_is_set_or_refused(visitor: Visitor, ana: Person) -> None:
    visitor.signed_in(ana)
    refused = visitor.send("/me/record", "/record/band", min_hours=30, max_hours=20)
    assert refused.status == 422
    assert refused.form("/record/band").values["min_hours"] == ["30"]
    visitor.hand_in(refused, "/record/band", max_hours=40)
    mine = queries.contractor(ana.id, accounts.actor_of(ana))
    assert (mine.band_min_hours, mine.band_max_hours) == (30, 40)


def test_unticking_everything_means_none(visitor: Visitor, ana: Person) -> None:
    visitor.signed_in(ana)
    visitor.send("/me/record", "/record/description", skills="", languages__en="")
    profile = queries.profile(ana.id, accounts.actor_of(ana))
    assert profile.skills == []
    assert profile.languages == {}


def test_consent_to_distressing_work_is_given_and_taken_back(visitor: Visitor, ana: Person) -> None:
    visitor.signed_in(ana)
    page = visitor.look("/me/record")
    hate = next(form for form in page.forms if form.values.get("category") == ["hate"])
    visitor.client.post(hate.action, data=hate.values | {"up_to": ["H2"]})
    page = visitor.look("/me/record")
    assert "You opted in, up to:" in page.words
    visitor.hand_in(page, "/record/consents/revoke")
    assert "You opted in, up to:" not in visitor.look("/me/record").words


# --- contracts ------------------------------------------------------------------------------------------------------


def test_a_contract_is_read_and_signed_with_the_full_name(visitor: Visitor, ana: Person) -> None:
    contract = papers.proposed(contractor_id=ana.id)
    visitor.signed_in(ana)
    path = f"/me/contracts/{contract.id}"
    assert "FRAMEWORK CONTRACT" in visitor.look(path).words
    refused = visitor.send(path, "/sign", name="Somebody Else")
    assert refused.status == 422
    assert "You sign with your own name" in refused.words
    assert refused.form("/sign").values["name"] == ["Somebody Else"]
    signed = visitor.hand_in(refused, "/sign", name=ana.name)
    assert "Signed." in signed.words
    assert not signed.offers("/sign")
    assert contracts.contract(contract.id, accounts.actor_of(ana)).status is ContractStatus.IN_FORCE


def test_a_contract_is_declined_or_ended(visitor: Visitor, ana: Person) -> None:
    declined, ended = papers.proposed(contractor_id=ana.id), papers.proposed(contractor_id=ana.id)
    papers.signed(ended)
    visitor.signed_in(ana)
    visitor.send(f"/me/contracts/{declined.id}", "/decline")
    visitor.send(f"/me/contracts/{ended.id}", "/end")
    assert [row.status for row in (declined, ended)] == [ContractStatus.DECLINED, ContractStatus.ENDED]


# --- work -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def offer(scene: Scene) -> Offer:
    return shifts.offered(scene, shifts.shift(scene), shifts.contracted(scene))


def test_an_offer_shows_what_is_promised_before_the_yes(visitor: Visitor, scene: Scene, offer: Offer) -> None:
    visitor.signed_in(person_of(offer.contractor_id))
    assert "An offer waits for your answer" in visitor.look("/work").words
    page = visitor.look(f"/work/offers/{offer.id}")
    for said in (
        "$60.00 USD",
        "$67.40 USD",
        "America/Chicago",
        "neutral (H0)",
        "sick leave $2.00 USD (8 min)",
        "health contribution $2.40 USD",
        "The company asked you by hand.",
        "Declining has no effect on later offers.",
        "less than 24 hours before: paid 2 h",
    ):
        assert said in page.words, said
    taken = visitor.hand_in(page, "/accept")
    assert "Accepted." in taken.words
    assert "$67.40 USD" in taken.words
    assert db.session.get_one(Offer, offer.id).status is OfferStatus.ACCEPTED


def test_a_yes_that_is_collected_and_what_became_of_it(visitor: Visitor, scene: Scene) -> None:
    """Two are asked for one seat. The page says before the yes that nobody has to hurry, afterwards what decided."""
    shift = shifts.shift(scene, MONDAY + timedelta(days=1))
    asked = shifts.asked(scene, shift, [shifts.contracted(scene), shifts.contracted(scene, windows=[])])
    offers.say_yes(asked[0].id, by=people.actor_of(asked[0].contractor_id))
    visitor.signed_in(person_of(asked[1].contractor_id))
    assert "not who was first" in visitor.look(f"/work/offers/{asked[1].id}").words
    assert "Your yes is collected." in visitor.send(f"/work/offers/{asked[1].id}", "/accept").words
    assert "your yes is collected; decided by" in visitor.look("/work/offers").words
    deciding.decide_due()
    page = visitor.look(f"/work/offers/{asked[1].id}").words
    assert "The seats went to others" in page
    assert "2 people said yes for the open seats, of which there were 1" in page
    assert "You have 6200 points; the last seat went to 7700." in page


def test_an_offer_is_declined_without_effect(visitor: Visitor, offer: Offer) -> None:
    visitor.signed_in(person_of(offer.contractor_id))
    page = visitor.send(f"/work/offers/{offer.id}", "/decline")
    assert "It has no effect on later offers." in page.words
    assert db.session.get_one(Offer, offer.id).status is OfferStatus.DECLINED


def test_an_offer_that_is_gone_says_so_on_its_page(visitor: Visitor, scene: Scene, offer: Offer) -> None:
    visitor.signed_in(person_of(offer.contractor_id))
    page = visitor.look(f"/work/offers/{offer.id}")
    offers.withdraw(offer.id, by=scene.company)
    gone = visitor.hand_in(page, "/accept")
    assert gone.status == 409
    assert "This offer is not open any more." in gone.words
    assert "Look at the other shifts that are open to you." in gone.words


def test_a_matched_offer_says_why_by_parts(visitor: Visitor, scene: Scene) -> None:
    ana = shifts.contracted(scene)
    reason = {
        "score": 7000,
        "rank": 1,
        "weights_version": 1,
        "parts": [
            {"part": "availability", "points": 100, "weight": 30},
            {"part": "spread", "points": 50, "weight": 20},
        ],
    }
    shift = shifts.shift(scene)
    (made_offer,) = offers.offer(shift.id, [(ana.id, reason)], shift.starts_at, by=scene.company)
    page = visitor.signed_in(person_of(ana.id)).look(f"/work/offers/{made_offer.id}")
    assert "Your place by points: 1." in page.words
    assert "it lies in the hours you want 100 of 100, weight 30" in page.words


def test_the_day_of_a_shift_is_one_large_button_after_another(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    visitor.signed_in(person_of(booking.contractor_id))
    waiting = visitor.look("/work")
    assert "Your next shift" in waiting.words
    assert not waiting.offers("/clock-in")

    shifts.at(MONDAY)
    started = visitor.send("/work", "/clock-in")
    assert started.address == "/work"
    assert "Take your paid break" in started.words

    shifts.at(MONDAY + timedelta(hours=2))
    resting = press_paid_break(visitor, started)
    assert "You are on a break" in resting.words

    shifts.at(MONDAY + timedelta(hours=2, minutes=20))
    back = visitor.hand_in(resting, "/back-to-work")
    assert "Clock out" in back.words
    assert "Take your paid break" not in back.words

    shifts.at(MONDAY + timedelta(hours=4))
    done = visitor.send("/work", "/clock-out")
    assert "Nothing to do" in done.words
    kinds = [entry.kind for entry in loaded(booking).entries]
    assert kinds == [EntryKind.WORK, EntryKind.PAID_BREAK, EntryKind.WORK]


def press_paid_break(visitor: Visitor, page: Page) -> Page:
    """Presses the first of the buttons for a break, which is the large one."""
    form = next(form for form in page.forms if form.action.endswith("/break"))
    assert form.values["kind"] == ["paid_break"]
    visitor.client.post(form.action, data=form.values)
    return visitor.look("/work")


def loaded(booking: Booking) -> Booking:
    return bookings.booking(booking.id, seen_by=accounts.actor_of(booking.contractor_id))


def test_a_press_that_comes_twice_counts_once(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    visitor.signed_in(person_of(booking.contractor_id))
    shifts.at(MONDAY)
    page = visitor.look("/work")
    visitor.hand_in(page, "/clock-in")
    visitor.hand_in(page, "/clock-in")
    assert len(loaded(booking).entries) == 1


def test_a_press_too_early_is_explained_on_the_shifts_page(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    page = visitor.signed_in(person_of(booking.contractor_id)).send(f"/work/shifts/{booking.id}", "/clock-in")
    assert page.status == 409
    assert "The shift has not begun." in page.words
    assert "Clock in shortly before its start." in page.words
    assert (
        visitor.client.post(f"/work/shifts/{booking.id}/juggle", data=page.form("/clock-in").values).status_code == 404
    )


def test_a_seat_is_given_back_before_the_start(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    shifts.at(booking.starts_at - timedelta(hours=30))
    visitor.signed_in(person_of(booking.contractor_id))
    assert "/give-back" in visitor.look(f"/work/shifts/{booking.id}").html
    before = visitor.look(f"/work/shifts/{booking.id}/give-back").words
    assert "it counts 1 point until" in before
    assert "pays 1 h" in before, "both sides stand there before anybody decides"
    page = visitor.send(f"/work/shifts/{booking.id}/give-back", "/release")
    assert "given back" in page.words
    assert "1 point counts now." in visitor.look("/work/reliability").words
    assert db.session.get_one(Booking, booking.id).status is BookingStatus.RELEASED


def test_the_lists_show_what_was_worked(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.worked(scene)
    visitor.signed_in(person_of(booking.contractor_id))
    assert "worked" in visitor.look("/work/shifts").words
    assert "4 h paid time" in visitor.look("/work/timesheets").words
    assert "accepted" in visitor.look("/work/offers").words


def test_a_week_is_handed_in_early(visitor: Visitor, scene: Scene) -> None:
    ana = shifts.contracted(scene)
    shifts.booked(scene, ana, starts_at=MONDAY + timedelta(days=2))
    booking = shifts.worked(scene, ana)
    sheet = db.session.scalars(select(Event.subject_id).where(Event.name.startswith("timesheet"))).all()
    assert sheet == []
    visitor.signed_in(person_of(booking.contractor_id))
    link = re.search(r"/work/timesheets/[0-9a-f-]{36}", visitor.look("/work/timesheets").html)
    assert link is not None
    page = visitor.send(link[0], "/submit")
    assert "handed in" in page.words
    assert "work 4 h" in page.words


# --- pay ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def paid(scene: Scene) -> Booking:
    booking = made.worked_and_approved(scene)
    made.paid()
    return booking


def test_a_payslip_shows_each_line_with_its_rule_and_contract(visitor: Visitor, paid: Booking) -> None:
    visitor.signed_in(person_of(paid.contractor_id))
    slip = made.payslip_of(paid.contractor_id)
    assert "$60.00 USD" in visitor.look("/work/pay").words
    page = visitor.look(f"/work/pay/{slip.id}")
    for said in (
        "Wages $60.00 USD",
        "4 h × $15.00 USD an hour",
        "WAGES v1",
        f"SICK v{RULES['SICK'].version}",
        "HEALTH v1",
        "FEE v1",
        "8 min of leave",
        "4 % of the pay",
        "version 1",
        "independent contractor",
        "Sandbox: no money moves.",
    ):
        assert said in page.words, said


def test_a_payslip_in_another_currency_names_the_source_or_says_that_there_is_none(
    visitor: Visitor, paid: Booking
) -> None:
    visitor.signed_in(person_of(paid.contractor_id))
    slip = made.payslip_of(paid.contractor_id)
    assert slip.pay_date is not None
    none = visitor.look(f"/work/pay/{slip.id}?currency=KES")
    assert none.status == 200
    assert "No sourced rate" in none.words
    standards.rate("USD", "IDR", "14749.75", on=slip.pay_date, source="Bank Indonesia")
    page = visitor.look(f"/work/pay/{slip.id}?currency=IDR")
    assert "Rp 884,985" in page.words.replace("\xa0", " ")
    assert "Bank Indonesia" in page.words
    assert visitor.look(f"/work/pay/{slip.id}?currency=XXL").status == 200


def test_benefits_stand_as_balance_and_entries(visitor: Visitor, paid: Booking) -> None:
    page = visitor.signed_in(person_of(paid.contractor_id)).look("/work/benefits")
    assert page.status == 200
    assert "SICK" in page.words


# --- the inbox ------------------------------------------------------------------------------------------------------


def test_the_inbox_leads_to_what_it_tells_of(visitor: Visitor, offer: Offer) -> None:
    told = db.session.scalars(select(Event.id).where(Event.name == "offer.made")).all()
    notices.deliver(told, by=CLOCK)
    visitor.signed_in(person_of(offer.contractor_id))
    page = visitor.look("/inbox")
    assert "not read" in page.words
    assert f"/work/offers/{offer.id}" in page.html
    assert "not read" not in visitor.hand_in(page, "/inbox/read").words


def test_another_persons_notice_is_not_there(visitor: Visitor, offer: Offer) -> None:
    visitor.signed_in(accounts.person())
    page = visitor.look("/account")
    answer = visitor.client.post(f"/inbox/{uuid4()}/read", data=page.form().values)
    assert answer.status_code == 404

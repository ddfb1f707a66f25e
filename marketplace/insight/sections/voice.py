"""What they said and were told, and that it happened."""

from uuid import UUID

from sqlalchemy import func, or_, select

from marketplace.core.events import Event
from marketplace.core.idempotency import StoredAnswer
from marketplace.core.vault import SealedFile
from marketplace.disputes.models import Dispute, Statement
from marketplace.insight.models import Credit, Erasure, WorkRecord
from marketplace.insight.sections.section import EMPTIED, GONE, STAYS, Section, Told, own, table_of, through
from marketplace.notices.address_models import Phone, PushSubscription
from marketplace.notices.models import Delivery, Notice, NoticeSetting
from marketplace.standards.hiding_models import Hiding
from marketplace.standards.models import RegionComment
from marketplace.surveys.models import Survey, SurveyAnswer


def _survey_answers(person_id: UUID) -> Told:
    """What they said of gigs. Only their surveys know which answers are theirs."""
    theirs = select(Survey.answer_id).where(Survey.contractor_id == person_id, Survey.answer_id.is_not(None))
    return select(*table_of(SurveyAnswer.id).c).where(SurveyAnswer.id.in_(theirs)).order_by(SurveyAnswer.id)


def _about(person_id: UUID) -> list[str]:
    """How events name somebody."""
    return [f"person:{person_id}", f"contractor:{person_id}"]


def _events(person_id: UUID) -> Told:
    """What happened to them, or was done by them. Who else did it is not told: it is somebody's name."""
    mine = func.coalesce(Event.doer_id == person_id, False).label("by_you")
    told = or_(Event.doer_id == person_id, *(Event.about.contains([entry]) for entry in _about(person_id)))
    columns = (
        Event.id,
        Event.at,
        Event.name,
        mine,
        Event.doer_kind,
        Event.about,
        Event.data,
    )
    return select(*columns).where(told).order_by(Event.id)


def _stored_answers(person_id: UUID) -> Told:
    """That a request was answered. The answer itself is what the rest of the record tells."""
    told = (StoredAnswer.key, StoredAnswer.at, StoredAnswer.status)
    return select(*told).where(StoredAnswer.actor == f"person:{person_id}").order_by(StoredAnswer.at)


VOICE: tuple[Section, ...] = (
    own("disputes", "disputes", "Your disputes", STAYS, Dispute.contractor_id),
    through(
        "dispute_statements",
        "disputes",
        "What was said in them",
        EMPTIED,
        Statement.dispute_id,
        Dispute.contractor_id,
        empties=("words",),
    ),
    own("surveys", "surveys", "Whether you said how the work of a gig was", STAYS, Survey.contractor_id),
    Section(
        "survey_answers",
        "surveys",
        "What you said of it",
        EMPTIED,
        _survey_answers,
        frozenset(),
        table_of(SurveyAnswer.id),
        ("words",),
    ),
    own(
        "region_comments",
        "standards",
        "What you said of changes that lower a protection",
        EMPTIED,
        RegionComment.person_id,
        empties=("words",),
    ),
    own(
        "hidden_words",
        "standards",
        "Words of yours that were hidden, and why",
        EMPTIED,
        Hiding.author_id,
        empties=("reason", "contest", "answer", "lift_reason"),
    ),
    own("work_records", "insight", "Work records that were signed for you", STAYS, WorkRecord.contractor_id),
    own("credits", "insight", "Where you are named as somebody who worked there", GONE, Credit.contractor_id),
    own("erasure", "insight", "That you were erased", STAYS, Erasure.id),
    own("notices", "notices", "What you were told", GONE, Notice.person_id),
    # Named as in the first version of the format, when all of them were e-mails.
    own(
        "mails",
        "notices",
        "Messages to you, and whether they arrived",
        GONE,
        Delivery.person_id,
        without=("provider_id",),
    ),
    own(
        "phones",
        "notices",
        "Telephone numbers that you gave",
        GONE,
        Phone.person_id,
        without=("sealed", "fingerprint"),
    ),
    own(
        "push_subscriptions",
        "notices",
        "Browsers that show you notifications",
        GONE,
        PushSubscription.person_id,
        without=("sealed", "fingerprint"),
    ),
    own("notice_settings", "notices", "How you chose to be told", GONE, NoticeSetting.person_id),
    Section(
        "events",
        "core",
        "What happened, and what you did",
        STAYS,
        _events,
        frozenset({"event.doer_id", "event.subject_id", "event.about"}),
        table_of(Event.id),
    ),
    own("files", "core", "Files that you handed in, encrypted", GONE, SealedFile.owner_id, without=("sealed",)),
    Section(
        "answered_requests",
        "core",
        "Requests whose answer is remembered for 30 days",
        GONE,
        _stored_answers,
        frozenset({"stored_answer.actor"}),
        table_of(StoredAnswer.key),
    ),
)

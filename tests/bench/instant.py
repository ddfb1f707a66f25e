"""A seat that opens among a million contractors: how long until its best are found, read, judged and in order.

The people are made in the database by INSERT..SELECT: some forty kinds by the verbs themselves, then every kind copied
with all of its rows, those of the index too, which the comparison with the truth looks through for some thousands of
the copies. Seats are of five sorts: such as most can take, a rare skill, a high level of a language, distressing work
that few consented to, and an hour of the week at which hardly anybody can. Each search is one of `matching.searching`
and the plan that follows from it, and ends before an offer is made; nothing of a search is kept for the next one.

Also told: how large the index is on disk beside the tables that it follows from, how many people a second it is built
for, and what a verb takes with its triggers and without.

Run by `make bench` on a database of its own; BENCH_PEOPLE makes the crowd smaller.
"""

import os
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from flask import current_app
from sqlalchemy import Engine, create_engine, make_url, select, text

from marketplace.app import create_app
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.embedded import ADMIN_ROLE
from marketplace.core.ids import new_id
from marketplace.gigs.models import Gig
from marketplace.matching import indexing, searching
from marketplace.matching.engine import solve
from marketplace.matching.index_models import MatchPerson
from marketplace.matching.rules import PlanScope
from marketplace.shifts.models import Shift
from marketplace.shifts.rules import ShiftStatus
from marketplace.standards.hazard import HazardCategory, HazardClass
from marketplace.workforce import availability
from marketplace.workforce.calendar import Window, Wish
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import Level
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, WEDNESDAY, ZONE, Scene

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "1000000"))
SEARCHES = 40
"""Of each sort of seats."""
COMPARED = 2000
UPKEEP = 200
FEW = 200
"""People of a rare kind, whatever the size of the crowd."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SUNDAY_NIGHT = Window(6, 0, 360, Wish.UNAVAILABLE)
"""When hardly anybody can work."""
INDEX = ("match_person", "match_pair", "match_cell", "match_mark", "match_stale")
SOURCES = (
    "contractor", "contractor_skill", "contractor_language", "availability_window", "hazard_consent", "contract",
    "contract_version", "signature",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """People who are alike: `more` goes to their factory; `worked` hours were worked for the company."""

    more: Mapping[str, object]
    is_rare: bool = False
    consents: bool = False
    worked: int = 0


def kinds() -> list[Kind]:
    weeks = [
        [SUNDAY_NIGHT],
        [*(Window(day, 540, 1020) for day in range(5)), SUNDAY_NIGHT],
        [*(Window(day, 1020, 1320) for day in range(7)), SUNDAY_NIGHT],
        [*(Window(day, 0, 1440) for day in range(6)), Window(6, 360, 1440), SUNDAY_NIGHT],
        [*(Window(day, 1320, 360, Wish.UNAVAILABLE) for day in range(7))],
    ]
    bands, levels = [(0, 40), (5, 20), (20, 40)], [Level.B1, Level.C1]
    common = [
        Kind({"windows": week, "band": band, "languages": {"en": level}})
        for week in weeks for band in bands for level in levels
    ]  # fmt: skip
    return [
        *common,
        *(Kind({"windows": weeks[number], "band": (10, 30)}, worked=hours) for number in (0, 1) for hours in (2, 6)),
        Kind({"windows": weeks[1], "band": (10, 40)}, consents=True),
        Kind({"windows": weeks[1], "skills": ("image-labelling", "lidar")}, is_rare=True),
        Kind({"windows": weeks[3], "languages": {"en": Level.C2}}, is_rare=True),
        Kind({"windows": [*(Window(day, 0, 1440) for day in range(7))]}, is_rare=True),
        Kind({"windows": weeks[1]}, consents=True, is_rare=True),
    ]


# --- the crowd --------------------------------------------------------------------------------------------------------


def build(people: int) -> Scene:
    """The company and its crowd, in the index. It is Thursday."""
    found = kinds()
    with transaction():
        scene = make.scene(minutes=500_000, pilot=True)
        models = [_model(scene, kind, number) for number, kind in enumerate(found)]
        make.at(WEDNESDAY + 30 * HOUR)
    while True:
        with transaction():
            if not indexing.refresh_due():
                break
    common = sum(not kind.is_rare for kind in found)
    each = (people - FEW * (len(found) - common)) // common
    _copy({model: (FEW if kind.is_rare else each) - 1 for model, kind in zip(models, found, strict=True)})
    return scene


def _model(scene: Scene, kind: Kind, number: int) -> UUID:
    who = make.contracted(scene, **kind.more)  # type: ignore[arg-type]
    if kind.consents:
        make.consent(who, HazardCategory.VIOLENCE, HazardClass.H2)
    if kind.worked:
        make.worked(scene, who, starts_at=WEDNESDAY + timedelta(hours=6), hours=kind.worked)
        make.at(WEDNESDAY)
    return who.id


def _copy(counts: Mapping[UUID, int]) -> None:
    """Copies people with all that speaks of them. As the server's administrator, since no key need be looked up again
    and no trigger told of rows that come with those of the index."""
    words = "One text for all of them."
    changes: dict[str, tuple[str, dict[str, str]]] = {
        "person": ("id", {"id": _who(), "email": "'p' || row.id || n || '@bench.test'",
                          "fs_uniquifier": "'u' || row.id || n"}),
        "contractor": ("id", {"id": _who()}),
        **{table: ("contractor_id", {"contractor_id": _who()}) for table in (
            "contractor_skill", "contractor_language", "availability_window")},
        "hazard_consent": ("contractor_id", {"id": _new("row.id"), "contractor_id": _who()}),
        "contract": ("contractor_id", {"id": _new("row.id"), "contractor_id": _who()}),
        "contract_version": ("contractor_id", {
            "id": _new("row.id"), "contractor_id": _who(), "contract_id": _new("row.contract_id"), "text": f"'{words}'",
            "text_sha256": f"encode(sha256('{words}'), 'hex')"}),
        "signature": ("person_id", {
            "id": _new("row.id"), "person_id": _who(), "version_id": _new("row.version_id"),
            "signed_sha256": f"encode(sha256('{words}'), 'hex')"}),
        "offer": ("contractor_id", {"id": _new("row.id"), "contractor_id": _who()}),
        "booking": ("contractor_id", {
            "id": _new("row.id"), "contractor_id": _who(), "offer_id": _new("row.offer_id"),
            "contract_version_id": _new("row.contract_version_id")}),
        "match_person": ("contractor_id", {"contractor_id": _who()}),
        "match_pair": ("contractor_id", {
            "contractor_id": _who(),
            "place": f"get_byte(sha256(uuid_send({_who()})), 0) * 256 + get_byte(sha256(uuid_send({_who()})), 1)"}),
    }  # fmt: skip
    with _administrator().begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("CREATE TEMPORARY TABLE model (id uuid, copies int) ON COMMIT DROP"))
        rows = [{"id": known, "copies": count} for known, count in counts.items()]
        connection.execute(text("INSERT INTO model VALUES (:id, :copies)"), rows)
        # The index of marks is made sooner at once than row by row.
        marks = connection.execute(text("SELECT pg_get_indexdef('ix_match_person_marks'::regclass)")).scalar_one()
        connection.execute(text("DROP INDEX ix_match_person_marks"))
        for table, (key, new) in changes.items():
            names = connection.execute(
                text("SELECT attname FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attnum > 0"
                     " AND NOT attisdropped AND attgenerated = ''"), {"table": table}
            ).scalars().all()  # fmt: skip
            values = ", ".join(new.get(name, f"row.{name}") for name in names)
            kept = "row.version_id IS NOT NULL" if table == "signature" else "true"
            connection.execute(text(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} row"
                f" JOIN model ON model.id = row.{key}, generate_series(1, model.copies) n WHERE {kept}"
            ))  # fmt: skip
        connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        connection.execute(text(marks))
        connection.execute(text(
            "UPDATE match_cell SET people = (SELECT count(*) FROM match_pair WHERE cell_id = match_cell.id)"
        ))  # fmt: skip
        connection.execute(text(
            "UPDATE match_mark SET people = real.people FROM (SELECT mark, count(*) AS people FROM match_person,"
            " unnest(marks) mark GROUP BY mark) real WHERE real.mark = match_mark.mark"
        ))  # fmt: skip
    with _administrator().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _new(column: str) -> str:
    return f"CAST(md5({column}::text || n) AS uuid)"


def _who() -> str:
    return _new("model.id")


def _administrator() -> Engine:
    return create_engine(make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).set(username=ADMIN_ROLE))


# --- the searches -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sort:
    """A sort of seats: what of the gig is other, and when its shifts begin after Monday morning in Kansas."""

    name: str
    gig: Mapping[str, object]
    starts: Sequence[timedelta]


SORTS = (
    Sort("most can", {}, [day * DAY + hour * HOUR for day in range(5) for hour in (0, 1, 2, 3)]),
    Sort("an evening", {}, [day * DAY + 9 * HOUR for day in range(7)]),
    Sort("a rare skill", {"skills": ["image-labelling", "lidar"]}, [day * DAY for day in range(5)]),
    Sort("a high level", {"languages": [{"language": "en", "level": "C1"}]}, [day * DAY for day in range(5)]),
    Sort(
        "distressing",
        {"hazard_class": HazardClass.H2, "hazard_categories": ["violence"]},
        [day * DAY for day in range(5)],
    ),
    Sort("hardly anybody", {}, [week * 7 * DAY - 33 * HOUR for week in (1, 2)]),
)


def search(gig: Gig, starts_at: datetime, seats: int) -> int:
    """Finds the best for the seats of a shift that opens now; returns how many were looked at."""
    shift = Shift(
        id=new_id(), gig_id=gig.id, company_id=gig.company_id, starts_at=starts_at, ends_at=starts_at + 4 * HOUR,
        timezone=ZONE, seats=seats, seats_taken=0, is_training=False, status=ShiftStatus.SCHEDULED,
        planned_at=clock.now(),
    )  # fmt: skip
    instance = searching.read([(shift, gig)], PlanScope.SHIFT)
    (planned,) = solve(instance)
    assert planned.unfilled == 0, planned.refused
    return len(instance.members)


def searches(scene: Scene) -> None:
    """By the clock, and by what both processes work for it, the application's and the database's: on a machine that
    others use, the clock tells of them."""
    print(
        f"{f'a seat opens, among {PEOPLE:,} people':44} {'p50':>8} {'p99':>8} {'CPU p50':>8} {'CPU p99':>8} {'seen':>6}"
    )
    everything: list[Spent] = []
    for sort in SORTS:
        found = [_one(scene, sort, number) for number in range(SEARCHES + 2)][2:]
        everything += found
        print(_line(sort.name, found), flush=True)
    print(_line("all of them", everything), flush=True)


@dataclass(frozen=True)
class Spent:
    """What one search took, in seconds, and how many people were looked at."""

    clock: float
    work: float
    looked_at: int


def _one(scene: Scene, sort: Sort, number: int) -> Spent:
    with transaction():
        gig = db.session.get_one(Gig, scene.gig.id)
        db.session.expunge(gig)
        for name, value in sort.gig.items():
            setattr(gig, name, value)
        server = Path(f"/proc/{db.session.execute(text('SELECT pg_backend_pid()')).scalar_one()}/schedstat")
        spent, start = time.process_time() + _worked(server), time.perf_counter()
        looked_at = search(gig, MONDAY + sort.starts[number % len(sort.starts)], 1 + number % 4)
        return Spent(time.perf_counter() - start, time.process_time() + _worked(server) - spent, looked_at)


def _worked(process: Path) -> float:
    """The seconds for which a process has been on a processor, as Linux tells them; none elsewhere."""
    return int(process.read_text().split()[0]) / 1e9 if process.exists() else 0.0


def _line(name: str, spent: Sequence[Spent]) -> str:
    by_clock, by_work = [each.clock for each in spent], [each.work for each in spent]
    times = [each for seconds in (by_clock, by_work) for each in (statistics.median(seconds), _last(seconds))]
    told = " ".join(f"{1000 * each:>5.0f} ms" for each in times)
    return f"  {name:42} {told} {statistics.median(each.looked_at for each in spent):>6.0f}"


def _last(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[98]


# --- what the index takes ---------------------------------------------------------------------------------------------


def size() -> None:
    total = text("SELECT sum(pg_total_relation_size(CAST(name AS regclass))) FROM unnest(CAST(:names AS text[])) name")
    with transaction():
        index, sources = (int(db.session.execute(total, {"names": list(n)}).scalar_one()) for n in (INDEX, SOURCES))
        for name in INDEX:
            own = int(db.session.execute(total, {"names": [name]}).scalar_one())
            print(f"  {name:42} {own / 2**20:>8.1f} MB")
    print(f"the index on disk {index / 2**20:,.0f} MB, beside {sources / 2**20:,.0f} MB: {index / sources:.2f}")


def building() -> None:
    start = time.perf_counter()
    with transaction():
        last, wrong = indexing.compare(None, COMPARED)
    assert (wrong, last is None) == ([], False), wrong
    spent = time.perf_counter() - start
    print(f"compared and built anew: {COMPARED / spent:,.0f} people/s; the copies are as the truth has them")


def upkeep(scene: Scene) -> None:
    """A verb that changes a week of availability, turn and turn about with its triggers and without."""
    with transaction():
        ids = db.session.scalars(select(MatchPerson.contractor_id).order_by(MatchPerson.contractor_id).limit(1)).all()
        me = accounts.actor_of(db.session.get_one(Contractor, ids[0]).id)
    seconds: dict[bool, list[float]] = {True: [], False: []}
    administrator = _administrator()
    for number in range(UPKEEP):
        told = bool(number % 2)
        with administrator.begin() as connection:
            for table in ("availability_window",):
                connection.execute(text(f"ALTER TABLE {table} {'ENABLE' if told else 'DISABLE'} TRIGGER USER"))
        start = time.perf_counter()
        with transaction():
            availability.set_availability([Window(day, 540 + number, 1020) for day in range(5)], by=me)
        seconds[told].append(time.perf_counter() - start)
    with_them, without = (statistics.median(seconds[told]) for told in (True, False))
    print(
        f"a week of availability: {1000 * with_them:.1f} ms with the triggers, {1000 * without:.1f} ms without: "
        f"{with_them / without:.2f}"
    )


def main() -> None:
    app = create_app()
    with app.app_context():
        start = time.perf_counter()
        scene = build(PEOPLE)
        print(f"{PEOPLE:,} people in {time.perf_counter() - start:.0f} s")
        searches(scene)
        size()
        building()
        upkeep(scene)


if __name__ == "__main__":
    main()

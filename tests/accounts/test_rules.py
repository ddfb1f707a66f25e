"""The role matrix as data, and the small laws of accounts."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.rules import (
    CLOCK,
    COMPANY_RIGHTS,
    COMPANY_TRANSITIONS,
    Actor,
    BadAddress,
    CompanyRole,
    CompanyStatus,
    EmailNotConfirmed,
    LastOwner,
    OperatorRole,
    ReasonMissing,
    Right,
    ScopeOutOfReach,
    WeakPassword,
    address,
    check_owner_stays,
    check_password,
    check_scopes,
    key_rights,
    reason_given,
    require_company,
    require_confirmed,
    require_operator,
    require_person,
)
from marketplace.core.problems import Forbidden, NotFound, Unauthenticated

MATRIX = """
           read  gigs  timesheets  money  members
owner      yes   yes   yes         yes    yes
manager    yes   yes   yes         no     no
finance    yes   no    yes         yes    no
viewer     yes   no    no          no     no
"""
"""What each role may do, as the documentation says it."""


def cells() -> list[tuple[CompanyRole, Right, bool]]:
    head, *lines = MATRIX.strip().splitlines()
    rows = (line.split() for line in lines)
    return [
        (CompanyRole(role), Right(right), answer == "yes")
        for role, *answers in rows
        for right, answer in zip(head.split(), answers, strict=True)
    ]


@pytest.mark.parametrize(("role", "right", "allowed"), cells())
def test_the_matrix_of_roles(role: CompanyRole, right: Right, allowed: bool) -> None:
    company = uuid4()
    by = Actor(uuid4(), companies={company: COMPANY_RIGHTS[role]})
    assert by.may(right, company) is allowed
    if allowed:
        require_company(by, company, right)
    else:
        with pytest.raises(Forbidden):
            require_company(by, company, right)
    with pytest.raises(NotFound):
        require_company(by, uuid4(), right)


def test_the_matrix_is_complete() -> None:
    assert {(role, right) for role, right, _ in cells()} == {(role, right) for role in CompanyRole for right in Right}


@pytest.mark.parametrize("held", OperatorRole)
@pytest.mark.parametrize("needed", OperatorRole)
def test_an_admin_is_every_operator_and_nobody_else_is_another(held: OperatorRole, needed: OperatorRole) -> None:
    by = Actor(uuid4(), operator=frozenset({held}))
    if held in (needed, OperatorRole.ADMIN):
        require_operator(by, needed)
    else:
        with pytest.raises(Forbidden):
            require_operator(by, needed)


def test_whoever_is_no_operator_is_told_that_there_is_nothing() -> None:
    with pytest.raises(NotFound):
        require_operator(Actor(uuid4()))


def test_a_company_key_is_nobody_in_person() -> None:
    maker = uuid4()
    assert require_person(Actor(maker)) == maker
    with pytest.raises(Forbidden):
        require_person(Actor(maker, "key"))
    with pytest.raises(Unauthenticated):
        require_person(CLOCK)


@given(st.sampled_from(CompanyRole), st.frozensets(st.sampled_from(Right), min_size=1))
def test_a_key_can_never_do_more_than_its_maker_nor_than_its_scopes(
    maker: CompanyRole, scopes: frozenset[Right]
) -> None:
    assert key_rights(scopes, maker) == scopes & COMPANY_RIGHTS[maker]


@given(st.frozensets(st.sampled_from(Right)), st.frozensets(st.sampled_from(Right)))
def test_scopes_are_some_and_none_beyond_what_is_held(scopes: frozenset[Right], held: frozenset[Right]) -> None:
    if scopes and scopes <= held:
        check_scopes(scopes, held)
    else:
        with pytest.raises(ScopeOutOfReach):
            check_scopes(scopes, held)


@given(st.lists(st.sampled_from(CompanyRole), min_size=1, max_size=5))
def test_somebody_may_leave_as_long_as_another_owner_stays(roles: list[CompanyRole]) -> None:
    members = {uuid4(): role for role in roles}
    leaving, *others = members
    if any(members[person] is CompanyRole.OWNER for person in others):
        check_owner_stays(members, leaving)
    else:
        with pytest.raises(LastOwner):
            check_owner_stays(members, leaving)


def test_a_company_is_verified_once_or_after_a_suspension() -> None:
    assert {old for old, following in COMPANY_TRANSITIONS.items() if CompanyStatus.VERIFIED in following} == {
        CompanyStatus.APPLIED,
        CompanyStatus.SUSPENDED,
    }
    assert set(COMPANY_TRANSITIONS) == set(CompanyStatus)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ana@Example.COM", "ana@example.com"),
        (" ana@example.com ", "ana@example.com"),
        ("a+b@example.org", "a+b@example.org"),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert address(typed) == kept


@pytest.mark.parametrize("typed", ["", "ana", "ana@", "ana@localhost", "a b@example.com"])
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(BadAddress):
        address(typed)


@pytest.mark.parametrize(("length", "good"), [(9, False), (10, True), (200, True), (201, False)])
def test_a_password_is_long_and_not_too_long(length: int, good: bool) -> None:
    if good:
        check_password("x" * length)
    else:
        with pytest.raises(WeakPassword):
            check_password("x" * length)


def test_a_reason_has_words() -> None:
    assert reason_given(" seen its papers ") == "seen its papers"
    with pytest.raises(ReasonMissing):
        reason_given("  ")


def test_an_address_is_confirmed_first() -> None:
    require_confirmed(datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(EmailNotConfirmed):
        require_confirmed(None)

"""Pages for people: public, contractor, company, operator. Each page calls the same verbs as the API."""

from flask import Blueprint, Flask

from marketplace.web import (
    availability,
    care,
    company,
    company_benefits,
    company_blocks,
    company_contracts,
    company_gigs,
    company_identity,
    company_invitations,
    company_money,
    company_naming,
    company_people,
    company_preparation,
    company_shifts,
    company_timesheets,
    contractor,
    disputes,
    hazards,
    operator,
    operator_benefits,
    operator_house,
    operator_invitations,
    operator_issuer,
    operator_pay,
    operator_people,
    operator_places,
    operator_plans,
    operator_proposals,
    operator_standing,
    public,
    public_adopters,
    public_standards,
    reasons,
    record,
    site,
    standing,
    work,
    work_record,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    public.blueprint,
    work.blueprint,
    contractor.blueprint,
    company.blueprint,
    operator.blueprint,
)
"""Every role's pages. Whoever has several roles is at home in the first of these that is theirs."""

BESIDE = (
    availability,
    care,
    company_benefits,
    company_blocks,
    company_contracts,
    company_gigs,
    company_identity,
    company_invitations,
    company_money,
    company_naming,
    company_people,
    company_preparation,
    company_shifts,
    company_timesheets,
    disputes,
    hazards,
    operator_benefits,
    operator_house,
    operator_invitations,
    operator_issuer,
    operator_pay,
    operator_people,
    operator_places,
    operator_plans,
    operator_proposals,
    operator_standing,
    public_standards,
    public_adopters,
    reasons,
    record,
    standing,
    work_record,
)
"""Modules whose pages belong to the blueprint of another: importing them puts the pages there."""


def register(app: Flask) -> None:
    site.register(app, BLUEPRINTS)

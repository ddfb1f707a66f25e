"""A company's gigs: written, judged by the gate, funded, opened, paused, closed."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor
from marketplace.core.http import page
from marketplace.core.money import AmountText, Money
from marketplace.core.problems import NotFound
from marketplace.gigs import funding, gate, queries, service
from marketplace.gigs.models import Gig, PublishDecision
from marketplace.gigs.queries import Funds
from marketplace.gigs.rules import GigStatus
from marketplace.gigs.schemas import FundSchema, NewRateSchema
from marketplace.web import choices, words
from marketplace.web import company_pictures as pictures
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.forms import Form
from marketplace.web.gig_form import GigForm, money_values, values_of

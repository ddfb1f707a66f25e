"""create_app(): extensions and blueprints, nothing else."""

from collections.abc import Mapping
from typing import Any

from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from marketplace import api, cli, web
from marketplace.accounts import auth
from marketplace.accounts import models as accounts_models
from marketplace.accounts import paper_models as company_paper_models
from marketplace.contracts import crew_models
from marketplace.contracts import models as contracts_models
from marketplace.core import http, language, outage, telemetry, vault
from marketplace.core.db import Base, db
from marketplace.core.http import SetaraFlask
from marketplace.disputes import models as disputes_models
from marketplace.gigs import models as gigs_models
from marketplace.insight import models as insight_models
from marketplace.ledger import models as ledger_models
from marketplace.matching import models as matching_models
from marketplace.messages import channel_models
from marketplace.messages import models as messages_models
from marketplace.notices import address_models
from marketplace.notices import models as notices_models
from marketplace.pay import models as pay_models
from marketplace.pay.bank import models as bank_models
from marketplace.pay.by_hand import models as manual_models
from marketplace.pay.invoices import models as invoice_models
from marketplace.pay.methods import models as method_models
from marketplace.pay.rails import models as rail_models
from marketplace.pay.rails import pause_models
from marketplace.pay.seals import models as seal_models
from marketplace.pay.taxes import models as tax_models
from marketplace.pay.taxes import year_models as tax_year_models
from marketplace.qualifications import models as qualifications_models
from marketplace.shifts import (
    correction_models,
    feed_models,
    guarantee_models,
    handover_models,
    hazard_models,
    leading_models,
    series_models,
    tap_models,
    timesheet_models,
)
from marketplace.shifts import models as shifts_models
from marketplace.standards import hiding_models
from marketplace.standards import models as standards_models
from marketplace.surveys import models as surveys_models
from marketplace.web import site
from marketplace.workforce import models as workforce_models
from marketplace.workforce import paper_models, screening_models, standing_models

TABLES = (
    Base,
    accounts_models,
    company_paper_models,
    ledger_models,
    standards_models,
    hiding_models,
    workforce_models,
    standing_models,
    qualifications_models,
    paper_models,
    screening_models,
    contracts_models,
    crew_models,
    gigs_models,
    messages_models,
    channel_models,
    shifts_models,
    timesheet_models,
    handover_models,
    guarantee_models,
    series_models,
    feed_models,
    hazard_models,
    correction_models,
    leading_models,
    tap_models,
    matching_models,
    pay_models,
    rail_models,
    tax_models,
    tax_year_models,
    invoice_models,
    bank_models,
    method_models,
    manual_models,
    pause_models,
    seal_models,
    disputes_models,
    surveys_models,
    notices_models,
    address_models,
    insight_models,
)
"""Every room's tables are known to the metadata once its models are imported; the migrations are compared with them."""


def create_app(settings: Mapping[str, Any] | None = None) -> SetaraFlask:
    """The whole application. `settings` are laid over the environment's: tests use this, and nobody else."""
    app = SetaraFlask("marketplace", template_folder="web/templates", static_folder="web/static")
    app.config.from_mapping(config.load() if settings is None else settings)
    if app.config["PROXIES"]:
        count = app.config["PROXIES"]
        # As Flask's own pages say to do it; its types take the attribute for a method.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    db.init_app(app)
    Migrate(app, db, compare_type=True)
    http.init_app(app)
    outage.init_app(app)
    telemetry.init_app(app)
    vault.init_app(app)
    auth.init_app(app)
    language.init_app(app, site.language)
    api.register(app)
    web.register(app)
    cli.register(app)
    return app

"""Every setting is read once; production refuses what is unsafe, with one sentence that says what to set."""

import pytest

import config

VAULT_KEY = "c2V0YXJhLXRlc3Qta2V5LW9mLTMyLWJ5dGVzLWxvbmc="
SAFE = {
    "SETARA_ENV": "production",
    "DATABASE_URL": "postgresql://setara_app@db/setara",
    "SECRET_KEY": "k" * 32,
    "SECURITY_PASSWORD_SALT": "s" * 16,
    "SETARA_VAULT_KEYS": f"2026:{VAULT_KEY}",
    "SETARA_BASE_URL": "https://setara.example",
    "SETARA_ALLOW_SANDBOX": "1",
    "MAIL_SERVER": "mail.example:25",
}


def test_production_starts_with_safe_settings() -> None:
    read = config.load(SAFE)
    assert read["CLOCK_MOVABLE"] is False
    assert read["SESSION_COOKIE_SECURE"] is True
    assert read["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://setara_app@db/setara"


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("SECRET_KEY", config.DEVELOPMENT_SECRET, "SECRET_KEY"),
        ("SECURITY_PASSWORD_SALT", "short", "SECURITY_PASSWORD_SALT"),
        ("SETARA_VAULT_KEYS", "", "Production needs SETARA_VAULT_KEYS"),
        ("SETARA_VAULT_KEYS", "2026:c2hvcnQ=", "32 random bytes"),
        ("SETARA_VAULT_KEYS", f"a:{VAULT_KEY},a:{VAULT_KEY}", "32 random bytes"),
        ("SETARA_BASE_URL", "http://setara.example", "https://"),
        ("SETARA_ALLOW_SANDBOX", "0", "SETARA_ALLOW_SANDBOX"),
        ("DATABASE_OWNER_URL", SAFE["DATABASE_URL"], "must not own its tables"),
        ("MAIL_SERVER", "", "MAIL_SERVER"),
        ("GATEWAY_URL", "http://gateway.example", "https://"),
        ("GATEWAY_URL", "https://gateway.example", "GATEWAY_TOKEN"),
        ("GATEWAY_WAYS", "pigeons", "GATEWAY_WAYS"),
        ("VAPID_PRIVATE_KEY", "c2hvcnQ=", "VAPID_PRIVATE_KEY"),
        ("VAPID_PRIVATE_KEY", VAULT_KEY, "VAPID_SUBJECT"),
        ("SETARA_DEMO", "1", "SETARA_DEMO"),
        ("SETARA_DEMO", "maybe", "must be 1 or 0"),
        ("SETARA_ENV", "prodction", "must be one of"),
        ("SETARA_RAIL", "cash", "SETARA_RAIL"),
        ("SETARA_RAIL", "stripe", "STRIPE_SECRET_KEY"),
        ("STRIPE_SECRET_KEY", "pk_live_public", "STRIPE_SECRET_KEY"),
        ("STRIPE_SECRET_KEY", "sk_live_key", "STRIPE_WEBHOOK_SECRET"),
        ("DATABASE_URL", "sqlite:///x", "PostgreSQL"),
        ("DATABASE_URL", "", "DATABASE_URL is not set"),
        ("DATABASE_POOL", "many", "DATABASE_POOL"),
        ("SETARA_PROXIES", "-1", "SETARA_PROXIES"),
    ],
)
def test_an_unsafe_setting_is_refused_with_its_name(name: str, value: str, word: str) -> None:
    with pytest.raises(config.UnsafeSetting, match=word):
        config.load(SAFE | {name: value})


STRIPE = {
    "SETARA_RAIL": "stripe",
    "STRIPE_SECRET_KEY": "sk_live_key",
    "STRIPE_COUNTRY": "US",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
    "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_2",
}


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"STRIPE_COUNTRY": ""}, "STRIPE_COUNTRY"),
        ({"STRIPE_CONNECT_WEBHOOK_SECRET": ""}, "STRIPE_CONNECT_WEBHOOK_SECRET"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:9"}, "STRIPE_API_BASE"),
        ({"STRIPE_SECRET_KEY": "sk_test_key", "STRIPE_API_BASE": "http://127.0.0.1:9"}, "STRIPE_API_BASE"),
        ({"STRIPE_FILES_BASE": "http://127.0.0.1:9"}, "STRIPE_FILES_BASE"),
        ({"STRIPE_SECRET_KEY": "sk_test_key", "SETARA_ALLOW_SANDBOX": "0"}, "moves no money"),
        ({"SETARA_ENV": "development"}, "SETARA_ALLOW_LIVE"),
        ({"SETARA_ENV": "development", "SETARA_ALLOW_LIVE": "1", "STRIPE_API_BASE": "http://h"}, "STRIPE_API_BASE"),
    ],
)
def test_keys_and_places_that_do_not_belong_together(more: dict[str, str], word: str) -> None:
    with pytest.raises(config.UnsafeSetting, match=word):
        config.load(SAFE | STRIPE | more)


def test_a_test_key_is_a_rail_of_its_own() -> None:
    assert config.load(SAFE | STRIPE)["RAIL"] == "stripe"
    assert config.load(SAFE | STRIPE | {"STRIPE_SECRET_KEY": "rk_test_key"})["RAIL"] == "stripe_test"


@pytest.mark.parametrize("given", ["postgres://h/d", "postgresql://h/d", "postgresql+psycopg://h/d"])
def test_the_usual_spellings_of_an_address(given: str) -> None:
    assert config.sqlalchemy_url(given) == "postgresql+psycopg://h/d"


def test_development_needs_nothing_but_a_database() -> None:
    read = config.load({"DATABASE_URL": "postgresql://localhost/setara"})
    assert read["ENVIRONMENT"] == "development"
    assert read["CLOCK_MOVABLE"] is True

"""Every setting is read once; production refuses what is unsafe, with one sentence that says what to set."""

import gc
import re
import runpy
import sys
from pathlib import Path

import pytest

import config
from marketplace.cli import asks_for_help

ROOT = Path(config.__file__).parent
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
    assert (read["BANK_ACCOUNTS"], read["PAYER_ACCOUNT"]) == ((), "NOTPROVIDED")
    own = config.load(SAFE | {"SETARA_PAYER_ACCOUNT": "DE1", "SETARA_BANK_ACCOUNTS": "DE2, ,DE3"})
    assert own["BANK_ACCOUNTS"] == ("DE1", "DE2", "DE3")
    assert config.load(SAFE | {"SETARA_BANK_ACCOUNTS": "DE2"})["BANK_ACCOUNTS"] == ("DE2",)
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


@pytest.mark.parametrize("words", [[], ["people"], ["people", "make-operator", "--help"]])
def test_what_there_is_to_type_is_told_without_any_setting(words: list[str]) -> None:
    assert asks_for_help(["flask", "--app", "wsgi", *words])


def test_whoever_types_a_command_needs_the_settings() -> None:
    assert not asks_for_help(["flask", "--app", "wsgi", "people", "make-operator", "you@example.org", "admin"])
    assert not asks_for_help(["gunicorn", "-k", "gthread", "wsgi:app"])


def test_help_of_flask_needs_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(sys, "argv", ["flask", "--app", "wsgi", "--help"])
    monkeypatch.setattr(gc, "freeze", lambda: None)
    app = runpy.run_path(str(ROOT / "wsgi.py"))["app"]
    told = app.test_cli_runner().invoke(args=["--help"]).output
    assert all(re.search(f"^  {group} ", told, re.MULTILINE) for group in ("books", "db", "people"))


def test_every_setting_is_told_where_people_look_for_it() -> None:
    """README sends readers to .env.example; what the code asks the environment for stands there, and nothing else."""
    named = r"""(?:env(?:iron)?(?:\.get\(|\[)|_(?:flag|count)\(env, )"([A-Z_]{4,})\""""
    sources = [ROOT / "config.py", ROOT / "wsgi.py", *(ROOT / "marketplace").rglob("*.py")]
    asked = {name for source in sources for name in re.findall(named, source.read_text())}
    told = set(re.findall("^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert {"SETARA_SELLER_ADDRESS", "ECB_RATES"} <= asked
    assert asked - told - {"PATH", "PYTHONTZPATH"} == set()
    assert told - asked == {"PROMETHEUS_MULTIPROC_DIR"}, "the library of /metrics reads that one itself"

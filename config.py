"""Every setting, read once from the environment. Production refuses to start with an unsafe one."""

import binascii
import os
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

DEVELOPMENT_SECRET = "for development only, never for production"  # noqa: S105 - production refuses it
VAULT_KEY_BYTES = 32
SHORTEST_SECRET = 24
PUSH_SERVICES = "fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com"
"""Those of the browsers that there are: nobody else's address is written to, whatever a browser says."""
RAILS = ("sandbox", "manual", "stripe")
STRIPE_BASE, STRIPE_FILES_BASE = "https://api.stripe.com", "https://files.stripe.com"
ECB_RATES = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml"
ENVIRONMENTS = ("development", "test", "production")


class UnsafeSetting(SystemExit):
    """A setting that is missing, contradictory or too weak for production. Exits with the sentence."""


def load(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The whole configuration as Flask reads it. Raises UnsafeSetting with one sentence that says what to set."""
    env = os.environ if environ is None else environ
    name = env.get("SETARA_ENV", "development")
    if name not in ENVIRONMENTS:
        raise UnsafeSetting(f"SETARA_ENV is {name!r}; it must be one of {', '.join(ENVIRONMENTS)}.")
    production = name == "production"
    url = env.get("DATABASE_URL")
    if not url:
        raise UnsafeSetting("DATABASE_URL is not set: `make run` brings its own database, anything else names one.")
    secret = env.get("SECRET_KEY", DEVELOPMENT_SECRET)
    demo = _flag(env, "SETARA_DEMO")
    rail = env.get("SETARA_RAIL", "sandbox")
    base_url = env.get("SETARA_BASE_URL", "http://127.0.0.1:8000")
    if rail not in RAILS:
        raise UnsafeSetting(f"SETARA_RAIL is {rail!r}; it must be one of {', '.join(RAILS)}.")
    if production:
        _refuse_unsafe(env, secret, rail, base_url, url)
    return {
        "ENVIRONMENT": name,
        "SECRET_KEY": secret,
        "VAULT_KEYS": _vault_keys(env),
        "SQLALCHEMY_DATABASE_URI": sqlalchemy_url(url),
        "OWNER_DATABASE_URI": sqlalchemy_url(env.get("DATABASE_OWNER_URL", url)),
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": _count(env, "DATABASE_POOL", 8),
            "max_overflow": 8,
            # An error's text is logged; the values of a statement are people's data.
            "hide_parameters": production,
        },
        # Time may be moved in tests and demonstrations. In production there is one clock, the machine's.
        "CLOCK_MOVABLE": not production,
        "DEMO": demo,
        # A key for tests is a rail of its own, so that what it simulates never mixes with money.
        "RAIL": "stripe_test" if rail == "stripe" and _is_test_key(env) else rail,
        **_stripe(env, rail, name),
        **_payer(env, rail, production),
        "BASE_URL": base_url.rstrip("/"),
        "SELLER": _seller(env),
        "LANGUAGES": ("en", "id"),
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_DEFAULT_TIMEZONE": "UTC",
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
        "MAIL_SERVER": env.get("MAIL_SERVER", ""),
        "MAIL_SENDER": env.get("MAIL_SENDER", "Setara <no-reply@localhost>"),
        # Where the bank publishes its newest rates. Outside of production nothing is asked unless it is named.
        "ECB_RATES": env.get("ECB_RATES", ECB_RATES if production else ""),
        "GATEWAY_URL": env.get("GATEWAY_URL", ""),
        "GATEWAY_TOKEN": env.get("GATEWAY_TOKEN", ""),
        "GATEWAY_SECRET": env.get("GATEWAY_SECRET", ""),
        "GATEWAY_WAYS": _gateway_ways(env),
        "VAPID_PRIVATE_KEY": _vapid_key(env),
        "VAPID_SUBJECT": env.get("VAPID_SUBJECT", ""),
        "PUSH_HOSTS": tuple(each.strip() for each in env.get("PUSH_HOSTS", PUSH_SERVICES).split(",") if each.strip()),
        "SECURITY_PASSWORD_SALT": env.get("SECURITY_PASSWORD_SALT", "development-salt"),
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": production,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "MAX_CONTENT_LENGTH": 4 * 1024 * 1024,
        "RATELIMIT_STORAGE_URI": env.get("RATELIMIT_STORAGE_URI", "memory://"),
        "RATELIMIT_ENABLED": name != "test",
        "PROXIES": _count(env, "SETARA_PROXIES", 0),
        "JOBS_HEARTBEAT": float(env.get("JOBS_HEARTBEAT", "10")),
        "SOLVER_SECONDS": float(env.get("SOLVER_SECONDS", "0" if name == "test" else "600")),
        "METRICS_TOKEN": env.get("METRICS_TOKEN", ""),
        "LOG_LEVEL": env.get("LOG_LEVEL", "INFO"),
    }


def sqlalchemy_url(url: str) -> str:
    """Accepts the usual spellings of a PostgreSQL address and names the driver that Setara uses."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if url.startswith("postgresql+psycopg://"):
        return url
    raise UnsafeSetting("DATABASE_URL must name a PostgreSQL database: postgresql://USER:PASSWORD@HOST/NAME.")


def _refuse_unsafe(env: Mapping[str, str], secret: str, rail: str, base_url: str, url: str) -> None:
    if secret == DEVELOPMENT_SECRET or len(secret) < 32:
        raise UnsafeSetting("Production needs SECRET_KEY: at least 32 random characters.")
    if len(env.get("SECURITY_PASSWORD_SALT", "")) < 16:
        raise UnsafeSetting("Production needs SECURITY_PASSWORD_SALT: at least 16 random characters.")
    if not _vault_keys(env):
        raise UnsafeSetting("Production needs SETARA_VAULT_KEYS, which wraps the keys of people's documents: NAME:KEY.")
    if not base_url.startswith("https://"):
        raise UnsafeSetting("Production needs SETARA_BASE_URL, the public address, and it must begin with https://.")
    if rail == "sandbox" and not _flag(env, "SETARA_ALLOW_SANDBOX"):
        raise UnsafeSetting("The sandbox rail moves no money; set SETARA_ALLOW_SANDBOX=1 if that is what you want.")
    if not env.get("MAIL_SERVER"):
        raise UnsafeSetting("Production needs MAIL_SERVER: without it nobody gets the link that confirms an address.")
    if env.get("GATEWAY_URL"):
        _refuse_open_gateway(env)
    if _flag(env, "SETARA_DEMO"):
        raise UnsafeSetting("SETARA_DEMO makes people whose password is printed; production has none of them.")
    if env.get("DATABASE_OWNER_URL") == url:
        raise UnsafeSetting(
            "DATABASE_OWNER_URL is the same as DATABASE_URL: the application must not own its tables, or it could"
            " change what is written once. Only `flask db upgrade` needs the owner's address."
        )


def _seller(env: Mapping[str, str]) -> dict[str, str]:
    """Who sells the service, as it stands on invoices. Without a country no VAT is charged, and invoices say so."""
    told = {
        "name": env.get("SETARA_SELLER_NAME", ""),
        "address": env.get("SETARA_SELLER_ADDRESS", ""),
        "country": env.get("SETARA_SELLER_COUNTRY", ""),
        "vat_number": env.get("SETARA_SELLER_VAT_NUMBER", ""),
        "bank": env.get("SETARA_SELLER_BANK", ""),
    }
    if told["country"] and not (told["name"] and told["address"]):
        raise UnsafeSetting("SETARA_SELLER_COUNTRY needs SETARA_SELLER_NAME and SETARA_SELLER_ADDRESS, for invoices.")
    return told


def _is_test_key(env: Mapping[str, str]) -> bool:
    return env.get("STRIPE_SECRET_KEY", "").startswith(("sk_test_", "rk_test_"))


def _payer(env: Mapping[str, str], rail: str, production: bool) -> dict[str, Any]:
    """From which account people pay by files, which others are the service's, and above how many US dollars it takes
    two of them."""
    above = env.get("SETARA_TWO_PEOPLE_ABOVE", "500.00")
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", above) is None:
        raise UnsafeSetting("SETARA_TWO_PEOPLE_ABOVE is an amount of US dollars: 500.00.")
    name, account = env.get("SETARA_PAYER_NAME", ""), env.get("SETARA_PAYER_ACCOUNT", "")
    others = env.get("SETARA_BANK_ACCOUNTS", "")
    if production and rail == "manual" and not (name and account):
        raise UnsafeSetting(
            "SETARA_RAIL=manual needs SETARA_PAYER_NAME and SETARA_PAYER_ACCOUNT, which the files name."
        )
    return {
        "TWO_PEOPLE_ABOVE": above,
        "PAYER_NAME": name or "Setara",
        "PAYER_ACCOUNT": account or "NOTPROVIDED",
        # Whose statements are taken. With none named nobody can tell, and all are.
        "BANK_ACCOUNTS": tuple(filter(None, map(str.strip, [account, *others.split(",")]))),
        "PAYER_BIC": env.get("SETARA_PAYER_BIC", ""),
    }


def _stripe(env: Mapping[str, str], rail: str, name: str) -> dict[str, Any]:
    """What Stripe needs. A key may be kept after the rail was changed, for payments that began there."""
    key, base = env.get("STRIPE_SECRET_KEY", ""), env.get("STRIPE_API_BASE", STRIPE_BASE)
    files = env.get("STRIPE_FILES_BASE", STRIPE_FILES_BASE)
    secrets = (env.get("STRIPE_WEBHOOK_SECRET", ""), env.get("STRIPE_CONNECT_WEBHOOK_SECRET", ""))
    country = env.get("STRIPE_COUNTRY", "")
    is_test = _is_test_key(env)
    if key and not is_test and not key.startswith(("sk_live_", "rk_live_")):
        raise UnsafeSetting("STRIPE_SECRET_KEY is a secret or restricted key of Stripe: sk_test_..., sk_live_...")
    if (base, files) != (STRIPE_BASE, STRIPE_FILES_BASE) and (name == "production" or not is_test):
        raise UnsafeSetting(
            "STRIPE_API_BASE and STRIPE_FILES_BASE are for tests alone, with a key that begins with sk_test_."
        )
    if name == "production" and is_test and not _flag(env, "SETARA_ALLOW_SANDBOX"):
        raise UnsafeSetting("STRIPE_SECRET_KEY moves no money; set SETARA_ALLOW_SANDBOX=1 if that is what you want.")
    if name != "production" and key and not is_test and not _flag(env, "SETARA_ALLOW_LIVE"):
        raise UnsafeSetting("STRIPE_SECRET_KEY moves real money outside of production; SETARA_ALLOW_LIVE=1 allows it.")
    if rail == "stripe":
        if not key:
            raise UnsafeSetting("SETARA_RAIL=stripe needs STRIPE_SECRET_KEY.")
        if len(country) != len("US") or not country.isupper():
            raise UnsafeSetting("SETARA_RAIL=stripe needs STRIPE_COUNTRY, where the platform's account is: US.")
    if key and not all(each.startswith("whsec_") for each in secrets):
        raise UnsafeSetting(
            "Stripe needs STRIPE_WEBHOOK_SECRET and STRIPE_CONNECT_WEBHOOK_SECRET: whsec_..., one of each endpoint."
        )
    return {
        "STRIPE_KEY": key,
        "STRIPE_BASE": base.rstrip("/"),
        "STRIPE_FILES_BASE": files.rstrip("/"),
        "STRIPE_COUNTRY": country,
        "STRIPE_SECONDS": (5.0, 25.0),
        "STRIPE_WEBHOOK_SECRET": secrets[0],
        "STRIPE_CONNECT_WEBHOOK_SECRET": secrets[1],
    }


def _refuse_open_gateway(env: Mapping[str, str]) -> None:
    if not env["GATEWAY_URL"].startswith("https://"):
        raise UnsafeSetting("GATEWAY_URL must begin with https://: people's numbers and codes go there.")
    if not env.get("GATEWAY_TOKEN") or len(env.get("GATEWAY_SECRET", "")) < SHORTEST_SECRET:
        raise UnsafeSetting(
            "GATEWAY_URL needs GATEWAY_TOKEN, and GATEWAY_SECRET of at least 24 characters: without it anybody could"
            " say that a message has arrived."
        )


def _vapid_key(env: Mapping[str, str]) -> str:
    """The key of this service's own name for push services, as base64url of 32 bytes; empty where there is none."""
    key = env.get("VAPID_PRIVATE_KEY", "")
    if not key:
        return ""
    try:
        is_key = len(urlsafe_b64decode(key + "=" * (-len(key) % 4))) == VAULT_KEY_BYTES
    except (binascii.Error, ValueError):
        is_key = False
    if not is_key or not env.get("VAPID_SUBJECT", "").startswith(("mailto:", "https://")):
        raise UnsafeSetting(
            "VAPID_PRIVATE_KEY is 32 random bytes in base64, as SETARA_VAULT_KEYS shows them, and needs VAPID_SUBJECT,"
            " whom a push service writes to: mailto:ADDRESS or https://PAGE."
        )
    return key


def _gateway_ways(env: Mapping[str, str]) -> tuple[str, ...]:
    ways = tuple(each.strip() for each in env.get("GATEWAY_WAYS", "sms").split(",") if each.strip())
    if not ways or not set(ways) <= {"sms", "whatsapp"}:
        raise UnsafeSetting("GATEWAY_WAYS names what the gateway carries: sms, whatsapp, or both with a comma between.")
    return ways


def _vault_keys(env: Mapping[str, str]) -> dict[str, str]:
    """NAME:KEY, the newest first and older ones behind it; each key is 32 random bytes in base64, as for addresses."""
    found = {}
    for part in filter(None, (each.strip() for each in env.get("SETARA_VAULT_KEYS", "").split(","))):
        name, _, key = part.partition(":")
        try:
            is_key = bool(name) and name not in found and len(urlsafe_b64decode(key)) == VAULT_KEY_BYTES
        except (binascii.Error, ValueError):
            is_key = False
        if not is_key:
            raise UnsafeSetting(
                "SETARA_VAULT_KEYS is NAME:KEY, several with a comma between; a KEY is 32 random bytes in base64: "
                'python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
            )
        found[name] = key
    return found


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "").lower()
    if value not in ("", "0", "1", "false", "true", "no", "yes"):
        raise UnsafeSetting(f"{name} is {value!r}; it must be 1 or 0.")
    return value in ("1", "true", "yes")


def _count(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise UnsafeSetting(f"{name} is {value!r}; it must be a whole number.")
    return int(value)

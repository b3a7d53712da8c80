"""Every environment variable that is read: what it means, and what is wrong with its value, if anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from data.jira.connection import odd_character, site_url
from data.jira.errors import BadSetting, InvalidUrl, JiraError
from data.jira.network import NOTHING, Network, Value, check_ca_bundle, check_proxy
from data.settings.model import JiraSettings, Settings
from data.values.problem import Problem

SHORTEST_SECRET = 16  # characters
WEBHOOKS = {
    "github": "GitHub",
    "gitlab": "GitLab",
    "jenkins": "Jenkins",
    "argocd": "Argo CD",
    "pagerduty": "PagerDuty",
    "opsgenie": "Opsgenie",
    "cdevents": "CDEvents",
}
_SWITCH = ("", "0", "1", "true", "false", "yes", "no", "on", "off")
_LEVELS = ("", "debug", "info", "warning", "error", "critical")
_CA_BUNDLES = ("JIRA_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")  # the first that is set counts
Check = Callable[[Value], None]  # raises JiraError for a value that cannot be used


def _bad(value: Value, what: str, hint: str) -> BadSetting:
    return BadSetting(f"{value.name} {what}.", hint=hint)


def _url(value: Value) -> None:
    try:
        site_url(value.text)
    except InvalidUrl as error:
        raise BadSetting(f"{value.name} cannot be used: {error.message}", hint=error.hint) from None


def _credential(value: Value) -> None:
    if wrong := odd_character(value.text, plain=False):
        raise _bad(value, f"contains {wrong}", "Copy it again, without anything around it.")


def _one_of(*words: str) -> Check:
    def check(value: Value) -> None:
        if value.text.lower() not in words:
            named = [each for each in words if each]
            raise _bad(
                value, f"is none of {', '.join(named[:-1])} and {named[-1]}, so it is ignored", "Correct or unset it."
            )

    return check


def _number(least: int, most: int) -> Check:
    def check(value: Value) -> None:
        if not (re.fullmatch(r"\d{1,9}", value.text) and least <= int(value.text) <= most):
            raise _bad(value, f"is not a whole number from {least} to {most:,}", "Correct or unset it.")

    return check


def _folder(value: Value) -> None:
    if Path(value.text).expanduser().is_file():
        raise _bad(value, "names a file, where a folder is needed", "Name a folder, or unset it.")


def _file(value: Value) -> None:
    if Path(value.text).expanduser().is_dir():
        raise _bad(value, "names a folder, where a file is needed", "Name a file, or unset it.")


def _secrets(value: Value) -> None:
    if any(len(each.strip()) < SHORTEST_SECRET for each in value.text.split(",")):
        raise _bad(value, f"has a secret of fewer than {SHORTEST_SECRET} characters, which is not used", "Use more.")


def _endpoint(value: Value) -> None:
    if not value.text.lower().startswith(("http://", "https://")):
        raise _bad(value, "does not begin with http:// or https://, so no telemetry is sent", "Correct or unset it.")


@dataclass(frozen=True)
class Variable:
    """One variable. `check` is None where any text will do, or where those who use it check it when they start."""

    meaning: str
    check: Check | None = None


VARIABLES: dict[str, Variable] = {
    "JIRA_URL": Variable("Address of the Jira site. Set: the sample site is not used.", _url),
    "JIRA_EMAIL": Variable(
        "Account e-mail (Jira Cloud). Empty: the token is sent as Bearer (Data Center).", _credential
    ),
    "JIRA_TOKEN": Variable("API token, or personal access token of Data Center. Goes to JIRA_URL only.", _credential),
    "JIRA_JQL": Variable("Which issues to read. Empty: `updated >= -365d`."),
    "JIRA_ALLOW_HTTP": Variable(
        "`1` allows an address without https outside this machine. The token then travels unprotected.",
        _one_of("", "0", "1"),
    ),
    "JIRA_PROXY": Variable(
        "HTTP proxy on the way to Jira, like `http://proxy.example.org:3128`, with `name:password@` if it asks "
        "for them. "
        "Only Jira is asked through it, encrypted, so that it never sees the token. `HTTPS_PROXY` and `NO_PROXY` "
        "are not read.",
        check_proxy,
    ),
    "JIRA_CA_BUNDLE": Variable(
        "PEM file (or folder) of the certificate authorities to trust. Else those of `REQUESTS_CA_BUNDLE`, "
        "`SSL_CERT_FILE`, or of the Python package certifi.",
        check_ca_bundle,
    ),
    "REQUESTS_CA_BUNDLE": Variable("Like `JIRA_CA_BUNDLE`, which comes first.", check_ca_bundle),
    "SSL_CERT_FILE": Variable("Like `JIRA_CA_BUNDLE`, after the other two.", check_ca_bundle),
    "JIRA_CLIENT_CERT": Variable("PEM file of a client certificate to show to Jira, if it asks for one."),
    "JIRA_CLIENT_KEY": Variable(
        "PEM file of its key, without a passphrase. Unset: the key is in `JIRA_CLIENT_CERT` too."
    ),
    "THROUGHLINE_HOME": Variable(
        (
            "Folder of issues, metrics_cache.json, saved views, job records, token and locks. Default: the system's "
            "state folder."
        ),
        _folder,
    ),
    "THROUGHLINE_SETTINGS": Variable(
        "The settings file. Default: `./app_settings.json`; of an installed application the one in the state folder.",
        _file,
    ),
    "THROUGHLINE_HOSTS": Variable(
        "Host names under which the dashboard is reached besides this machine, separated by commas."
    ),
    "THROUGHLINE_SECRET": Variable(
        "Key of the server, in case something has to be signed; nothing is today. At least 16 random characters, "
        "or unset."
    ),
    "THROUGHLINE_HOST": Variable(
        "Address that `serve` listens on. Default: 127.0.0.1; any other needs authentication."
    ),
    "THROUGHLINE_PASSWORD_HASH": Variable("`name:scrypt:…` as `python app.py password` prints it: who may sign in."),
    "THROUGHLINE_USERS": Variable(
        "A file with such a line for each person who may sign in; read when the server starts."
    ),
    "THROUGHLINE_TRUSTED_PROXY_HEADER": Variable("Header by which a proxy names the user, such as `X-Forwarded-User`."),
    "THROUGHLINE_TRUSTED_PROXY": Variable(
        "Addresses of the proxy (`10.0.0.7`, `10.0.0.0/24`); from others the header is refused. With passwords "
        "and without "
        "the header: whose `X-Forwarded-For` tells who guesses passwords."
    ),
    "THROUGHLINE_NEWCOMERS": Variable(
        "Role of people whom the proxy or the OpenID Connect provider names and who are not on the list of people: "
        "`viewer`, `editor`, `admin`, or `nobody` to refuse them. Default: `admin` by the proxy, `viewer` by the "
        "provider.",
        _one_of("", "viewer", "editor", "admin", "nobody"),
    ),
    "THROUGHLINE_SESSION_HOURS": Variable(
        "Hours without a request after which somebody is signed out. Default: 12.", _number(1, 168)
    ),
    "THROUGHLINE_ADDRESS": Variable(
        "Its address as browsers reach it, such as `https://metrics.example.org`. OpenID Connect needs it."
    ),
    "THROUGHLINE_OIDC_ISSUER": Variable("The OpenID Connect provider, such as `https://id.example.org/realms/staff`."),
    "THROUGHLINE_OIDC_CLIENT_ID": Variable("What the provider calls this dashboard."),
    "THROUGHLINE_OIDC_CLIENT_SECRET": Variable("The secret that goes with it. Empty: a public client, with PKCE only."),
    "THROUGHLINE_OIDC_SCOPES": Variable("What the provider is asked for. Default: `openid profile email`."),
    "THROUGHLINE_OIDC_NAME_CLAIM": Variable(
        "Claim with the name of a person. Default: the first of `preferred_username`, `email` (if verified), `sub`."
    ),
    "THROUGHLINE_OIDC_ROLE_CLAIM": Variable("Claim with groups or roles, such as `groups`; then the provider decides."),
    "THROUGHLINE_OIDC_ROLES": Variable("What its values mean, such as `leads=admin, staff=viewer`."),
    "THROUGHLINE_API_LIMIT": Variable(
        "Requests a minute that one caller of the API may send. Default: 600; `0` sets no limit.",
        _number(0, 10_000_000),
    ),
    **{
        f"THROUGHLINE_WEBHOOK_{name.upper()}": Variable(
            f"The secret that webhooks of {title} prove themselves with, at least 16 characters; several, separated by "
            "commas, while one replaces another. Unset: they are refused.",
            _secrets,
        )
        for name, title in WEBHOOKS.items()
    },
    "THROUGHLINE_LOG": Variable(
        "`json`: one JSON object a line on stderr. Default: plain lines.", _one_of("", "plain", "json")
    ),
    "THROUGHLINE_LOG_LEVEL": Variable(
        "`debug` (with each request), `info` (default), `warning` or `error`.", _one_of(*_LEVELS)
    ),
    "THROUGHLINE_KEYRING": Variable(
        "`1` keeps tokens in the keyring of the system; needs the Python package `keyring`.", _one_of(*_SWITCH)
    ),
    "THROUGHLINE_JTBD": Variable(
        "Folder of job specs (*.ttl) and the register. Wins over the setting, also on the sample site.", _folder
    ),
    "OTEL_EXPORTER_OTLP_ENDPOINT": Variable(
        (
            "Where spans and events go (OTLP over HTTP), such as `http://localhost:4318`; see "
            "[telemetry](jtbd.md#telemetry)."
        ),
        _endpoint,
    ),
    "OTEL_SERVICE_NAME": Variable("Who tells it. Default: throughline."),
    "OTEL_BSP_SCHEDULE_DELAY": Variable(
        "Milliseconds between what a server sends. Default: 5000.", _number(100, 3_600_000)
    ),
    "OTEL_SDK_DISABLED": Variable("`true`: nothing is noted or sent.", _one_of("", "true", "false")),
    "THROUGHLINE_TELEMETRY_WAIT": Variable(
        "`1`: a command sends its telemetry before it ends, for 3 s at most, instead of leaving it behind.",
        _one_of("", "0", "1"),
    ),
    "THROUGHLINE_DEBUG": Variable(
        "`1` shows the traceback of an unexpected error in the terminal.", _one_of("", "0", "1")
    ),
    "HOST": Variable("Like `THROUGHLINE_HOST`, if it is an address; the name of a machine is left alone."),
    "PORT": Variable("Port of the dashboard. Default: 8050.", _number(0, 65_535)),
}
_OF_JIRA = ("JIRA_URL", "JIRA_EMAIL", "JIRA_TOKEN", "JIRA_PROXY", *_CA_BUNDLES)


def _wrong(name: str, env: Mapping[str, str]) -> JiraError | None:
    """What is wrong with one variable; None for nothing, also where it is not set."""
    value, known = Value(env.get(name, "").strip(), name), VARIABLES[name]
    if not value or known.check is None:
        return None
    try:
        known.check(value)
    except JiraError as error:
        return error
    return None


def problems_of(env: Mapping[str, str]) -> tuple[Problem, ...]:
    """Everything that is wrong with the environment, a problem for each variable."""
    found = [error for name in VARIABLES if (error := _wrong(name, env))]
    if not any(env.get(name, "").strip() and _wrong(name, env) for name in ("JIRA_PROXY", *_CA_BUNDLES)):
        try:
            network_of(env, Settings())
        except JiraError as error:
            found.append(error)
    return tuple(Problem(each.message, "", each.hint) for each in found)


def requests_a_minute(env: Mapping[str, str]) -> int:
    """How many requests one caller of the API may send; 0: as many as it likes. What is no number counts as unset.

    >>> requests_a_minute({}), requests_a_minute({"THROUGHLINE_API_LIMIT": "0"})
    (600, 0)
    """
    said = env.get("THROUGHLINE_API_LIMIT", "").strip()
    return int(said) if re.fullmatch(r"\d{1,8}", said) else 600


def check_jira(env: Mapping[str, str]) -> None:
    """Raises BadSetting, with the name of the variable, before Jira is asked with values that cannot be used."""
    for name in _OF_JIRA:
        if error := _wrong(name, env):
            raise error
    token = Value(env.get("JIRA_TOKEN", "").strip(), "JIRA_TOKEN")
    if not env.get("JIRA_EMAIL", "").strip() and (wrong := odd_character(token.text, plain=True)):
        raise _bad(token, f"contains {wrong}", "Copy it again, without anything around it.")


def network_of(env: Mapping[str, str], settings: Settings) -> Network:
    """How Jira is reached; each variable that is set wins over the setting. Raises BadSetting, which names the
    value.
    """
    jira = settings.jira
    return Network(
        proxy=_value(env, ("JIRA_PROXY",), jira, "proxy"),
        ca_bundle=_value(env, _CA_BUNDLES, jira, "ca_bundle"),
        client_cert=_value(env, ("JIRA_CLIENT_CERT",), jira, "client_cert"),
        client_key=_value(env, ("JIRA_CLIENT_KEY",), jira, "client_key"),
    )


def _value(env: Mapping[str, str], names: tuple[str, ...], jira: JiraSettings, setting: str) -> Value:
    """The setting comes after the variable of Throughline, and before those that other programs read too."""
    ours, *others = names
    if text := env.get(ours, "").strip():
        return Value(text, ours)
    if text := str(getattr(jira, setting)).strip():
        return Value(text, f"jira.{setting} in the settings")
    return next((Value(text, name) for name in others if (text := env.get(name, "").strip())), NOTHING)

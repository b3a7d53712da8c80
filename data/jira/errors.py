"""What can go wrong with Jira, in words that a person can act on; never with a token inside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from data.platform.logs import SECRETS
from data.values.errors import AppError
from data.values.problem import Problem

LONGEST_REASON = 80  # characters of the name of a limit

LONGEST_PAUSE = 3600.0  # seconds for which a host is left alone because it said so; a longer pause is told with its end
_DAY = 86_400.0


class JiraError(AppError):
    """Something between us and Jira failed: `code` for programs, `message` what happened, `hint` what to do.

    >>> str(JiraError("Jira is resting.", hint="Try again later."))
    'Jira is resting. Try again later.'
    """

    code: ClassVar[str] = "jira_error"
    default: ClassVar[str] = "Jira did not give a usable answer."
    advice: ClassVar[str] = "Try again; if it keeps failing, check the connection."

    def __init__(self, message: str = "", *, hint: str = "", status: int | None = None) -> None:
        self.status = status
        # A server may repeat what we sent.
        super().__init__(
            Problem(SECRETS.clean(message) or self.default, todo=SECRETS.clean(hint) or self.advice, level="danger")
        )

    def to_dict(self) -> dict[str, str]:
        """Plain values for a result or a page."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


class InvalidUrl(JiraError):
    code = "invalid_url"
    default = "This is not the address of a Jira site."
    advice = "Enter it like https://example.atlassian.net."


class BadSetting(JiraError):
    """A value of the environment or of the settings cannot be used; the message names it."""

    code = "bad_setting"
    default = "A setting cannot be used."
    advice = "Correct it; docs/settings.md lists all."


class NoToken(JiraError):
    code = "no_token"
    default = "There is no token for this Jira, so it was not asked."
    advice = "Set JIRA_TOKEN (and JIRA_EMAIL for Jira Cloud), or enter it in the page under Connect Jira."


class NotAuthorized(JiraError):
    code = "not_authorized"
    default = "Jira refused the e-mail address or token."
    advice = (
        "Make a new API token and enter it with the e-mail address of the same account. A scoped token needs the "
        "address https://api.atlassian.com/ex/jira/<cloud id>; Data Center takes a personal access token, no e-mail."
    )


class CaptchaRequired(NotAuthorized):
    code = "captcha"
    default = "Jira asks this account to solve a CAPTCHA after failed logins."
    advice = "Log in to Jira once in the browser with this account, then try again."


class Forbidden(JiraError):
    code = "forbidden"
    default = "This account may not read that."
    advice = "Ask a Jira administrator for the permission to browse the projects, or use another account."


class ScopeMissing(Forbidden):
    """The token is good, but was made without a scope that the request needs. Jira answers 401."""

    code = "scope_missing"
    default = "The token lacks a scope."
    advice = "Make a new API token with the scopes that docs/connecting.md lists, and enter it."


class Blocked(Forbidden):
    """403 from something in front of Jira, such as a web application firewall."""

    code = "blocked"
    default = "Something in front of Jira, such as a firewall, blocked the request."
    advice = (
        "This is not about permissions in Jira. Show the request to those who run the network (VPN, proxy, "
        "firewall, list "
        "of allowed addresses), and ask them to let it through."
    )


class CrossSite(Forbidden):
    """Jira's protection against requests that other web sites make (XSRF) refused the request."""

    code = "cross_site"
    default = "Jira took the request for one that another web site has made (XSRF check)."
    advice = (
        "This is not about permissions in Jira. Most often a proxy on the way adds an Origin or Referer header "
        "or changes "
        "User-Agent: ask those who run it to pass requests to Jira unchanged."
    )


class NotJira(JiraError):
    code = "not_jira"
    default = "The address answers with a web page instead of Jira’s data."
    advice = "Check the address: it is the start of your Jira pages, with the context path if there is one."


class NotFound(JiraError):
    code = "not_found"
    default = "Jira does not know that address or item."
    advice = "Check the address of the site, or whether the item was deleted or hidden."


class MethodNotAllowed(NotFound):
    """405: Jira, or a proxy in front of it, does not take this method there."""

    code = "method_not_allowed"
    default = "This kind of request is not allowed there."
    advice = (
        "This is not about permissions in Jira. Most often a proxy or firewall on the way lets only some methods "
        "through: "
        "ask those who run it to allow GET and POST below /rest/."
    )


class ProxyRefused(JiraError):
    """The proxy that JIRA_PROXY names did not pass the request on."""

    code = "proxy_refused"
    default = "The proxy did not pass the request on to Jira."
    advice = "Check JIRA_PROXY: host, port, and user name and password if the proxy asks for them."


class Gone(JiraError):
    code = "gone"
    default = "Jira has removed this interface."
    advice = "This version of the program is too old for the site, or the site is not Data Center: update the program."


class BadQuery(JiraError):
    code = "bad_query"
    default = "Jira does not accept the query."
    advice = "Correct the JQL; try it in Jira’s own search first."


class BadPageToken(BadQuery):
    """The query is good, but not the place at which reading was to go on."""

    code = "bad_page_token"
    default = "Jira no longer accepts the token of the next page."
    advice = "Sync again: the reading begins anew. The query itself is not the reason."


class Unreachable(JiraError):
    code = "unreachable"
    default = "Jira could not be reached."
    advice = "Check the address and the network (VPN, proxy), then try again."


class ServerTrouble(JiraError):
    code = "server_trouble"
    default = "Jira has an internal problem."
    advice = "Wait a few minutes and sync again; the data you have stays as it is."


class RateLimited(JiraError):
    """`retry_after`: seconds until Jira answers again, or None when it did not say; `said`: Jira's own words."""

    code = "rate_limited"
    default = "Jira asked us to slow down."

    def __init__(
        self, retry_after: float | None = None, *, reason: str = "", text: str = "", status: int | None = 429
    ) -> None:
        self.retry_after = retry_after
        self.reason = SECRETS.shorten(reason, LONGEST_REASON)
        self.text = text
        why = f" ({self.reason})" if self.reason else ""
        words = f": {text.rstrip('.')}" if text else ""
        super().__init__(f"Jira asked us to slow down{why}{words}.", hint=_when(retry_after), status=status)


class HostBusy(JiraError):
    """No slot for a request to the host became free within `waited` seconds."""

    code = "host_busy"
    default = "Other requests to this Jira are under way."
    advice = (
        "Wait a few minutes, then sync again; the data you have stays as it is. "
        "If it stays so, Jira or a proxy in between answers very slowly."
    )

    def __init__(self, waited: float = 0.0) -> None:
        super().__init__(f"Other requests to this Jira are under way, and none of them ended within {_spoken(waited)}.")


class BadAnswer(JiraError):
    code = "bad_answer"
    default = "Jira’s answer could not be read."
    advice = "Try again; if it keeps failing, a proxy in between may change or cut the answers."


class TooLarge(BadAnswer):
    code = "too_large"
    default = "Jira’s answer is larger than we accept."
    advice = "Narrow the query, or map fewer large text fields."


class Redirected(NotJira):
    code = "redirected"
    default = "The address sends us to another site, and tokens are not sent there."
    advice = "Enter the address that your browser shows once you are logged in to Jira."


class Cancelled(JiraError):
    code = "cancelled"
    default = "The sync was cancelled."
    advice = "The data you have stays as it is."


class OutOfTime(JiraError):
    code = "out_of_time"
    default = "The sync took longer than it may, so it was stopped."
    advice = (
        "What it read is kept: sync again and it goes on there. Narrow the query, or allow more time in the settings."
    )


class SyncBusy(JiraError):
    code = "sync_busy"
    default = "Another sync of this data is running."
    advice = "Wait until it has ended."


class Shrunk(JiraError):
    code = "shrunk"
    default = "Jira returned far fewer issues than before, so the old data was kept."
    advice = (
        "Check the permissions of the account and the query; if the issues are really gone, accept the smaller set."
    )


def _when(seconds: float | None) -> str:
    """What to do about a pause: its length, or beyond an hour its end."""
    kept = "the data you have stays as it is."
    if seconds is None:
        return f"Wait a few minutes, then sync again; {kept}"
    if seconds <= LONGEST_PAUSE:
        return f"Sync again in {_spoken(seconds)}; {kept}"
    try:
        end = f"{datetime.now(UTC) + timedelta(seconds=seconds):%Y-%m-%d %H:%M} UTC"
    except OverflowError:
        end = "the year 9999"
    doubt = " If it cannot mean that, sync again in an hour: Jira is asked anew then." if seconds > _DAY else ""
    return f"It asks to wait until {end}: sync again then; {kept}{doubt}"


def _spoken(seconds: float) -> str:
    """
    >>> _spoken(59.2), _spoken(3600)
    ('60 seconds', '60 minutes')
    """
    if seconds <= 90:
        return f"{-int(-seconds // 1)} seconds"
    return f"{-int(-seconds // 60)} minutes"

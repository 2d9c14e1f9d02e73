"""What finds secrets and personal data in texts: well-kept libraries, loaded when they are first needed.

Secrets: the detectors of `detect-secrets` that know a format; those that guess by randomness are left out,
because ids and hashes look random, too. Telephone numbers: `phonenumbers`, which knows every country's plan;
numbers count when they are written with their country (`+49 …`). Card numbers: their check digit (ISO/IEC 7812).
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from opstream.domain.sensitive import Found, Sensitive

_FORMATS = (
    "aws:AWSKeyDetector",
    "azure_storage_key:AzureStorageKeyDetector",
    "basic_auth:BasicAuthDetector",
    "discord:DiscordBotTokenDetector",
    "github_token:GitHubTokenDetector",
    "gitlab_token:GitLabTokenDetector",
    "jwt:JwtTokenDetector",
    "mailchimp:MailchimpDetector",
    "npm:NpmDetector",
    "openai:OpenAIDetector",
    "pypi_token:PypiTokenDetector",
    "sendgrid:SendGridDetector",
    "slack:SlackDetector",
    "square_oauth:SquareOAuthDetector",
    "stripe:StripeDetector",
    "telegram_token:TelegramBotTokenDetector",
    "twilio:TwilioKeyDetector",
)
_MORE_SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\bxapp-\d-[A-Za-z0-9-]{10,}"
    r"|\bsk-ant-[A-Za-z0-9_-]{20,}"
    r"|\bAIza[A-Za-z0-9_-]{35}"
    r"|\bBearer\s+(?P<bearer>[A-Za-z0-9._~+/-]{16,}=*)"
    r"|(?i:(?<![=:])\b(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?token)\b[\"']?\s*[:=]\s*[\"']?)"
    r"(?P<named>(?!secret:)[^\s\"',;{}<>•]{6,})"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[A-Za-z]{2,24}\b")
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])")


def find(text: str, kinds: frozenset[Sensitive]) -> Iterable[Found]:
    """Yield what of some kinds stands in a text; parts may lie over each other."""
    if Sensitive.SECRET in kinds:
        yield from _secrets(text)
    if Sensitive.EMAIL in kinds and "@" in text:
        yield from (Found(Sensitive.EMAIL, *one.span()) for one in _EMAIL.finditer(text))
    if Sensitive.CARD in kinds:
        for one in _CARD.finditer(text):
            if _checks([int(digit) for digit in one[0] if digit.isdigit()]):
                yield Found(Sensitive.CARD, *one.span())
    if Sensitive.PHONE in kinds and "+" in text:
        yield from _phones(text)


def _secrets(text: str) -> Iterator[Found]:
    for one in _MORE_SECRETS.finditer(text):
        group = next((name for name in ("bearer", "named") if one[name]), 0)
        yield Found(Sensitive.SECRET, *one.span(group))
    for pattern in _patterns():
        for one in pattern.finditer(text):
            group = next((n for n in range(1, (one.re.groups or 0) + 1) if one[n]), 0)
            whole = one.span() if one.end(group) - one.start(group) < 8 else one.span(group)
            yield Found(Sensitive.SECRET, *whole)


def _phones(text: str) -> Iterator[Found]:
    library: Any = import_module("phonenumbers")
    for one in library.PhoneNumberMatcher(text, None):
        yield Found(Sensitive.PHONE, one.start, one.end)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    found: list[re.Pattern[str]] = []
    for named in _FORMATS:
        module, _, detector = named.partition(":")
        there: Any = import_module(f"detect_secrets.plugins.{module}")
        found += getattr(there, detector).denylist
    return tuple(found)


def _checks(digits: list[int]) -> bool:
    """Return whether the last digit is the check digit of the others (Luhn)."""
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0

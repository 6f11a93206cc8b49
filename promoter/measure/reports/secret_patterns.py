"""What secrets look like: prefixes that their issuers publish, and words that people write before one.

Beside detect-secrets' detectors (`secret_plugins`): issuers and forms that it does not know, or knows only without
quotes.
Sources: docs.github.com, "Supported secret scanning patterns"; the plugins of Yelp/detect-secrets 1.5.0.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator

_KNOWN = {
    "AWS access key": r"\b(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[A-Z0-9]{16}\b",
    "AWS secret key": r"(?i:aws[^\n]{0,20}?(?:key|pwd|password|pass|token|secret)[^\n]{0,20}?['\"=: ])"
    r"[0-9a-zA-Z/+]{40}(?![0-9a-zA-Z/+=])",
    "Azure storage key": r"AccountKey=[A-Za-z0-9+/]{86}==",
    "GitHub token": r"\b(?:gh[opsur]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,255})\b",
    "GitLab token": r"\bgl(?:pat|dt|rt|ptt|agent)-[A-Za-z0-9_-]{20,}",
    "Google API key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "Hugging Face token": r"\bhf_[A-Za-z0-9]{34,}\b",
    "JSON web token": r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    "Mailchimp key": r"\b[0-9a-f]{32}-us[0-9]{1,2}\b",
    "npm token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "OpenAI or Anthropic key": r"\bsk-(?:ant-[A-Za-z0-9_-]{20,}|[A-Za-z0-9_-]{16,}T3BlbkFJ[A-Za-z0-9_-]{16,})",
    "private key": r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----",
    "PyPI token": r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}",
    "SendGrid key": r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b",
    "Slack token": r"\bxox[abeoprs]-(?:[0-9]{1,20}-){1,4}[A-Za-z0-9]{8,}|hooks\.slack\.com/services/T[A-Z0-9]{8,}/B",
    "Stripe key": r"\b[rs]k_live_[0-9a-zA-Z]{24,}",
    "Telegram token": r"\b[0-9]{8,10}:[0-9A-Za-z_-]{35}\b",
    "Twilio key": r"\b(?:AC|SK)[0-9a-f]{32}\b",
}
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _KNOWN.items())
_URL_PASSWORD = re.compile(r"://[^\s/@:'\"]{1,200}:([^\s/@:'\"]{3,200})@")
_KEYWORD = re.compile(
    r"(?i)(?:password|passwd|pwd|secret|contrase(?:ñ|n)a|auth[_-]?token"
    r"|(?:api|access|auth|service|account|db|database|priv|private|client)[_-]?key|(?:db|database|key)[_-]?pass)"
    r"['\"]?[ \t]{0,8}(?::=|==?|:)[ \t]{0,8}['\"]?([^\s'\",;]{8,400})"
)
_QUOTED = re.compile(r"['\"]([A-Za-z0-9+/_=-]{20,400})['\"]")
_REFERENCE = re.compile(
    r"(?:\$\{[^}]*\}?|\$[A-Za-z_][A-Za-z0-9_]*|<[^>]*>?|\{\{?[^}]*(?:\}\}?)?|\*+)$"
    r"|(?:vault|arn|projects|env|secret|k8s|keyvault|op|https?)[:/]",
    re.IGNORECASE,
)
"""A placeholder as a whole, or the name of a secret; a character of one inside of a value exempts nothing."""

_KEYWORD_BITS = 3.0
_QUOTED_BITS = 4.5
"""detect-secrets' limit for base64; hexadecimal digests have at most 4 bits a character."""


def find_secrets(text: str, *, with_entropy: bool) -> Iterator[tuple[str, int, int]]:
    """Yield (type, start, end) of what looks like a secret; one string may be of several types."""
    for kind, pattern in _PATTERNS:
        yield from ((kind, *match.span()) for match in pattern.finditer(text))
    for match in _URL_PASSWORD.finditer(text):
        if not is_reference(match[1]):
            yield "password in a URL", *match.span(1)
    for match in _KEYWORD.finditer(text):
        if not is_reference(match[1]) and entropy_bits(match[1]) >= _KEYWORD_BITS:
            yield "value of a secret's name", *match.span(1)
    if with_entropy:
        for match in _QUOTED.finditer(text):
            if entropy_bits(match[1]) >= _QUOTED_BITS:
                yield "random-looking string", *match.span(1)


def is_reference(value: str) -> bool:
    """Say whether a value is a placeholder, or says where a secret lies."""
    return _REFERENCE.match(value) is not None


def entropy_bits(text: str) -> float:
    """Return Shannon's entropy of a text's characters, in bits a character: -sum p log2 p."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())

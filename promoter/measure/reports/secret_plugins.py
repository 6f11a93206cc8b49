"""detect-secrets' own detectors, asked one by one: no filter, so that no comment exempts, and no verification.

The list is explicit, so that a new release adds nothing unseen. Left out, and why: HexHighEntropyString (digests and
commits are hexadecimal, and every manifest is full of them), IPPublicDetector (an address is no secret), and
KeywordDetector (its patterns need time that grows with the square of a line without spaces, 1.6 s for 4 KB; the words
that it knows are in `secret_patterns`).
"""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detect_secrets.plugins.base import BasePlugin

_WINDOW = 4096
_OVERLAP = 512
"""Characters looked at together, and those seen twice where a line is cut: longer than any secret that is known.

The time of some patterns grows with the square of what they are given."""

_ENTROPY_BITS = 4.5
"""detect-secrets' limit for base64."""


def find_listed(text: str, *, with_entropy: bool) -> Iterator[tuple[str, int, int]]:
    """Yield (type, start, end) of what a detector takes for a secret."""
    detectors, random_looking = _detectors()
    for start, window in _windows(text):
        for detector in (*detectors, random_looking) if with_entropy else detectors:
            for place, value in _places(detector, window):
                yield str(detector.secret_type), start + place, start + place + len(value)


def _places(detector: "BasePlugin", window: str) -> Iterator[tuple[int, str]]:
    """Yield each secret of a window with its place: on the line where it is one, else where it first stands."""
    values = _values(detector, window)
    start = 0
    for line in window.splitlines(keepends=True) if values else ():
        for value in _values(detector, line):
            values.discard(value)
            yield start + line.find(value), value
        start += len(line)
    yield from ((window.find(value), value) for value in values)


def _values(detector: "BasePlugin", text: str) -> set[str]:
    """Return what a detector yields of a text: secrets, or of some issuers no more than their prefix."""
    found = {value for value in detector.analyze_string(text) if value}
    rating = getattr(detector, "calculate_shannon_entropy", None)
    return found if rating is None else {value for value in found if rating(value) > _ENTROPY_BITS}


def _windows(text: str) -> Iterator[tuple[int, str]]:
    """Yield (place, part) over a text: whole lines together, and a line that is too long in parts that overlap."""
    start = 0
    while start < len(text):
        end = min(start + _WINDOW, len(text))
        cut = text.rfind("\n", start, end) + 1
        if end < len(text) and cut > start:
            end = cut
        yield start, text[start:end]
        is_within_line = end < len(text) and cut <= start
        start = end - _OVERLAP if is_within_line else end


@cache
def _detectors() -> "tuple[tuple[BasePlugin, ...], BasePlugin]":
    from detect_secrets.plugins import (
        artifactory,
        aws,
        azure_storage_key,
        basic_auth,
        cloudant,
        discord,
        github_token,
        gitlab_token,
        high_entropy_strings,
        ibm_cloud_iam,
        ibm_cos_hmac,
        jwt,
        mailchimp,
        npm,
        openai,
        private_key,
        pypi_token,
        sendgrid,
        slack,
        softlayer,
        square_oauth,
        stripe,
        telegram_token,
        twilio,
    )

    return (
        artifactory.ArtifactoryDetector(),
        aws.AWSKeyDetector(),
        azure_storage_key.AzureStorageKeyDetector(),
        basic_auth.BasicAuthDetector(),
        cloudant.CloudantDetector(),
        discord.DiscordBotTokenDetector(),
        github_token.GitHubTokenDetector(),
        gitlab_token.GitLabTokenDetector(),
        ibm_cloud_iam.IbmCloudIamDetector(),
        ibm_cos_hmac.IbmCosHmacDetector(),
        jwt.JwtTokenDetector(),
        mailchimp.MailchimpDetector(),
        npm.NpmDetector(),
        openai.OpenAIDetector(),
        private_key.PrivateKeyDetector(),
        pypi_token.PypiTokenDetector(),
        sendgrid.SendGridDetector(),
        slack.SlackDetector(),
        softlayer.SoftlayerDetector(),
        square_oauth.SquareOAuthDetector(),
        stripe.StripeDetector(),
        telegram_token.TelegramBotTokenDetector(),
        twilio.TwilioKeyDetector(),
    ), high_entropy_strings.Base64HighEntropyString(_ENTROPY_BITS)

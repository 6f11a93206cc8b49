"""Which URIs may be fetched: hostile ones are answered before anything is opened."""

import pytest

from promoter.policy.settings import Store
from promoter.policy.uri import UriFault, check_uri, find_store

STORES = (
    Store(id="bucket", scheme="s3", host="evidence", prefix="/ml"),
    Store(id="web", scheme="https", host="data.example.org", prefix="/"),
    Store(id="disk", scheme="file", host="", prefix="/srv/evidence"),
)


@pytest.mark.parametrize(
    "uri",
    ["s3://evidence/ml/a/b.parquet", "https://data.example.org/x.parquet", "file:///srv/evidence/a.parquet"],
)
def test_a_uri_in_a_store_is_allowed(uri: str) -> None:
    """Scheme, exact host and prefix."""
    assert check_uri(uri, STORES) is None


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("file:///etc/passwd", "file:///etc/passwd lies in no store of the registry"),
        ("file:///srv/evidence-private/x", "lies in no store"),
        ("file:///srv/evidence/../../etc/passwd", "`..` segment"),
        ("file://host/srv/evidence/x", "a file URI names a host"),
        ("../x", "not a URI of the form"),
        ("S3://evidence/ml/x", "not a URI of the form"),
        ("s3://other/ml/x", "lies in no store"),
        ("s3://evidence/private/x", "lies in no store"),
        ("git+ssh://data.example.org/x", "no store of the registry has the scheme 'git+ssh'"),
        ("http://data.example.org/x", "no store of the registry has the scheme 'http'"),
        ("https://data.example.org@evil.example/x", "names a user before its host"),
        ("https://data.example.org./x", "ends with a dot"),
        ("https://d\u0430ta.example.org/x", "an international name"),
        ("https://xn--dta-5cd.example.org/x", "an international name"),
        ("https://DATA.example.org/x", "characters that no store's name has"),
        ("https://data.example.org:8443/x", "an address, not a name"),
        ("https://169.254.169.254/latest", "an address, not a name"),
        ("https://0x7f.1/x", "an address, not a name"),
        ("https://2130706433/x", "an address, not a name"),
        ("https://0177.0.0.1/x", "an address, not a name"),
        ("https://[::ffff:10.0.0.1]/x", "an address, not a name"),
        ("https://localhost/x", "a name of an inner network"),
        ("https://metadata.google.internal/x", "a name of an inner network"),
        ("https://data.example.org", "the path is empty"),
        ("https://data.example.org/a//b", "empty"),
        ("https://data.example.org/a/%2e%2e/b", "an escape"),
        ("https://data.example.org/a?x=1", "a query"),
        ("https://data.example.org/a#x", "a fragment"),
        ("https://data.example.org\\@evil.example/x", "names a user"),
        ("https://data.example.org/a\n", "plain ASCII"),
        ("https://data.example.org/" + "a" * 2048, "longer than 2048"),
        ("", "not a URI"),
    ],
)
def test_a_hostile_uri_is_refused_with_what_to_do(uri: str, message: str) -> None:
    """Each row of the hostile corpus that concerns a URI."""
    fault = check_uri(uri, STORES)
    assert fault is not None
    assert message in fault.message
    assert fault.hint


def test_without_stores_nothing_is_fetched() -> None:
    """The repository alone."""
    assert check_uri("s3://evidence/ml/x", ()) == UriFault(
        "no store of the registry has the scheme 's3'",
        "commit the file beside its manifest, or ask the registry's owners to add a store",
    )


def test_the_store_of_a_uri_is_found() -> None:
    """By scheme, host and prefix."""
    assert find_store("s3://evidence/ml/x", STORES) is STORES[0]
    assert find_store("s3://evidence/x", STORES) is None

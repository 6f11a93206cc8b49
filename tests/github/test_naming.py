import pytest

from promoter.github.naming import api_of, repository_at


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/registry",
        "https://github.com/acme/registry.git",
        "https://x-access-token:secret@github.com/acme/registry.git/",
        "git@github.com:acme/registry.git",
        "github.com:acme/registry",
        "ssh://git@github.com/acme/registry.git",
        "ssh://git@ssh.github.com:443/acme/registry.git",
    ],
)
def test_each_way_to_write_a_repository_is_understood(url: str) -> None:
    """As git takes them."""
    assert "acme/registry" == repository_at(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com.evil.example/acme/registry",
        "https://evil.example/github.com/acme/registry",
        "http://github.com/acme/registry",
        "git@evil.example:acme/registry.git",
        "/srv/git/acme/registry.git",
        "https://github.com/acme",
        "https://github.com/acme/registry/tree",
        "",
    ],
)
def test_another_host_or_form_is_no_repository_of_the_server(url: str) -> None:
    """A token goes to the server alone that it is for."""
    assert repository_at(url) is None


def test_an_enterprise_server_is_known_by_its_own_address() -> None:
    """With its port; GitHub's own host is then another server."""
    server = "https://git.acme.example:8443"
    assert "a/b" == repository_at(f"{server}/a/b.git", server=server)
    assert "a/b" == repository_at("git@git.acme.example:a/b", server=server)
    assert repository_at("https://github.com/a/b", server=server) is None
    assert ("https://api.github.com", f"{server}/api/v3") == (api_of("https://github.com"), api_of(server))

"""Whether and how commits are signed here, as git's configuration says; what git asks of it is asked in the same way.

Source: git-config(1), `commit.gpgSign`, `gpg.*`, `user.signingKey`; git, gpg-interface.c.
"""

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import pygit2

from promoter.errors import Location, Problem, ProposalError

_WANTED, _FORM, _KEY = "commit.gpgsign", "gpg.format", "user.signingkey"


class Form(Enum):
    """A kind of signature, by its name in `gpg.format`."""

    OPENPGP = "openpgp"
    SSH = "ssh"


_PROGRAMS = {Form.OPENPGP: ("gpg.openpgp.program", "gpg.program"), Form.SSH: ("gpg.ssh.program",)}
_DEFAULT_PROGRAMS = {Form.OPENPGP: "gpg", Form.SSH: "ssh-keygen"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSettings:
    """How commits are signed: by which program, run in which folder, and with which key.

    `key` is as it is written, None where nothing is; `key_command` prints one for SSH then.
    """

    form: Form
    program: str
    folder: Path
    key: str | None
    key_command: str | None


def read_signing_settings(git: pygit2.Repository) -> SigningSettings | None:
    """Return how commits are signed in a repository, or None where they are not.

    Raises ProposalError for what git would not understand, and for X.509.
    """
    config = git.config.snapshot()
    try:
        is_wanted = _WANTED in config and config.get_bool(_WANTED)
    except (pygit2.GitError, ValueError) as exc:
        raise _unusable(_WANTED, "its value is neither true nor false", "write one of these") from exc
    if not is_wanted:
        return None
    name = _text(config, _FORM) or Form.OPENPGP.value
    if name == "x509":
        hint = "use openpgp or ssh; the rules of a registry name no X.509 certificates"
        raise _unusable(_FORM, "commits are not signed with X.509 here", hint)
    if name not in {form.value for form in Form}:
        raise _unusable(_FORM, f"git knows no format {name!r}", "write openpgp or ssh")
    form = Form(name)
    programs = (_text(config, program) for program in _PROGRAMS[form])
    return SigningSettings(
        form=form,
        program=expanded(next(filter(None, programs), _DEFAULT_PROGRAMS[form])),
        folder=Path(git.workdir or git.path),
        key=_text(config, _KEY) or None,
        key_command=_text(config, "gpg.ssh.defaultkeycommand") or None,
    )


def expanded(path: str) -> str:
    """Return a path with the home that `~` stands for; all else stays, for `./gpg` is another program than `gpg`."""
    return os.path.expanduser(path)  # noqa: PTH111 - Path takes the dot away, and raises for an unknown user


def _text(config: pygit2.Config, name: str) -> str | None:
    """Return a value, the one that counts. Raises ProposalError for a name without one."""
    if name not in config:
        return None
    value: str | None = config[name]
    if value is None:
        raise _unusable(name, "it has no value", "write one, or take its line out")
    return value


def _unusable(name: str, message: str, hint: str) -> ProposalError:
    return ProposalError(Problem(Location(f"git config {name}"), message, hint))

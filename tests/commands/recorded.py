"""A registry with a history of merges and their decision records, for the commands that read them."""

from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from promoter.cli import promoter
from tests.support.registry import FOLDER, model_yaml, rule_files, stage_files, version_files
from tests.support.repositories import RepositoryBuilder

PRODUCTION = "reports/decisions/lending/mortgage/production"
VERSIONS = "reports/decisions/lending/mortgage/versions"


def pipeline(*, approvals: str) -> dict[str, str]:
    """Return the pipeline of the test registry with other approvals before production, such as {role: risk}."""
    path = "policies/pipeline.yaml"
    return {path: str(rule_files()[path]).replace("{role: risk}", approvals)}


@dataclass(frozen=True, slots=True)
class Registry:
    """A checked-out registry whose branch is main."""

    builder: RepositoryBuilder

    @classmethod
    def create(cls, folder: Path) -> "Registry":
        """Rules first, which ask nobody to agree; 1.0.0 and 2.0.0 are registered, then production moves to each."""
        builder = RepositoryBuilder.create(folder)
        builder.git("config", "user.name", "Recorder")
        builder.git("config", "user.email", "recorder@example.org")
        builder.commit({**rule_files(), **pipeline(approvals="")})
        builder.commit({f"{FOLDER}/model.yaml": model_yaml(), **version_files()}, message="Register (#1)")
        builder.commit(version_files("2.0.0"), message="Register (#2)")
        builder.commit(stage_files(production="1.0.0"), message="Promote (#3)")
        builder.commit(stage_files(production="2.0.0"), message="Promote (#4)")
        registry = cls(builder)
        registry.check_out()
        return registry

    @classmethod
    def create_recorded(cls, folder: Path) -> "Registry":
        """Return the same with the record of every change on main, and in the working tree."""
        registry = cls.create(folder)
        registry.run("record", "--commit")
        registry.check_out()
        return registry

    def check_out(self) -> None:
        """Bring the working tree to the tip."""
        self.builder.git("reset", "--hard", "-q", "main")

    def commit(self, files: dict[str, bytes | str | None], *, message: str = "by hand") -> str:
        """Commit files past every gate, and check them out."""
        commit = self.builder.commit(files, message=message)
        self.check_out()
        return commit

    def run(self, *arguments: str) -> Result:
        """Run a command of Promoter on the registry."""
        return CliRunner().invoke(promoter, [*arguments, "--repo", str(self.builder.path)], catch_exceptions=False)

    def records(self) -> dict[str, bytes]:
        """Return the records of the tip."""
        files = self.builder.files(self.builder.git("rev-parse", "main"))
        return {path: content for path, content in files.items() if path.startswith("reports/")}

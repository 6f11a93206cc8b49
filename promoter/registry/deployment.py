"""What would be deployed, how it is watched, and how it goes back."""

from pydantic import Field

from promoter.document.strict import Day, Strict
from promoter.registry.address import Digest, Identifier, Version


class Encryption(Strict):
    """How data is protected where the model runs."""

    at_rest: str = Field(description="Algorithm and key store.", min_length=1)
    in_transit: str = Field(description="Protocol and its least version.", min_length=1)


class Resources(Strict):
    """What the model is given where it runs."""

    cpu_cores: float = Field(description="Cores, whole or in parts.", gt=0)
    memory_mib: int = Field(description="Memory, in units of 1,048,576 bytes.", gt=0)
    accelerator: str | None = Field(default=None, description="Kind of accelerator; absent: none.", min_length=1)


class Deployment(Strict):
    """The deployment package of a version."""

    image: str = Field(description="Image name, without tag.", min_length=1)
    image_digest: Digest = Field(description="Digest of the image.")
    regions: tuple[Identifier, ...] = Field(description="Regions in which it runs.", min_length=1)
    service_account: str = Field(description="Account under which it runs.", min_length=1)
    roles: tuple[str, ...] = Field(default=(), description="Roles that are granted to the account.")
    secrets: tuple[str, ...] = Field(default=(), description="References to secrets; never values.")
    egress: tuple[str, ...] = Field(default=(), description="Hosts that it may call.")
    encryption: Encryption = Field(description="How data is protected.")
    runtime: dict[str, str] = Field(default_factory=dict, description="Component to version, such as python.")
    resources: Resources | None = Field(default=None, description="What it is given where a stage says nothing else.")


class Environment(Strict):
    """What a stage runs its version in, where that is not what the version's deployment says; docs/adr/0012."""

    image_digest: Digest | None = Field(default=None, description="Digest of the image that the stage runs.")
    runtime: dict[str, str] = Field(default_factory=dict, description="Component to version, where it differs.")
    resources: Resources | None = Field(default=None, description="What the stage gives to the model.")
    data_schema: str | None = Field(
        default=None, description="Version or digest of the schema of the rows that the stage feeds.", min_length=1
    )


class Watch(Strict):
    """One number that is watched in production."""

    measure: str = Field(description="Measure's usual name.", min_length=1)
    minimum: float | None = Field(default=None, description="Alarm below it.")
    maximum: float | None = Field(default=None, description="Alarm above it.")
    window_days: int = Field(description="Rows of how many days make one value.", gt=0)


class MonitoringPlan(Strict):
    """What is watched after a promotion, and who is called."""

    dashboard: str = Field(description="Where it is shown.", min_length=1)
    on_call: str = Field(description="Rota or address that is called.", min_length=1)
    owner: Identifier = Field(description="Role that owns the plan.")
    watches: tuple[Watch, ...] = Field(description="What is watched.", min_length=1)


class RollbackPlan(Strict):
    """What happens when the version must go back."""

    to_version: Version | None = Field(default=None, description="Version to return to; absent: the one before.")
    procedure: str = Field(description="What the person on call does.", min_length=1)
    tested_on: Day | None = Field(default=None, description="Day of the last drill.")

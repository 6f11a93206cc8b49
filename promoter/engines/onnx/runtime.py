"""Which onnxruntime runs models here, told without importing it."""

from importlib.metadata import PackageNotFoundError, version


def runtime_identity() -> str:
    """Return name and version of the runtime: another one may round otherwise, and without one nothing was scored."""
    try:
        return f"onnxruntime {version('onnxruntime')}"
    except PackageNotFoundError:
        return "no onnxruntime"

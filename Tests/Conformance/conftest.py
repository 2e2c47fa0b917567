import pathlib
import sys

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "Tools"))

from service import Service  # noqa: E402


@pytest.fixture(scope="session")
def service():
    with Service() as service:
        yield service


@pytest.fixture(scope="session")
def document():
    return yaml.safe_load((ROOT / "openapi.yaml").read_text())

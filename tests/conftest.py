"""Options of the whole test run."""

from pathlib import Path

from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parent.parent
EFFECTS_CASES = REPOSITORY.parent / "shared" / "oracles" / "effects" / "cases"

# other work on the machine must not fail a test
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_addoption(parser):
    parser.addoption(
        "--effects-cases",
        default=str(EFFECTS_CASES),
        metavar="DIR",
        help="folder of reference cases for effect sizes (JSON; their data lie beside it)",
    )


def pytest_generate_tests(metafunc):
    if "effects_case" in metafunc.fixturenames:
        folder = Path(metafunc.config.getoption("--effects-cases"))
        cases = sorted(folder.glob("*.json"))
        metafunc.parametrize("effects_case", cases, ids=[case.stem for case in cases])

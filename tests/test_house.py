"""The rules of the house that no single room can see to."""

import ast
import inspect
import pkgutil
import shutil
import subprocess
import sys
import venv
import zipfile
from importlib import import_module
from pathlib import Path

import pytest
from builders import REPOSITORY
from program import python

import asmr_stim
import asmr_stim_tui

PURE_ROOMS = ("acoustics", "annotation", "moderator", "schema")
DATA = (".yaml", ".json", ".tsv", ".tcss", ".css", ".html", ".js", ".j2", ".md", ".gz", ".typed")

QUIET = """
import logging, os, sys, warnings

def state():
    root = logging.getLogger()
    return (list(root.handlers), root.level, list(warnings.filters), os.getcwd(), dict(os.environ))

for name in ("numpy", "scipy.stats", "pydantic", "typer", "numba", "matplotlib", "nilearn.plotting",
             "librosa", "textual.app", "soundfile", "jinja2", "typing_extensions", "rich"):
    __import__(name)  # what others do when they are imported is theirs to answer for
before = state()
for name in sys.argv[1:]:
    __import__(name)
assert state() == before, "importing changes logging, warnings or the environment"
"""

PURE = """
import sys
import numpy, scipy.stats, scipy.signal, scipy.ndimage, scipy.special, numba, pydantic
from importlib import import_module
import asmr_stim.errors, asmr_stim.schema

for name in sys.argv[1:]:
    import_module(name)

from asmr_stim.acoustics.sound import Sound
from asmr_stim.acoustics.programme import channel_weights
from asmr_stim.annotation.composition import covered_samples
from asmr_stim.annotation.lanes import packed_lanes
from asmr_stim.moderator.ale.kernel import gaussian_kernel
from asmr_stim.moderator.effects.direction import count_directions
from asmr_stim.moderator.effects.sign_test import sign_test
from asmr_stim.moderator.eligibility import eligibility
from asmr_stim.schema.study import Study
exercise = Study.model_validate({
    "schema_version": "1.0.0", "id": "doe_2020", "evidence_level": "abstract", "sources": [],
    "review_status": {"status": "candidate", "basis": "recorded", "reason": "a test"},
})

opened = []
def watch(event, arguments):
    if event in {"open", "socket.__new__", "subprocess.Popen", "os.listdir", "os.scandir"}:
        opened.append((event, arguments[:1]))
sys.addaudithook(watch)

count_directions([exercise])
eligibility(exercise)
sound = Sound(numpy.zeros((2, 4800)) + 0.1, 48000)
repr(sound)
sign_test(3, 1)
gaussian_kernel(20, (2.0, 2.0, 2.0))
channel_weights(2)
covered_samples([(0, 5), (3, 9)])
packed_lanes(())
try:
    Study.model_validate({})
except pydantic.ValidationError as error:
    error.errors()
print(opened)
"""


def modules(package):
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [package.__name__, *(each.name for each in found if not each.name.endswith("__main__"))]


ALL_MODULES = [*modules(asmr_stim), *modules(asmr_stim_tui)]


def test_importing_changes_neither_logging_nor_warnings_nor_files(tmp_path):
    done = python(QUIET, *ALL_MODULES, folder=tmp_path)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_importing_a_pure_room_warns_of_nothing(room):
    names = [name for name in ALL_MODULES if name.startswith(f"asmr_stim.{room}")]
    imports = "import sys\nfor name in sys.argv[1:]:\n    __import__(name)\n"
    done = python(imports, *names, PYTHONWARNINGS="default::UserWarning")
    assert (done.returncode, done.stderr) == (0, "")


def test_pure_rooms_open_no_file_and_no_socket():
    names = [
        name for name in ALL_MODULES if name.split(".")[1:2] and name.split(".")[1] in PURE_ROOMS
    ]
    done = python(PURE, *names)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def public_definitions(name):
    """Yield every public function, class and method that a module defines."""
    module = import_module(name)
    for word, thing in vars(module).items():
        if word.startswith("_") or getattr(thing, "__module__", None) != name:
            continue
        if inspect.isfunction(thing) or inspect.isclass(thing):
            yield f"{name}.{word}", thing
        if inspect.isclass(thing):
            for method, function in vars(thing).items():
                if inspect.isfunction(function) and not method.startswith("_"):
                    yield f"{name}.{word}.{method}", function


@pytest.mark.parametrize("name", ALL_MODULES)
def test_everything_public_says_what_it_is(name):
    assert import_module(name).__doc__, f"{name} has no docstring"
    silent = [what for what, thing in public_definitions(name) if not inspect.getdoc(thing)]
    assert silent == []


def test_no_module_is_empty_and_none_is_a_drawer_for_odds_and_ends():
    for path in [*(REPOSITORY / "asmr_stim").rglob("*.py"), *(REPOSITORY / "tui").rglob("*.py")]:
        assert path.stem not in {"utils", "helpers", "common", "misc"}, path
        assert ast.parse(path.read_text(encoding="utf-8")).body, f"{path} is empty"


def committed(*folders):
    """Return the files of folders that the repository keeps."""
    git = shutil.which("git")
    if git is None or not (REPOSITORY / ".git").exists():
        pytest.skip("this is no checkout with git, so what is committed cannot be told")
    listing = subprocess.run(
        [git, "ls-files", *folders], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    return [name for name in listing.split("\n") if name and (REPOSITORY / name).is_file()]


def place_in_wheel(name):
    for folder, place in (
        ("tui/asmr_stim_tui/", "asmr_stim_tui/"),
        ("schemas/", "asmr_stim/_data/schemas/"),
        ("stimuli_catalog/", "asmr_stim/_data/stimuli_catalog/"),
    ):
        if name.startswith(folder):
            return place + name.removeprefix(folder)
    return name


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of exactly what the repository keeps, built away from it."""
    names = committed(
        "asmr_stim", "tui", "schemas", "stimuli_catalog", "pyproject.toml", "README.md", "LICENSE"
    )
    source = tmp_path_factory.mktemp("source")
    for name in names:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, source / name)
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "wheel", source, "--no-deps", "--quiet", "-w", out],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0 and "hatchling" in done.stderr:
        pytest.skip("the build back end cannot be had here")
    assert done.returncode == 0, done.stderr
    (built,) = Path(out).glob("*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_has_exactly_what_the_repository_keeps(wheel):
    kept = committed("asmr_stim", "tui", "schemas", "stimuli_catalog")
    wanted = {place_in_wheel(name) for name in kept if name.endswith((".py", *DATA))}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == wanted


@pytest.mark.slow
def test_an_installed_wheel_finds_its_knowledge_away_from_the_checkout(wheel, tmp_path):
    place = tmp_path / "venv"
    venv.create(place, with_pip=False)
    (packages,) = (place / "lib").glob("python*/site-packages")
    zipfile.ZipFile(wheel).extractall(packages)
    others = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "others.pth").write_text("\n".join(others), encoding="utf-8")
    code = (
        "import asmr_stim, sys; from asmr_stim.cli import main; "
        "assert asmr_stim.__file__.startswith(sys.prefix), asmr_stim.__file__; "
        "from asmr_stim.resources import catalogue_folder; "
        "sys.argv = ['asmr-stim', 'validate', str(catalogue_folder())]; main()"
    )
    done = subprocess.run(
        [place / "bin" / "python", "-c", code],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("files checked, no problems\n")

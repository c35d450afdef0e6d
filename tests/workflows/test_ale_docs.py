import doctest

from builders import REPOSITORY


def test_the_python_example_of_the_page_runs():
    page = REPOSITORY / "docs" / "ale.md"
    results = doctest.testfile(str(page), module_relative=False)
    assert results.attempted > 0
    assert results.failed == 0

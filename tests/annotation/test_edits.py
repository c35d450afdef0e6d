import pytest
from annotation_builders import an_annotation
from pydantic import ValidationError

from asmr_stim.annotation.edits import Change, Edit, Step, edited, inverse

FIRST, SECOND = an_annotation((0, 10, {}), (5, 20, {})).regions


def test_an_edit_and_its_inverse_cancel():
    edit = Edit(kind="merge", changes=(Change(before=FIRST), Change(before=SECOND)))
    assert edited((), inverse(edit)) == (FIRST, SECOND)
    assert edited(edited((FIRST, SECOND), edit), inverse(edit)) == (FIRST, SECOND)


@pytest.mark.parametrize(
    "build",
    [
        Change,
        lambda: Change(before=FIRST, after=SECOND),
        lambda: Edit(kind="add", changes=()),
        lambda: Edit(kind="add", changes=(Change(after=FIRST), Change(before=FIRST))),
        lambda: Step(op="edit"),
        lambda: Step(op="undo", edit=Edit(kind="add", changes=(Change(after=FIRST),))),
    ],
)
def test_an_edit_that_means_nothing_cannot_be_built(build):
    with pytest.raises(ValidationError):
        build()

import pytest
from annotation_builders import a_session

from asmr_stim_tui.lanes import bar_texts


def region(**fields):
    return a_session((0, 10, fields)).regions[0]


@pytest.mark.parametrize(
    ("width", "room", "texts"),
    [
        (20, 0, ("[tapping 3 L       ]", "")),
        (13, 0, ("[tapping 3 L]", "")),
        (12, 0, ("[tapping   ]", "")),
        (9, 5, ("[tapping]", "")),
        (8, 5, ("[tappi…]", "")),
        (8, 13, ("[      ]", " tapping 3 L")),
        (4, 0, ("[  ]", "")),
        (2, 12, ("▏▏", "")),
        (1, 13, ("▏", " tapping 3 L")),
    ],
)
def test_a_label_is_whole_beside_a_short_bar_or_says_that_it_is_cut(width, room, texts):
    assert bar_texts(region(source="tapping", intensity=3, ear="left"), width, room) == texts

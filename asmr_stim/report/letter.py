"""A letter to a study's authors that asks for what is missing, and the form for their answers."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap

from asmr_stim.io.yaml_text import flow_text
from asmr_stim.report.tables import shown
from asmr_stim.schema.answers import FORM_VERSION, Question, allowed_words
from asmr_stim.schema.knowledge import value_of
from asmr_stim.schema.study import Study
from asmr_stim.schema.taxonomy import Taxonomy

WIDTH = 78
SHOWN_LABELS = 4  # of the records that one question is about; how many more is said

OPENING = """\
we collect what studies of ASMR say of their stimuli, so that others can play the same and \
findings can be compared by the kind of stimulus. For your study we could not find the following. \
We would be grateful for whatever you can still tell; every answer will be marked as coming from \
you."""
CLOSING = """\
If you fill in the form that comes with this letter, a program can take your answers over as they \
are. Leave empty what you do not know or cannot share. Where the things that a question is about \
differ, please answer for each. A plain reply is as welcome."""
FORM_HEAD = """\
# Answers about {study}. Write behind 'answer:'; leave it empty where you do not know.
# An answer is text, a number, yes or no, or a list: [whisper, tapping]. Text with a colon or a
# '#' in it stands in quotes: "Sand: the video".
# Where one question is about several things that differ, copy its entry and divide its places.
form_version: {version}
study: {study}
answered_by:  # your name
answered_on:  # the day, such as 2026-05-31
answers:
"""


def letter(study: Study, questions: Sequence[Question]) -> str:
    """Return a letter that asks each question once, in plain words.

    Parameters
    ----------
    study : Study
    questions : sequence of Question
        What is missing, as ``questions`` returns it; at least one.
    """
    lines = [f"To the authors of {line}" if not i else line for i, line in enumerate(_cited(study))]
    lines += ["", "Dear colleagues,", "", *wrap(OPENING, WIDTH), ""]
    lines += [*wrap(_what_was_read(study, questions), WIDTH), ""]
    number = 0
    for about, group in groupby(questions, key=lambda question: question.about):
        lines += [*wrap(_heading(about), WIDTH), ""]
        for question in group:
            number += 1
            is_marked = study.evidence_level == "full_text" and not question.is_read
            lines += _asked(number, question, " *" if is_marked else "")
        lines.append("")
    lines += [*wrap(CLOSING, WIDTH), "", "With kind regards,"]
    return "\n".join(lines)


def answer_form(study: Study, questions: Sequence[Question], taxonomy: Taxonomy) -> str:
    """Return the form as YAML: one entry a question, with the places its answer goes to."""
    lines = [FORM_HEAD.format(study=study.id, version=FORM_VERSION).rstrip()]
    for question in questions:
        words = allowed_words(question.places[0], taxonomy) if question.places else ()
        lines += [
            f"- item: {question.item.id}",
            f"  about: {flow_text(list(question.about))}",
            f"  question: {flow_text(question.item.ask)}",
            f"  places: {flow_text(list(question.places))}",
            f"  answer:{'  # ' + ', '.join(words) if words else ''}",
        ]
    return "\n".join(lines) + "\n"


def _cited(study: Study) -> Iterator[str]:
    title = value_of(study.title) or study.id
    yield from wrap(f'"{title}"', WIDTH - len("To the authors of "))
    parts = [", ".join(value_of(study.authors) or ())]
    parts += [shown(value_of(field)) for field in (study.venue, study.year) if value_of(field)]
    parts += [f"doi {value_of(study.doi)}"] if value_of(study.doi) else []
    yield from wrap(", ".join(part for part in parts if part), WIDTH)


def _what_was_read(study: Study, questions: Sequence[Question]) -> str:
    if study.evidence_level != "full_text":
        read = study.evidence_level.replace("_", " ")
        return (
            f"Please forgive us if the paper says it: we could not read it in full (read: {read})."
        )
    n_open = sum(not question.is_read for question in questions)
    if n_open:
        return (
            "We read the full text; an asterisk marks what we did not look for yet, or what may "
            "stand in a table or supplement that we did not have."
        )
    return "We read the full text and did not find it there."


def _heading(about: tuple[str, ...]) -> str:
    if not about:
        return "What the catalogue has no entry for yet"
    listed = "; ".join(about[:SHOWN_LABELS])
    more = len(about) - SHOWN_LABELS
    return f"About: {listed}" + (f"; and {more} more" if more > 0 else "")


def _asked(number: int, question: Question, mark: str) -> list[str]:
    return wrap(
        f"{question.item.ask}{mark}", WIDTH, initial_indent=f"{number:>3}. ",
        subsequent_indent="     ", break_on_hyphens=False,
    )  # fmt: skip

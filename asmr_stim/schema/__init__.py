"""Records: what a taxonomy, a study, an annotation and a profile consist of.

Every record is strict and frozen: unknown keys are refused, a number is a number, and a value
that cannot be true cannot be built. Records know nothing of files. A term is checked against the
taxonomy that is handed in as pydantic validation context (``context={"taxonomy": taxonomy}``).
"""

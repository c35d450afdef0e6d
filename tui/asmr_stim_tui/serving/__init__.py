"""The annotator in a browser: textual-serve behind a door of this program's own.

``server`` wraps it, ``page/`` takes the place of its page, which asks other hosts for a font.
"""

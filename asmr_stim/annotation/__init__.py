"""What happens to an annotation: edits, a session with undo, lanes, composition.

Nothing here knows a file or a screen. A session is handed the annotation, the taxonomy and a
journal; it makes edits, each a small value that the journal keeps and that can be undone.
"""

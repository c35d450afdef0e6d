"""The annotator: label what is heard in a clip, in any terminal.

The app alone touches files; a screen turns keys and the messages of widgets into calls on an
``AnnotationSession``; widgets draw what they are shown. ``run_annotator`` opens it.
"""

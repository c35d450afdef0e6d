"""Families of features: each measures a sound piece by piece and names what it measures.

The names are those of ``schemas/features.yaml``. ``registry`` lists them all.
"""

"""What of the evidence is missing in the catalogue: one function per kind of fact.

Each takes what the evidence holds about a study, and the study, and returns one sentence for every
fact that did not arrive; an empty list means that all did.
"""

"""Contact with files: everything is read here, checked once, and handed inwards as records.

A file that cannot be used is an ``AsmrStimError`` whose message begins with ``FILE:LINE:COL``
where the place is known. Results are written to a temporary neighbour and then moved, so that
nothing is ever half-written.
"""

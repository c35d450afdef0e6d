"""What can go wrong, named by what a caller would do about it.

Every error is an ``AsmrStimError`` whose message is a sentence: what is wrong, where, what was
found, what to do. Each is also the built-in exception it resembles. ``str(error)`` is what the
user reads.
"""


class AsmrStimError(Exception):
    """The root of every error that asmr_stim raises on purpose."""


class InputError(AsmrStimError, ValueError):
    """The content of a file, a table or an argument cannot be used as it stands."""


class MissingInputError(AsmrStimError, LookupError):
    """Something that was asked for by name or path is not there."""


class UnreadableFileError(AsmrStimError, OSError):
    """A file is there but cannot be read as what it claims to be."""


class OutputError(AsmrStimError, OSError):
    """A result cannot be written; what stood there before stands there still."""


class ServiceError(AsmrStimError, OSError):
    """A service on the network does not answer, or not as it should."""

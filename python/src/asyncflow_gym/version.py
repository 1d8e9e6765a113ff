"""The version of this package, the same as that of the Node program in it."""

__version__ = "0.1.0"

"""The catalog for other programs: a format is one module."""

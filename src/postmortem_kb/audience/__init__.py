"""Who reads what is made of a repository: its own people, or the public."""

INTERNAL, PUBLIC = "internal", "public"
AUDIENCES = (INTERNAL, PUBLIC)
VARIABLE = "POSTMORTEM_AUDIENCE"
"""Tells the generator for whom a build is, so that one `mkdocs.yml` serves both."""

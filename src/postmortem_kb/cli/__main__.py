"""`python -m postmortem_kb.cli`."""

from postmortem_kb.cli import run

run()

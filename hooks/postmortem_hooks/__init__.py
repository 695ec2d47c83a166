"""Hooks for pre-commit and prek."""

"""Measures the understanding: `make nlu-report` writes docs/understanding.md and its pictures."""

"""Checks what the flows ask and say, before a resident reads it."""

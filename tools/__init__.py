"""Set-up, locking and training: what `make` calls. Standard library only, so that it runs before any install."""

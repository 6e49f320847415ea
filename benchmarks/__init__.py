"""What `make bench` runs: the real processes, measured, and compared with what they are built on."""

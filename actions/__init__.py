"""What the organisation does, one module per capability."""

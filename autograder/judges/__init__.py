"""The hidden checks, one module per exercise."""

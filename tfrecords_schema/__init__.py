"""The stored dataset: one schema, from which the writer, the parser and the verifier derive."""

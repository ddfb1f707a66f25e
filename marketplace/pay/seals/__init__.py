"""Proof that the books say what they said: trees of hashes over them, and who checks one."""

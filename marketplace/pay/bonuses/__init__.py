"""Bonuses: what a company gives somebody beside the pay of their work."""

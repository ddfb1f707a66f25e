"""Setara: a marketplace and scheduling service for AI data work."""

"""Disputes: a contractor claims against a cut of their time, an operator of neither side rules (rule DISPUTE)."""

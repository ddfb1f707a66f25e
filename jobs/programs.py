"""Every program that a job's name can stand for: importing this module registers them all."""

from jobs import business, checks, clock, housekeeping, money, payouts, rails, reactions, standing

PROGRAMS = (business, checks, clock, housekeeping, money, payouts, rails, reactions, standing)

"""Every program that a job's name can stand for: importing this module registers them all."""

from jobs import business, checks, housekeeping, reactions

PROGRAMS = (business, checks, housekeeping, reactions)

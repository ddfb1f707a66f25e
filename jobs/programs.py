"""Every program that a job's name can stand for: importing this module registers them all."""

from jobs import checks, housekeeping, reactions

PROGRAMS = (checks, housekeeping, reactions)

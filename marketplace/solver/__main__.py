"""`python -m marketplace.solver`: the commands of `matching`, without the application."""

from marketplace.solver.commands import matching

if __name__ == "__main__":
    matching(prog_name="python -m marketplace.solver")

"""The solver: open seats of shifts to people, as arrays in and arrays out. It knows nothing of the rest of the house.

`problem` is what it is asked and answers; whoever wants a plan makes a `Problem` and calls `solving.solve()`, or
`apart.solve_apart()` for a process of its own. `files` reads and writes a problem as a folder, `checker` looks at a
plan without any of the solver's code, and `python -m marketplace.solver --help` does all of it from a command line.
"""

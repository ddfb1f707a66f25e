"""The process of the solver: `jobs.reckoning` hands it a problem and reads its plan. Nothing else imports it."""

import pickle
import sys

from marketplace.solver.solving import solve

if __name__ == "__main__":
    problem, seed = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent wrote it
    sys.stdout.buffer.write(pickle.dumps(solve(problem, seed=seed)))

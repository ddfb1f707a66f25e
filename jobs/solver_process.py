"""The process of the solver: `jobs.reckoning` hands it a problem and reads its plan. Nothing else imports it."""

import sys

from marketplace.solver.packing import packed, problem_in
from marketplace.solver.solving import solve

if __name__ == "__main__":
    sys.stdout.buffer.write(packed(solve(problem_in(sys.stdin.buffer.read()), seed=int(sys.argv[1]))))

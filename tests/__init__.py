"""What has to be so before the first of our modules is imported.

A run starts a hundred processes of this one program, and compiling takes longer than loading. Where the shell forbids
to keep bytecode, as container images like to do, each of them would compile every library anew.
"""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

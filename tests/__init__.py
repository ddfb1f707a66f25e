"""What has to be so before the first of our modules is imported.

A run starts a hundred processes of this one program, and compiling takes longer than loading. Where the shell forbids
to keep bytecode, as container images like to do, each of them would compile every library anew.

What pytest imports and collects lives as long as it does, and the collector of cycles would go through it all again
and again: a fifth of the time. So it waits until `conftest` lets it begin where the tests do.
"""

import gc
import os
import sys

if "pytest" in sys.modules:
    gc.disable()
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

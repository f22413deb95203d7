"""What the figures were taken on."""

import importlib.metadata
import os
import platform
from pathlib import Path

import psutil

LIBRARIES = ("duckdb", "pandas", "numpy", "pyarrow")


def machine() -> dict[str, str]:
    """Processor, cores, memory, system, Python and the libraries that decide."""
    return {
        "processor": processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": platform.system(),
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
    }


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())

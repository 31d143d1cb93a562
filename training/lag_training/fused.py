"""Compiles and calls fused.cpp; ``LIB`` is None without a compiler, then the plain PyTorch path is used."""
from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

import torch


def _load() -> ctypes.CDLL | None:
    if os.environ.get("LAG_NO_FUSED"):
        return None
    source = Path(__file__).with_name("fused.cpp")
    out = Path(tempfile.gettempdir()) / f"web-lag-fused-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}.so"
    if not out.exists():
        tmp = out.with_suffix(f".{os.getpid()}")
        try:
            subprocess.run(["g++", "-O3", "-march=native", "-fno-math-errno", "-Wno-psabi", "-fopenmp", "-shared", "-fPIC", str(source), "-o", str(tmp)],
                           check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        tmp.replace(out)
    return ctypes.CDLL(str(out))


def _keep_memory() -> None:
    """Freed blocks stay with the process: taken afresh from the system, their pages would cost more than the pass that fills them."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):       # not the GNU C library
        return
    mallopt(-4, 0)                  # M_MMAP_MAX: no block is mapped on its own
    mallopt(-1, 2**31 - 1)          # M_TRIM_THRESHOLD: nothing is given back
    mallopt(-2, 64 << 20)           # M_TOP_PAD


LIB = _load()
if LIB:
    _keep_memory()


def call(name: str, *args) -> None:
    """Tensors become pointers (they must be contiguous), None a null pointer, numbers keep their type; the number of threads comes last."""
    assert all(a.is_contiguous() for a in args if isinstance(a, torch.Tensor))
    getattr(LIB, name)(*[ctypes.c_void_p(a.data_ptr() if isinstance(a, torch.Tensor) else None) if a is None or isinstance(a, torch.Tensor)
                         else ctypes.c_float(a) if isinstance(a, float) else ctypes.c_int(a) for a in (*args, torch.get_num_threads())])

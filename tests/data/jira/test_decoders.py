"""Types are made ready by one thread at a time: several that meet a new type at once must not end the process."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
_MANY = """
import sys, threading, types
import msgspec
from data.jira.protocol import decode

lines = ["class A0(msgspec.Struct):", "    x: 'int | None' = None"]
for i in range(1, 40):
    lines += [f"class A{i}(msgspec.Struct, frozen=True):", f"    x{i}: 'int | None' = None",
              "    y: 'list[str] | None' = None", f"    b: 'A{i - 1} | None' = None",
              "    z: 'dict[str, int] | None' = None"]
sys.setswitchinterval(1e-6)
for _ in range(40):
    made = sys.modules["made"] = types.ModuleType("made")
    made.msgspec = msgspec
    exec("\\n".join(lines), made.__dict__)
    ready = threading.Barrier(6)

    def read():
        ready.wait()
        assert decode(b'{"x39": 1, "b": {"x38": 2}}', made.A39).b.x38 == 2

    threads = [threading.Thread(target=read) for _ in range(6)]
    [each.start() for each in threads]
    [each.join() for each in threads]
print("all read")
"""


def test_six_threads_that_meet_a_type_at_once_read_it():
    done = subprocess.run([sys.executable, "-c", _MANY], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "all read"), done.stderr[-500:]

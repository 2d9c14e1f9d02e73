"""Hands a scenario of the conformance suite to the process that drives them all; starts in no time.

python -S -I knock.py DOOR URL
"""

import json
import os
import socket
import sys

with socket.socket(socket.AF_UNIX) as door:
    door.connect(sys.argv[1])
    context = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT") or "{}")  # noqa: TID251  # how the suite tells
    door.sendall(json.dumps({"url": sys.argv[2], "context": context}).encode() + b"\n")
    while said := door.recv(65_536):
        sys.stdout.write(said.decode())

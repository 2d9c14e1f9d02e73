"""An MCP server of the years before 2026, on the standard library alone; starts in no time.

    python bare.py [silent | dead | rude]

silent: never answers. dead: complains and ends. rude: greets, and lists no tools.
"""

import json
import sys

SCHEMA = {"type": "object", "properties": {}}


def answer(message, result):
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)  # noqa: T201


def tell(method):
    print(json.dumps({"jsonrpc": "2.0", "method": method}), flush=True)  # noqa: T201


def greet(message):
    answer(
        message,
        {
            "protocolVersion": message["params"]["protocolVersion"],
            "capabilities": {"tools": {"listChanged": True}},
            "serverInfo": {"name": "bare", "version": "1"},
        },
    )


def refuse(message):
    error = {"code": -32601, "message": "Method not found"}
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}), flush=True)  # noqa: T201


def main(how):
    if how == "dead":
        sys.exit("no such table: recipes")
    tools = ["look"]
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message or how == "silent":
            continue
        match message["method"]:
            case "initialize":
                greet(message)
            case "tools/list" if how == "rude":
                refuse(message)
            case "tools/list":
                answer(message, {"tools": [{"name": one, "inputSchema": SCHEMA} for one in tools]})
            case "tools/call":
                tools.append("listen")
                tell("notifications/tools/list_changed")
                answer(message, {"content": [{"type": "text", "text": "a tree"}]})
            case _:
                refuse(message)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")

"""An MCP server of the years before 2026, on the standard library alone; starts in no time.

    python bare.py [silent | dead | rude | asking | babbling | crowded]

silent: never answers. dead: complains and ends. rude: greets, and lists no tools. asking: asks a person in the
middle of a call. babbling: talks nonsense and logs without end. crowded: has 500 tools, on pages.
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
            "capabilities": {"tools": {"listChanged": True}, "logging": {}},
            "serverInfo": {"name": "bare", "version": "1"},
        },
    )


def refuse(message):
    error = {"code": -32601, "message": "Method not found"}
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}), flush=True)  # noqa: T201


PENDING = {}
QUESTION = {
    "mode": "form",
    "message": "Which environment?",
    "requestedSchema": {
        "type": "object",
        "properties": {
            "environment": {"type": "string", "enum": ["stage", "live"]},
            "replicas": {"type": "integer", "minimum": 1, "maximum": 9, "default": 2},
            "sure": {"type": "boolean"},
        },
        "required": ["environment", "sure"],
    },
}


def send(message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)  # noqa: T201


def ask(message):
    PENDING[f"q{message['id']}"] = message
    send({"id": f"q{message['id']}", "method": "elicitation/create", "params": QUESTION})


def told(message):
    asked = PENDING.pop(message.get("id"), None)
    if asked is not None:
        said = json.dumps(message.get("result", message.get("error")))
        answer(asked, {"content": [{"type": "text", "text": said}]})


def babble(message):
    print("this is no JSON at all", flush=True)  # noqa: T201
    print('{"jsonrpc": "2.0", "id": 12345, "result": {}}', flush=True)  # noqa: T201
    token = message["params"]["_meta"]["progressToken"]
    for step in range(1_500):
        said = {"level": "warning", "data": f"line {step} of tok-8372-xyz"}
        send({"method": "notifications/message", "params": said})
        progress = {"progressToken": token, "progress": step, "total": 1_500}
        send({"method": "notifications/progress", "params": progress})
    answer(message, {"content": [{"type": "text", "text": "done"}]})


def page(message):
    start = int(message.get("params", {}).get("cursor", 0))
    names = [f"tool_{number}" for number in range(start, start + 50)]
    result = {"tools": [{"name": one, "inputSchema": SCHEMA} for one in names]}
    if start < 450:
        result["nextCursor"] = str(start + 50)
    answer(message, result)


def grow(message):
    NAMES.append("listen")
    tell("notifications/tools/list_changed")
    answer(message, {"content": [{"type": "text", "text": "a tree"}]})


def list_tools(message):
    answer(message, {"tools": [{"name": one, "inputSchema": SCHEMA} for one in NAMES]})


NAMES = ["look"]
ANSWERS = {"initialize": greet, "tools/list": list_tools, "tools/call": grow}
OTHERWISE = {
    "rude": {"tools/list": refuse},
    "crowded": {"tools/list": page},
    "asking": {"tools/call": ask},
    "babbling": {"tools/call": babble},
}


def main(how):
    if how == "dead":
        sys.exit("no such table: recipes")
    answers = ANSWERS | OTHERWISE.get(how, {})
    for line in sys.stdin:
        message = json.loads(line)
        if "method" not in message:
            told(message)
        elif "id" in message and how != "silent":
            answers.get(message["method"], refuse)(message)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")

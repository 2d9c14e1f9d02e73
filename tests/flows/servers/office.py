"""Small MCP servers of an office: a mailbox, a writer, a notebook.

    python office.py gmail | openai | notion --notes FILE

What is done goes to FILE, one JSON object a line.
"""

import argparse
import json
from pathlib import Path

from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations

READS = ToolAnnotations(read_only_hint=True)
MAILS = [
    {"from": "cleo@example.com", "subject": "Invoice {{ 7*7 }}", "text": "Please pay 120 EUR."},
    {"from": "dan@example.com", "subject": "Lunch", "text": "At noon?"},
]


def gmail(note):
    def list_messages(query: str) -> dict[str, list[dict[str, str]]]:
        """List messages that match a query."""
        note(tool="list_messages", query=query)
        return {"messages": MAILS}

    return [(list_messages, READS)]


def openai(note):
    def summarize(text: dict[str, list[dict[str, str]]]) -> str:
        """Sum messages up."""
        note(tool="summarize")
        subjects = [one["subject"] for one in text["messages"]]
        return f"{len(subjects)} mails: {' and '.join(subjects)}."

    return [(summarize, READS)]


def notion(note):
    def create_page(content: str) -> dict[str, str]:
        """Write a page."""
        note(tool="create_page", content=content)
        return {"url": "https://notion.example/page-1"}

    return [(create_page, None)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=["gmail", "openai", "notion"])
    parser.add_argument("--notes", type=Path, required=True)
    asked = parser.parse_args()

    def note(**what):
        with asked.notes.open("a") as file:
            file.write(json.dumps(what) + "\n")

    server = MCPServer(asked.name)
    for tool, hints in globals()[asked.name](note):
        server.add_tool(tool, annotations=hints)
    server.run()


if __name__ == "__main__":
    main()

from opstream.adapters.mcp.masking import masked, secrets_of, shortened
from opstream.adapters.mcp.settings import McpServer


def test_secrets_are_told_by_their_name_or_their_look_and_in_their_parts():
    server = McpServer(
        "shop",
        env={
            "REGION": "eu-north-1",
            "DB_PASSWORD": "swordfish",
            "ACCOUNT": "a8f7s6d5f4a8s7d6f5a4s8d7",
        },
        headers={"Authorization": "Bearer abc123def"},
    )

    text = "eu-north-1 swordfish a8f7s6d5f4a8s7d6f5a4s8d7 abc123def Bearer abc123def"

    assert masked(text, secrets_of(server)) == "eu-north-1 ••• ••• ••• •••"
    assert "swordfish" not in repr(server)


def test_a_text_is_put_on_one_line_and_cut():
    assert shortened("a\n  b", 10) == "a b"
    assert shortened("a" * 20, 10) == "a" * 9 + "…"

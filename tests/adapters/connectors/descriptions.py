"""Short ways to write OpenAPI descriptions."""


def described(url, paths, **more):
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "servers": [{"url": url}],
        "paths": paths,
        **more,
    }


def parameter(name, place="query", kind="string", **more):
    schema = {"type": kind, **more.pop("schema", {})}
    return {"name": name, "in": place, "schema": schema, "required": place == "path", **more}


def get(id, *parameters, **more):
    return {"get": {"operationId": id, "parameters": list(parameters), **more}}


def sends(schema, media="application/json", **more):
    return {"requestBody": {"required": True, "content": {media: {"schema": schema}}}, **more}


def object_of(*needed, **properties):
    return {"type": "object", "properties": properties, "required": list(needed)}


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}

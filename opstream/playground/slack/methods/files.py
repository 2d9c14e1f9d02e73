"""`files.*`: uploading what blocks then show. A file is not shared into a channel by itself here."""

from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.files import LARGEST, as_slack
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.wire import Json, mappings, text


def get_upload_url(call: Call) -> Json:
    """Return where a file is to be uploaded."""
    length = call.text("length")
    if not length.isdigit() or int(length) < 1:
        raise SlackError("missing_argument")
    if int(length) > LARGEST:
        raise SlackError("file_upload_size_restricted")
    file = call.hub.files.announce(call.text("filename"), int(length))
    return {"upload_url": f"{call.hub.address}/upload/{file.ticket}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """Finish what was uploaded."""
    given = mappings(call.json("files", "invalid_arguments"))
    if not given or call.has("channel_id"):
        raise SlackError("invalid_arguments")
    found = [call.hub.files.complete(text(one.get("id")), text(one.get("title"))) for one in given]
    if None in found:
        raise SlackError("file_not_found")
    return {"files": [as_slack(one) for one in found if one is not None]}


WRITE = ("files:write",)

METHODS: Methods = {
    "files.getUploadURLExternal": Method(get_upload_url, Tier.FOUR, WRITE, ("filename", "length")),
    "files.completeUploadExternal": Method(complete_upload, Tier.FOUR, WRITE, ("files",)),
}

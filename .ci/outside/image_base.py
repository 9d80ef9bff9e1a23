"""Writes a base image as `docker save` does: one layer with one empty file, no JRE. argv: FILE."""

import hashlib
import io
import json
import sys
import tarfile


def tar(entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


layer = tar([("etc/base", b"")])
config = json.dumps(
    {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": ["PATH=/opt/java/openjdk/bin:/usr/bin"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
    }
).encode()
manifest = json.dumps([{"Config": "config.json", "RepoTags": ["base:test"], "Layers": ["layer.tar"]}]).encode()
with open(sys.argv[1], "wb") as out:
    out.write(tar([("manifest.json", manifest), ("config.json", config), ("layer.tar", layer)]))

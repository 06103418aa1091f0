"""A real object store on the loopback: Ceph's monitor, one OSD in memory and its S3 gateway.

Debian's packages `ceph-mon ceph-osd radosgw`, started as root in a folder of their own and stopped
by process id. Everything it holds is gone afterwards.
"""

from __future__ import annotations

import base64
import os
import shutil
import socket
import struct
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

NEEDED = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "monmaptool")
PATIENCE = 60.0
# What the gateway calls the place of a bucket that names none.
LOCATION = "default"
_CONFIG = """
[global]
fsid = {fsid}
mon_host = v2:127.0.0.1:{mon}/0
mon_initial_members = a
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
run_dir = {folder}
log_file = {folder}/$name.log
admin_socket =
keyring = {folder}/keyring
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
osd_objectstore = memstore
memstore_device_bytes = 4294967296
[mon.a]
host = localhost
mon_data = {folder}/mon
mon_data_avail_crit = 1
mon_data_avail_warn = 2
[osd.0]
osd_data = {folder}/osd
[client.rgw]
rgw_frontends = beast endpoint=127.0.0.1:{rgw}
rgw_dns_name = localhost
rgw_data = {folder}
rgw_lc_debug_interval = 0
"""


def why_not() -> str | None:
    """Why it can't be started here, or None."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if absent:
        return f"no real object store here ({', '.join(absent)}): " + (
            "apt-get install ceph-mon ceph-osd radosgw"
        )
    if os.geteuid() != 0:
        return "no real object store here: Ceph's daemons are started as root"
    return None


@contextmanager
def ceph(folder: Path, *, access_key: str, secret_key: str) -> Iterator[str]:
    """The endpoint of the store, answering; stopped at the end."""
    mon, rgw = _free_port(), _free_port()
    fsid = str(uuid.uuid4())
    config = folder / "ceph.conf"
    config.write_text(_CONFIG.format(fsid=fsid, mon=mon, rgw=rgw, folder=folder))
    _write_keyring(folder / "keyring")
    for name in ("mon", "osd"):
        (folder / name).mkdir()
    tool = _Tool(config)
    monmap = str(folder / "monmap")
    address = f"[v2:127.0.0.1:{mon}]"
    tool.run("monmaptool", "--create", "--addv", "a", address, "--fsid", fsid, monmap)
    tool.run(
        "ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap, "--keyring", str(folder / "keyring")
    )
    with ExitStack() as stopped:
        stopped.enter_context(tool.daemon("ceph-mon", "-i", "a"))
        osd = str(uuid.uuid4())
        tool.run("ceph", "osd", "new", osd)
        tool.run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        stopped.enter_context(tool.daemon("ceph-osd", "-i", "0"))
        stopped.enter_context(tool.daemon("radosgw", "-n", "client.rgw"))
        tool.run("radosgw-admin", "user", "create", "--uid", "handrail", "--display-name",
                 "handrail", "--access-key", access_key, "--secret", secret_key)  # fmt: skip
        endpoint = f"http://127.0.0.1:{rgw}"
        _wait_for(endpoint)
        yield endpoint


@dataclass(frozen=True)
class _Tool:
    config: Path

    def run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [program, "-c", str(self.config), *arguments],
            capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, f"{program} {arguments}: {done.stderr}"

    @contextmanager
    def daemon(self, program: str, *arguments: str) -> Iterator[None]:
        """Run it in the foreground, as our child, until the block ends."""
        with (self.config.parent / f"{program}.out").open("wb") as said:
            process = subprocess.Popen(
                [program, "-f", "-c", str(self.config), *arguments],
                stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            )  # fmt: skip
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _write_keyring(path: Path) -> None:
    """One key for every part: they are all ours, and gone with the test."""
    key = base64.b64encode(struct.pack("<hiih", 1, int(time.time()), 0, 16) + os.urandom(16))
    capabilities = "".join(f'\tcaps {who} = "allow *"\n' for who in ("mon", "osd", "mgr"))
    path.write_text(
        "".join(
            f"[{name}]\n\tkey = {key.decode()}\n{capabilities}"
            for name in ("mon.", "client.admin", "client.rgw", "osd.0")
        )
    )


def _wait_for(endpoint: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(endpoint, timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            assert time.monotonic() < end, "the gateway doesn't answer"
            time.sleep(0.2)
        else:
            return


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

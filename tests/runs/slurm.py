"""Slurm for real, as one node on this machine: Debian's slurm-wlm and munge, with their files in a folder of ours."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

from tests.serving import ended, free_ports

NEEDED = ("munged", "slurmctld", "slurmd", "srun", "sinfo", "scancel")
CONF = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
NodeName={host} NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def lacking() -> str:
    """Return why Slurm cannot be started here, "" if it can."""
    if os.geteuid() != 0:
        return "Slurm's daemons are started by root"
    missing = [name for name in NEEDED if not shutil.which(name)]
    return f"there is no {', '.join(missing)} (Debian: slurm-wlm munge)" if missing else ""


@contextlib.contextmanager
def cluster(folder: Path):
    """Start a cluster of one node with one core, its files in `folder`; yield the variables with which srun finds it.

    Raises OSError with what its daemons have said if they do not come up.
    """
    ports = free_ports(2)
    folder.chmod(0o755)
    for part in ("state", "spool"):
        (folder / part).mkdir()
    key, conf = folder / "munge.key", folder / "slurm.conf"
    key.touch(0o600)
    key.write_bytes(secrets.token_bytes(128))
    conf.write_text(CONF.format(host=socket.gethostname().partition(".")[0], ports=ports, folder=folder))
    env = os.environ | {"SLURM_CONF": str(conf)}
    files = {"key-file": key, "socket": "munge.socket", "pid-file": "munge.pid", "log-file": "munge.log"}
    munge = [f"--{name}={folder / file}" for name, file in (files | {"seed-file": "munge.seed"}).items()]
    commands = (["munged", "--foreground", "--force", *munge], ["slurmctld", "-D"], ["slurmd", "-D"])
    daemons = []
    with contextlib.ExitStack() as until_the_end:
        for command in commands:
            with (folder / f"{command[0]}.said").open("wb") as said:
                started = ended(subprocess.Popen(command, env=env, stdout=said, stderr=said))
                daemons.append(until_the_end.enter_context(started))
            until = time.monotonic() + 20
            while command[0] == "munged" and not (folder / "munge.socket").exists() and time.monotonic() < until:
                time.sleep(0.05)
        until = time.monotonic() + 30
        while (state := _states(env)) != "idle":
            if time.monotonic() > until or any(daemon.poll() is not None for daemon in daemons):
                said = "\n".join(file.read_text(errors="replace")[-500:] for file in folder.glob("*.said"))
                raise OSError(f"Slurm did not come up ({state}): {said}")
            time.sleep(0.2)
        yield {"SLURM_CONF": str(conf)}


def _states(env: dict[str, str]) -> str:
    asked = ["sinfo", "--noheader", "--format=%t"]
    return subprocess.run(asked, env=env, capture_output=True, text=True, check=False).stdout.strip()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""test-slurm.py PAGE CLI: runs the scripts of docs/slurm.md with a Slurm of its own, a controller and a node on this
machine, and compares what they leave with runs without it."""
import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

MODEL = "pcam-resnet18"
SLIDE = "demo:slide:1200x900,pattern=512,step=2"
OTHER = "demo:slide:900x700,pattern=512,step=3"
PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "sinfo"]
# What equal runs leave alike; pictures and maps tell when they were made.
WRITTEN = ["summary.json", MODEL + "/tiles.csv", MODEL + "/regions-tumor.geojson"]
LONGEST_SECONDS = 300

CONFIG = """
ClusterName=saccade
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def skip(why):
    print("1..0 # SKIP " + why)
    sys.exit(0)


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


class Cluster:
    """Slurm and munge in a folder, by the one who calls."""

    def __init__(self, folder):
        self.folder = folder
        self.programs = []
        config = os.path.join(folder, "slurm.conf")
        for name in ("state", "spool"):
            os.mkdir(os.path.join(folder, name))
        with open(config, "w") as file:
            file.write(CONFIG.format(host=socket.gethostname().split(".")[0], folder=folder, ports=free_ports(2),
                                     user=subprocess.check_output(["id", "-un"], text=True).strip()))
        self.environment = {**os.environ, "SLURM_CONF": config}

    def start(self):
        key = os.path.join(self.folder, "munge.key")
        with open(key, "wb") as file:
            file.write(os.urandom(128))
        os.chmod(key, 0o400)
        self.launch("munged", "--foreground", "--force", "--key-file=" + key,
                    "--socket=" + os.path.join(self.folder, "munge.socket"),
                    "--pid-file=" + os.path.join(self.folder, "munge.pid"),
                    "--log-file=" + os.path.join(self.folder, "munge.log"),
                    "--seed-file=" + os.path.join(self.folder, "munge.seed"))
        self.launch("slurmctld", "-D")
        self.launch("slurmd", "-D")
        return self.wait(lambda: "idle" in self.ask("sinfo", "--noheader", "--format=%T"), 30)

    def launch(self, name, *words):
        log = open(os.path.join(self.folder, name + ".out"), "w")
        self.programs.append(subprocess.Popen([shutil.which(name), *words], env=self.environment, stdout=log,
                                              stderr=log))

    def ask(self, *words):
        return subprocess.run(words, env=self.environment, capture_output=True, text=True).stdout

    def wait(self, done, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if done():
                return True
            if any(program.poll() is not None for program in self.programs):
                return False
            time.sleep(0.2)
        return False

    def stop(self):
        for program in reversed(self.programs):
            program.terminate()
        for program in self.programs:
            program.wait(20)

    def tell(self):
        for name in ("munged.out", "slurmctld.out", "slurmctld.log", "slurmd.out", "slurmd.log"):
            path = os.path.join(self.folder, name)
            if os.path.exists(path):
                for line in open(path).read().splitlines()[-8:]:
                    print(f"# {name}: {line}")


def write_scripts(page, folder):
    for name, text in re.findall(r"^```sh (\S+)\n(.*?)^```", open(page).read(), re.M | re.S):
        path = os.path.join(folder, name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o755)


def read(folder, name):
    """Without the paths in it, and the hashes of what holds them."""
    with open(os.path.join(folder, name)) as file:
        return file.read()


def same(left, right):
    differing = [name for name in WRITTEN if read(left, name) != read(right, name)]
    for name in differing:
        print(f"# {name} differs")
    return not differing


def run_jobs(cluster, folder, environment, *words):
    subprocess.run(words, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return cluster.wait(lambda: cluster.ask("squeue", "--noheader") == "", LONGEST_SECONDS)


def main():
    page, cli = (os.path.realpath(path) for path in sys.argv[1:3])
    os.environ["PATH"] += ":/usr/sbin"
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        skip(f"{', '.join(missing)} not installed (packages slurmctld, slurmd, slurm-client, munge)")
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(folder)
        try:
            if not cluster.start():
                cluster.tell()
                skip("Slurm does not start here; its last words stand above")
            check(cluster, folder, page, cli)
        finally:
            cluster.stop()


def check(cluster, folder, page, cli):
    bin_folder = os.path.join(folder, "bin")
    os.mkdir(bin_folder)
    os.symlink(cli, os.path.join(bin_folder, "saccade-cli"))
    environment = {**cluster.environment, "PATH": bin_folder + ":" + os.environ["PATH"]}
    options = ["--all", "--batch", "8", "--threads", "1"]
    write_scripts(page, folder)

    def run(slide, out):
        subprocess.run([cli, "slide", MODEL, slide, "--out", os.path.join(folder, out), *options], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    print("1..2")
    run(SLIDE, "plain")
    good = run_jobs(cluster, folder, environment, "./submit", os.path.join(folder, "one"), "3", MODEL, SLIDE, "--all",
                    "--batch", "8") and same(os.path.join(folder, "plain"), os.path.join(folder, "one", "whole"))
    print("ok 1 one slide in three shards" if good else "not ok 1 one slide in three shards")
    run(OTHER, "other")
    with open(os.path.join(folder, "list"), "w") as file:
        file.write(f"{SLIDE}\n{OTHER}\n")
    more = run_jobs(cluster, folder, environment, "./submit-slides", os.path.join(folder, "many"), "list", MODEL, "--all",
                    "--batch", "8") and same(os.path.join(folder, "plain"), os.path.join(folder, "many", "1")) and \
        same(os.path.join(folder, "other"), os.path.join(folder, "many", "2"))
    print("ok 2 two slides of a list" if more else "not ok 2 two slides of a list")
    if not (good and more):
        cluster.tell()


main()

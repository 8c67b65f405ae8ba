"""A Slurm cluster on this machine, for tests: munged, slurmctld and several slurmd, as root.

Every daemon runs with folders, keys and ports of its own below one folder, in the foreground of a
process of its own; none needs systemd. Each node has one core and runs jobs of one. Accounting
(sacct) comes with a slurmdbd and a MariaDB of the cluster's own where it is asked for.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sinfo")

ACCOUNTING_PROGRAMS = ("slurmdbd", "sacct", "sacctmgr", "mariadbd", "mariadb-install-db")

CONFIGURATION = """
ClusterName=lowcal
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=1
SlurmdParameters=config_overrides
{accounting}
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
JobRequeue=1
ReturnToService=2
SlurmdTimeout=15
SlurmctldTimeout=10
KillWait=2
MinJobAge=300
MailProg=/bin/true
{nodes}
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


DATABASE_CONFIGURATION = """
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort={port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
SlurmUser=root
LogFile={folder}/slurmdbd.log
PidFile={folder}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={storage_port}
StorageUser=slurm
StoragePass={password}
StorageLoc=accounts
"""


def missing_programs(programs=PROGRAMS):
    """Names of what is not installed, as a list of str; Debian's slurm-wlm and munge have all,
    slurmdbd and mariadb-server those of accounting."""
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    return [name for name in programs if not shutil.which(name, path=path)]


def free_port():
    """A TCP port of this machine that nobody listens on, as int."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class LocalSlurm:
    """Starts the daemons; `stop` ends them. `folder`: of root alone, for all that they write.
    `accounting`: with a database of jobs."""

    def __init__(self, folder, nodes=2, accounting=False):
        self.folder = Path(folder)
        self.accounting_port = free_port() if accounting else None
        self.names = [f"node{i + 1}" for i in range(nodes)]
        self.daemons = {}
        self.environment = dict(os.environ, SLURM_CONF=str(self.folder / "slurm.conf"))
        self.environment["PATH"] = f"{self.folder}/bin:{os.environ['PATH']}:/usr/sbin:/sbin"
        for name in ("munge", "state", *(f"spool.{node}" for node in self.names)):
            (self.folder / name).mkdir(parents=True, mode=0o755)
        self._configure()
        self._wrap_clients()
        try:
            self._start_munge()
            if accounting:
                self._start_accounting()
            self.start("slurmctld")
            for node in self.names:
                self.start(node)
            self.wait_for_nodes()
        except BaseException:
            self.stop()
            raise

    def _configure(self):
        host = socket.gethostname().split(".")[0]
        nodes = "\n".join(
            f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={free_port()} CPUs=1"
            " RealMemory=2000 State=UNKNOWN" for node in self.names)
        accounting = "AccountingStorageType=accounting_storage/none"
        if self.accounting_port:
            accounting = ("AccountingStorageType=accounting_storage/slurmdbd\n"
                          "AccountingStorageHost=127.0.0.1\n"
                          f"AccountingStoragePass={self.folder}/munge/socket\n"
                          f"AccountingStoragePort={self.accounting_port}")
        text = CONFIGURATION.format(host=host, port=free_port(), folder=self.folder, nodes=nodes,
                                    accounting=accounting)
        (self.folder / "slurm.conf").write_text(text)

    def _wrap_clients(self):
        """Snakemake's executor hides variables of Slurm's from its jobs, SLURM_CONF among them."""
        (self.folder / "bin").mkdir()
        for name in ("sbatch", "srun", "squeue", "scancel", "scontrol", "sinfo", "sacct", "sacctmgr"):
            if not shutil.which(name):
                continue
            wrapper = self.folder / "bin" / name
            wrapper.write_text(f"#!/bin/sh\nSLURM_CONF={self.folder}/slurm.conf\n"
                               f"export SLURM_CONF\nexec {shutil.which(name)} \"$@\"\n")
            wrapper.chmod(0o755)

    def _start_munge(self):
        folder = self.folder / "munge"
        key = folder / "key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        self._launch("munged", [
            "munged", "--foreground", "--force", f"--key-file={key}", f"--socket={folder}/socket",
            f"--pid-file={folder}/pid", f"--seed-file={folder}/seed"])
        self._wait(lambda: (folder / "socket").exists(), "munged")

    def _start_accounting(self):
        data, socket_file = self.folder / "database", self.folder / "database.socket"
        subprocess.run(["mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={data}",
                        "--skip-test-db"], check=True, capture_output=True)
        port, password = free_port(), os.urandom(16).hex()
        orders = self.folder / "accounts.sql"
        orders.write_text("CREATE DATABASE accounts;\n"
                          f"CREATE USER 'slurm'@'127.0.0.1' IDENTIFIED BY '{password}';\n"
                          "GRANT ALL ON accounts.* TO 'slurm'@'127.0.0.1';\n")
        orders.chmod(0o600)
        self._launch("mariadbd", [
            "mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", f"--port={port}",
            f"--socket={socket_file}", "--bind-address=127.0.0.1", f"--init-file={orders}"])
        self._wait(lambda: self._answers(port), "mariadbd")
        configuration = self.folder / "slurmdbd.conf"
        configuration.write_text(DATABASE_CONFIGURATION.format(
            port=self.accounting_port, folder=self.folder, storage_port=port, password=password))
        configuration.chmod(0o600)
        self._launch("slurmdbd", ["slurmdbd", "-D"])
        self._wait(lambda: self._answers(self.accounting_port), "slurmdbd")
        self.run("sacctmgr", "--immediate", "add", "cluster", "lowcal")
        self.run("sacctmgr", "--immediate", "add", "account", "physics", "cluster=lowcal")
        self.run("sacctmgr", "--immediate", "add", "user", "root", "account=physics")

    @staticmethod
    def _answers(port):
        with socket.socket() as caller:
            return caller.connect_ex(("127.0.0.1", port)) == 0

    def _launch(self, daemon, command):
        self.daemons[daemon] = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self, daemon):
        """Starts slurmctld or the daemon of a node."""
        self._launch(daemon, ["slurmctld", "-D"] if daemon == "slurmctld" else
                     ["slurmd", "-D", "-N", daemon])

    def kill(self, daemon):
        """As a power cut does to a daemon: SIGKILL."""
        self.daemons[daemon].kill()
        self.daemons[daemon].wait()

    def run(self, *command):
        """What a Slurm command prints, as str; raises CalledProcessError where it fails."""
        return subprocess.run(command, env=self.environment, check=True, timeout=60, text=True,
                              capture_output=True).stdout

    def jobs(self, states="RUNNING"):
        """Numbers of jobs in these states, as a list of str."""
        return self.run("squeue", "--noheader", "--format=%A", f"--states={states}").split()

    def repair(self):
        """What an operator does: nodes come back that the scheduler drained, because it forgot
        when it was killed that their jobs run. Nothing where it does not answer."""
        try:
            states = self.run("sinfo", "--noheader", "--Node", "--format=%N %T").splitlines()
            for node, state in (line.split() for line in states):
                if state.startswith(("drain", "down")):
                    self.run("scontrol", "update", f"NodeName={node}", "State=RESUME")
        except subprocess.SubprocessError:
            pass

    def cancel_queued(self):
        """Cancels the jobs that do not run yet; nothing where the scheduler does not answer."""
        try:
            self.run("scancel", "--user=root", "--state=PENDING")
        except subprocess.SubprocessError:
            pass

    def wait_for_nodes(self):
        def all_idle():
            self.repair()
            states = self.run("sinfo", "--noheader", "--Node", "--format=%T").split()
            return len(states) == len(self.names) and all(
                state in ("idle", "mixed", "allocated") for state in states)
        self._wait(all_idle, "the nodes")

    def _wait(self, ready, what, seconds=60):
        for _ in range(5 * seconds):
            try:
                if ready():
                    return
            except subprocess.SubprocessError:
                pass
            time.sleep(0.2)
        raise TimeoutError(f"{what} did not come up in {seconds} s; logs: {self.folder}")

    def stop(self):
        """Cancels all jobs and ends all daemons."""
        if "slurmctld" in self.daemons:
            with contextlib.suppress(subprocess.SubprocessError):
                subprocess.run(["scancel", "--user=root"], env=self.environment, timeout=60,
                               check=False, capture_output=True)
            time.sleep(1)
        for daemon in reversed(list(self.daemons)):
            self.daemons[daemon].terminate()
            try:
                self.daemons[daemon].wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill(daemon)

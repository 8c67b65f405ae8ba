"""Kills what a production runs on, one after the other, at random."""

import random
import threading
import time


class Killer(threading.Thread):
    """Kills jobs, node daemons, the scheduler and `snakemake` (a function) until `stop` or until
    `kills` were done. `slurm`: a LocalSlurm. `killed` counts, by what was killed."""

    def __init__(self, slurm, snakemake, kills, seed):
        super().__init__(daemon=True)
        self.slurm = slurm
        self.snakemake = snakemake
        self.kills = kills
        self.random = random.Random(seed)
        self.killed = {"job": 0, "node": 0, "scheduler": 0, "snakemake": 0}
        self.error = None
        self.ended = threading.Event()

    def run(self):
        order = []
        try:
            while sum(self.killed.values()) < self.kills and not self.ended.is_set():
                time.sleep(self.random.uniform(1, 4))
                if not order:
                    order = ["job", "job", "node", "scheduler", "snakemake"]
                    self.random.shuffle(order)
                if getattr(self, "_kill_" + order[-1])():
                    self.killed[order.pop()] += 1
        except Exception as error:  # the test reports it
            self.error = error

    def stop(self):
        self.ended.set()
        self.join(timeout=120)

    def _kill_job(self):
        try:
            jobs = self.slurm.jobs()
            if not jobs:
                return False
            self.slurm.run("scancel", "--full", "--signal=KILL", self.random.choice(jobs))
            return True
        except OSError:
            return False

    def _restart(self, daemon, longest):
        self.slurm.kill(daemon)
        time.sleep(self.random.uniform(0, longest))
        self.slurm.start(daemon)
        return True

    def _kill_node(self):
        """Sometimes for longer than the scheduler waits for it: its jobs are then lost."""
        return self._restart(self.random.choice(self.slurm.names), self.random.choice((1, 20)))

    def _kill_scheduler(self):
        done = self._restart("slurmctld", 3)
        self.slurm.wait_for_nodes()
        return done

    def _kill_snakemake(self):
        return self.snakemake()

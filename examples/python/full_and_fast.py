"""Full and fast simulation of electrons in LowCal's calorimeter, by Geant4 from Python.

    pip install geant4-pybind
    python full_and_fast.py            # 10 electrons in full simulation, then 1000 of the network
    python full_and_fast.py --fast     # the network's alone, which needs no data sets of Geant4

Fast simulation tracks a particle to the calorimeter's face, kills it there and takes LowCal's cells.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import lowcal

CELL = 5.1  # mm
HALF_WIDTH = 300.0  # mm
ABSORBERS = 17 * [2.4] + 8 * [4.8]  # mm of tungsten in each layer
BEHIND = [("G4_AIR", 0.25), ("G4_Si", 0.5), ("G4_POLYCARBONATE", 0.8), ("G4_AIR", 0.25)]  # mm

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--fast", action="store_true", help="no full simulation")
parser.add_argument("--full-events", type=int, default=10)
parser.add_argument("--fast-events", type=int, default=1000)
parser.add_argument("--energy", type=float, default=50, help="GeV")
parser.add_argument("--network", default="lean.int8", help="name or file")
options = parser.parse_args()

# %% Geant4's data sets: geant4_pybind asks for a download as it is imported where there are none
data = Path(os.environ.get("GEANT4_DATA_DIR") or Path.home() / ".geant4_pybind")
there = "G4LEDATA" in os.environ or list(data.glob("G4EMLOW*"))
if not options.fast and not there:
    sys.exit(
        f"full_and_fast.py: full simulation needs Geant4's data sets, and there is no G4EMLOW in {data}.\n"
        "Let `python -c 'import geant4_pybind'` load them (2 GB), or name their folder by GEANT4_DATA_DIR.\n"
        "Fast simulation needs none: --fast."
    )
if options.fast and not there:
    no_data = tempfile.TemporaryDirectory()
    os.environ["GEANT4_DATA_DIR"] = no_data.name
    os.environ["G4ENSDFSTATEDATA"] = no_data.name  # long-lived nuclides, read at the start: none
    Path(no_data.name, "ENSDFSTATE.dat").touch()
try:
    import geant4_pybind as g4
except ImportError as error:
    sys.exit(f"full_and_fast.py: geant4_pybind cannot be imported ({error}); pip install geant4-pybind")

generator = lowcal.Generator(options.network)
shape = generator.detector.shape  # x, y, layer
if tuple(shape) != (25, 25, len(ABSORBERS)):
    sys.exit(f"full_and_fast.py: {options.network} makes {shape} cells, which are not this calorimeter's")


# %% The calorimeter, whose face is at z = 0
class Calorimeter(g4.G4VUserDetectorConstruction):
    def box(self, name, material, half_width, length):
        solid = g4.G4Box(name, half_width, half_width, length / 2)
        return g4.G4LogicalVolume(solid, g4.G4NistManager.Instance().FindOrBuildMaterial(material), name)

    def place(self, volume, z, mother, number=0):
        place = g4.G4ThreeVector(0, 0, z)
        g4.G4PVPlacement(None, place, volume, volume.GetName(), mother, False, number)

    def Construct(self):
        thickness = sum(slab for _, slab in BEHIND)
        length = sum(ABSORBERS) + len(ABSORBERS) * thickness
        world = self.box("world", "G4_Galactic", 2 * HALF_WIDTH, 4 * length)
        calorimeter = self.box("calorimeter", "G4_AIR", HALF_WIDTH, length)
        self.place(calorimeter, length / 2, world)
        tungsten = {t: self.box("absorber", "G4_W", HALF_WIDTH, t) for t in set(ABSORBERS)}
        behind = [(self.box("slab", material, HALF_WIDTH, t), t) for material, t in BEHIND]
        front = -length / 2
        for layer, absorber in enumerate(ABSORBERS):
            for volume, t in [(tungsten[absorber], absorber), *behind]:
                self.place(volume, front + t / 2, calorimeter, layer)
                front += t
        self.silicon = behind[1][0]
        return g4.G4PVPlacement(None, g4.G4ThreeVector(), world, "world", None, False, 0)

    def ConstructSDandField(self):
        self.cells = Cells("cells")
        g4.G4SDManager.GetSDMpointer().AddNewDetector(self.cells)
        self.silicon.SetSensitiveDetector(self.cells)


class Cells(g4.G4VSensitiveDetector):
    """Adds up what steps of full simulation leave in each cell of silicon, GeV."""

    def Initialize(self, _):
        self.energies = np.zeros(shape)

    def ProcessHits(self, step, _):
        before = step.GetPreStepPoint()
        place = (before.GetPosition() + step.GetPostStepPoint().GetPosition()) * 0.5
        x, y = (round(p / CELL) + n // 2 for p, n in zip((place.x, place.y), shape))
        if 0 <= x < shape[0] and 0 <= y < shape[1]:
            layer = before.GetTouchable().GetCopyNumber()
            self.energies[x, y, layer] += step.GetTotalEnergyDeposit() / g4.GeV
        return True


# %% What happens in an event
class Gun(g4.G4VUserPrimaryGeneratorAction):
    def __init__(self):
        super().__init__()
        self.gun = g4.G4ParticleGun(1)
        self.gun.SetParticleDefinition(g4.G4Electron.Definition())
        self.gun.SetParticleEnergy(options.energy * g4.GeV)
        self.gun.SetParticleMomentumDirection(g4.G4ThreeVector(0, 0, 1))

    def GeneratePrimaries(self, event):
        x, y = (CELL * (g4.G4UniformRand() - 0.5) for _ in range(2))  # within the central cell
        self.gun.SetParticlePosition(g4.G4ThreeVector(x, y, -10))
        self.gun.GeneratePrimaryVertex(event)


class KillAtTheFace(g4.G4UserSteppingAction):
    """Takes the particles that reach the calorimeter: fast simulation, if it is active."""

    active = False
    energies = []  # GeV, of those that were taken

    def UserSteppingAction(self, step):
        track = step.GetTrack()
        if not self.active or step.GetPostStepPoint().GetPosition().z < -1e-6:
            return
        self.energies.append(track.GetKineticEnergy() / g4.GeV)
        track.SetTrackStatus(g4.fKillTrackAndSecondaries)


class KeepCells(g4.G4UserEventAction):
    showers = []  # cells of full simulation, GeV

    def EndOfEventAction(self, _):
        if not KillAtTheFace.active:
            self.showers.append(calorimeter.cells.energies)


class Actions(g4.G4VUserActionInitialization):
    def Build(self):
        self.actions = Gun(), KillAtTheFace(), KeepCells()
        for action in self.actions:
            self.SetUserAction(action)


class TransportAlone(g4.G4VModularPhysicsList):
    """For particles that are killed before anything can happen to them."""

    def ConstructParticle(self):
        for particle in g4.G4Electron, g4.G4Positron, g4.G4Gamma, g4.G4Proton:
            particle.Definition()


def tell(name, showers, energies, seconds):
    fractions = 100 * showers.sum((1, 2, 3)) / energies
    error = fractions.std(ddof=1) / np.sqrt(len(fractions)) if len(fractions) > 1 else np.nan
    layers = showers.sum((0, 1, 2))
    print(f"{name}: {len(showers)} electrons, {1000 * seconds / len(showers):.3g} ms each")
    print(f"  sampling fraction {fractions.mean():.3f} +- {error:.3f} %")
    print(f"  cells with energy {(showers > 0).sum() / len(showers):.0f}")
    print("  % of it in each layer " + " ".join(f"{100 * part:.2f}" for part in layers / layers.sum()))


# %% Both
manager = g4.G4RunManagerFactory.CreateRunManager(g4.G4RunManagerType.Serial)
calorimeter = Calorimeter()
manager.SetUserInitialization(calorimeter)
manager.SetUserInitialization(TransportAlone() if options.fast else g4.FTFP_BERT())
manager.SetUserInitialization(Actions())
manager.Initialize()

if not options.fast:
    start = time.perf_counter()
    manager.BeamOn(options.full_events)
    energies = np.full(options.full_events, options.energy)
    tell("full", np.array(KeepCells.showers), energies, time.perf_counter() - start)

KillAtTheFace.active = True
start = time.perf_counter()
manager.BeamOn(options.fast_events)
energies = np.array(KillAtTheFace.energies, np.float32)
cells = generator.generate(energies, seed=int(g4.G4UniformRand() * 2**32))  # all of the run together
tell("fast", cells, energies, time.perf_counter() - start)

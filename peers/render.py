"""Writes docs/peers.md from docs/peers.json.

    render.py [docs/peers.json]

Its paragraphs between <!-- remarks --> and <!-- /remarks --> are written by hand and kept.
"""

import json
import re
import sys

import plan

DOCUMENT = plan.ROOT / "docs" / "peers.md"
CRITERIA = {"shape_mse": "shape MSE to Geant4", "shape_mse_to_float32": "shape MSE to float32",
            "sampling_fraction_shift": "sampling fraction", "hits_shift": "cells above zero"}


def number(value, digits=3):
    """Short decimal text; a dash for what is not known."""
    if value is None:
        return "-"
    if value and abs(value) < 1e-3:
        return f"{value:.1e}"
    text = f"{value:.{digits}g}"
    return f"{float(text):.0f}" if "e" in text else text


def signed(value):
    return "-" if value is None else ("+" if value > 0 else "") + number(value, 2)


def table(headings, rows):
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def by_variant(rows):
    """Rows of one engine and precision together, in order of appearance."""
    grouped = {}
    for row in rows:
        grouped.setdefault((row["engine"], row["precision"]), []).append(row)
    return grouped


def milliseconds(rows, threads, batch):
    for row in rows:
        if (row["threads"], row["batch"]) == (threads, batch) and row["us_per_shower"]:
            return number(row["us_per_shower"] / 1e3)
    return "-"


def cases(rows):
    """Thread counts and batches that occur."""
    return sorted({(row["threads"], row["batch"]) for row in rows if row["threads"]})


def network_table(rows):
    """One row for each engine and precision: speed, memory and physics together."""
    headings = ["engine", "precision",
                *[f"ms, {threads} thr, b{batch}" for threads, batch in cases(rows)],
                "file, MB", "memory, MB (b1 / b64)", "showers", "shape MSE to Geant4",
                "shape MSE to float32", "sampling fraction, largest shift, %", "cells above zero, %",
                "left in float32"]
    lines = []
    for (engine, precision), some in by_variant(rows).items():
        if some[0]["error"] and not some[0].get("showers"):
            continue
        one = some[0]
        memory = {row["batch"]: row["rss_mb"] for row in some}
        lines.append([
            engine, precision, *[milliseconds(some, *case) for case in cases(rows)],
            number(one["file_mb"]), f"{number(memory.get(1))} / {number(memory.get(64))}",
            str(one.get("showers", "-")),
            f"{number(one['shape_mse'])} +- {number(one.get('shape_mse_error'), 2)}",
            number(one.get("shape_mse_to_float32"), 2), signed(one["sampling_fraction_shift"]),
            signed(one.get("hits_shift")), one["float32_layers"] or "none"])
    return table(headings, lines)


def failures(rows):
    """What could not be done, with the message."""
    lines = []
    for (engine, precision), some in by_variant(rows).items():
        for message in dict.fromkeys(row["error"] for row in some if row["error"]):
            lines.append(f"- {engine}, {precision}: {message}")
    return "\n".join(lines)


def is_ours(row):
    return row["engine"] == "LowCal"


def timed(rows, threads, batch):
    return [row for row in rows
            if (row["threads"], row["batch"]) == (threads, batch) and row["us_per_shower"]]


def best_ratios(rows):
    """LowCal's fastest against the fastest peer, for each thread count and batch."""
    lines = []
    for threads, batch in cases(rows):
        some = timed(rows, threads, batch)
        ours = min((row for row in some if is_ours(row)), key=lambda row: row["us_per_shower"],
                   default=None)
        peer = min((row for row in some if not is_ours(row)), key=lambda row: row["us_per_shower"],
                   default=None)
        if ours and peer:
            ratio = peer["us_per_shower"] / ours["us_per_shower"]
            lines.append([str(threads), str(batch), ours["precision"],
                          number(ours["us_per_shower"] / 1e3),
                          f"{peer['engine']}, {peer['precision']}",
                          number(peer["us_per_shower"] / 1e3), f"{ratio:.2f}",
                          "LowCal" if ratio >= 1 else "**peer**"])
    return table(["threads", "batch", "LowCal", "ms", "fastest peer", "ms", "peer / LowCal",
                  "faster"], lines)


def quantised(rows):
    """First row of each int8 variant that was judged."""
    return [some[0] for (_, precision), some in by_variant(rows).items()
            if precision.startswith("int8") and some[0].get("showers")]


def most_faithful(rows):
    """LowCal's int8 against the peers' own int8 networks, criterion by criterion."""
    ours = next((row for row in quantised(rows) if is_ours(row)), None)
    peers = [row for row in quantised(rows) if "LowCal" not in row["engine"] + row["precision"]]
    if not ours or not peers:
        return "There is no int8 network of LowCal or of a peer to compare."
    lines = []
    for key, name in CRITERIA.items():
        peer = min(peers, key=lambda row: abs(row[key]))
        better = abs(ours[key]) <= abs(peer[key])
        lines.append([name, number(abs(ours[key]), 2), number(abs(peer[key]), 2),
                      f"{peer['engine']}, {peer['precision']}", "LowCal" if better else "**peer**"])
    return table(["criterion (size)", "LowCal int8", "best peer's int8", "which", "closer"], lines)


def same_file(rows):
    """How far LowCal's int8 files come out otherwise in other engines."""
    lines = [[row["engine"], row["precision"], number(row["worst_cell_to_lowcal_int8"], 2),
              number(row["cells_rms_to_lowcal_int8"], 2)]
             for row in quantised(rows) if row.get("worst_cell_to_lowcal_int8") is not None]
    if not lines:
        return ""
    return ("\nLowCal's int8 file in other engines, against LowCal's own run of it (worst cell over its "
            "shower's largest; rms over rms):\n\n"
            + table(["engine", "file", "worst cell", "rms"], lines) + "\n")


def float32_check(rows):
    """Every float32 peer computes the same function."""
    lines = [[engine, number(some[0]["worst_cell_to_float32"], 2)]
             for (engine, precision), some in by_variant(rows).items()
             if precision == "float32" and some[0].get("worst_cell_to_float32") is not None
             and engine != "LowCal"]
    return table(["float32 in", "worst cell against LowCal's float32"], lines)


def section(name, rows):
    return f"""## {name}

{network_table(rows)}

{best_ratios(rows)}

{most_faithful(rows)}
{same_file(rows)}
{float32_check(rows)}

{failures(rows)}
"""


def between(text, name, default=""):
    """What stands between the two comment lines of this name."""
    found = re.search(f"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    return found.group(1) if found else default


def machine_text(result):
    machine = result["machine"]
    have = [name for name in ("avx2", "avx512_vnni", "avx512_bf16") if machine[name]]
    lack = [name for name in ("avx2", "avx512_vnni", "avx512_bf16") if not machine[name]]
    without = f"; no {', '.join(lack)}" if lack else ""
    return (f"{machine['cpu']}, {machine['cores']} cores ({', '.join(have)}{without}), "
            f"{machine['system']}")


def document(result, remarks):
    networks = list(dict.fromkeys(row["network"] for row in result["rows"]))
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    sections = "\n".join(section(name, [row for row in result["rows"] if row["network"] == name])
                         for name in networks)
    return f"""# LowCal beside other engines

`make peers` wrote this page on {result['date']} (commit {result['machine']['commit']}) and
docs/peers.json behind it. Machine: {machine_text(result)}.
{versions}.

The same trained networks, the same 256 calibration inputs (peers/calibration.h5, seed 7) and the same
latents for all (seed {result['seed']}, energies of data/validation.h5). Times are milliseconds a shower, medians
of up to {result['rounds']} rounds in which all engines take turns on the same core (core 1; two threads: both
cores). The machine was shared (load average {result['load']:.0f} on {result['machine']['cores']} cores): times of one thread are
therefore core time, without the turns of other processes, while those of two threads are clock time and hold only
as far as the medians of interleaved rounds go. LowCal's include its random numbers; its threads take a batch each, a peer's share one.
Memory is the peak resident set of a process that only loads and generates on one thread; a Python process
with NumPy takes about 30 MB of it. Physics is from `lowcal evaluate`: shape MSE against Geant4; then, on the
same latents, shape MSE, largest shift of the mean sampling fraction over six energy bins, and shift of the
number of cells above zero, all against LowCal's float32. [peers/README.md](../peers/README.md) explains the adapters.

Each engine at its fastest on one core:

{fastest_table(result)}

<!-- remarks -->
{remarks}<!-- /remarks -->

{sections}"""


def fastest(rows):
    """The row of the least time on one thread, or the first."""
    some = [row for row in rows if row["threads"] == 1 and row["us_per_shower"]]
    return min(some, key=lambda row: row["us_per_shower"], default=None)


def fastest_table(result):
    """Each engine's fastest precision on one core, for each network."""
    lines = []
    for name in dict.fromkeys(row["network"] for row in result["rows"]):
        rows = [row for row in result["rows"] if row["network"] == name]
        for engine in dict.fromkeys(row["engine"] for row in rows):
            one = fastest([row for row in rows if row["engine"] == engine])
            if one:
                lines.append([name, engine, one["precision"], str(one["batch"]),
                              number(one["us_per_shower"] / 1e3), number(one["file_mb"]),
                              number(one["rss_mb"]), number(one["shape_mse"]),
                              number(one.get("shape_mse_to_float32"), 2),
                              signed(one["sampling_fraction_shift"])])
    return table(["network", "engine", "its fastest precision", "batch", "ms a shower, one core",
                  "file, MB", "peak memory, MB", "shape MSE to Geant4", "to float32",
                  "sampling fraction, largest shift, %"], lines)


def main():
    source = sys.argv[1] if len(sys.argv) > 1 else plan.ROOT / "docs" / "peers.json"
    result = json.loads(plan.pathlib.Path(source).read_text())
    remarks = between(DOCUMENT.read_text(), "remarks") if DOCUMENT.exists() else ""
    DOCUMENT.write_text(document(result, remarks))


if __name__ == "__main__":
    main()

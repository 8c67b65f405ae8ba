"""Merges what the stages found into the rows of docs/peers.json."""

import statistics

ENERGY_BINS = 6  # the seventh of `lowcal evaluate` is part of the first


def largest_shift(bins):
    """The largest shift of the mean sampling fraction over the energy bins, signed, in per cent."""
    shifts = [100 * (one["ratio"] - 1) for one in bins[:ENERGY_BINS] if one["status"] == "filled"]
    return max(shifts, key=abs) if shifts else None


def physics(facts):
    """The criteria of the table: against Geant4, and against float32 of the same latents."""
    if "against_geant4" not in facts or "against_float32" not in facts:
        return {}
    geant4, float32 = facts["against_geant4"], facts["against_float32"]
    hits = float32["hits"]
    return {"showers": geant4["count"],
            "shape_mse": geant4["shape_mse"]["value"],
            "shape_mse_error": geant4["shape_mse"]["error"],
            "shape_mse_to_float32": float32["shape_mse"]["value"],
            "sampling_fraction_shift": largest_shift(float32["sampling_fraction"]),
            "sampling_fraction_shift_to_geant4": largest_shift(geant4["sampling_fraction"]),
            "hits_shift": 100 * (hits["mean"] / hits["reference_mean"] - 1),
            "cells_rms_to_float32": facts["to_float32"]["rms"],
            "worst_cell_to_float32": facts["to_float32"]["worst_cell"],
            "cells_rms_to_lowcal_int8": facts.get("to_lowcal_int8", {}).get("rms"),
            "worst_cell_to_lowcal_int8": facts.get("to_lowcal_int8", {}).get("worst_cell")}


def speed(times, threads):
    """Median of the rounds and their range, in microseconds a shower.

    One thread: time on the core, which other work on the machine does not lengthen by its turns.
    More threads: time of the clock.
    """
    values = times.get("core_us" if threads == 1 else "clock_us", [])
    if not values:
        return {"us_per_shower": None, "rounds": 0}
    return {"us_per_shower": statistics.median(values), "us_least": min(values),
            "us_most": max(values), "rounds": len(values),
            "clock_us_per_shower": statistics.median(times["clock_us"])}


def skipped(facts, batch):
    """Why a case has no time, if it was left out."""
    if "error" not in facts.get("memory", {"error": None}) and batch is not None and str(batch) not in facts["memory"]:
        return f"batch {batch} takes too long here to be measured"
    return None


def row(variant, facts, threads, batch):
    times = facts.get("times", {}).get(f"{threads},{batch}", {})
    return {"network": variant.network.name, "engine": variant.engine,
            "precision": variant.precision, "threads": threads, "batch": batch, **speed(times, threads),
            "file_mb": facts.get("file_mb"), "rss_mb": facts.get("memory", {}).get(str(batch)),
            "shape_mse": None, "sampling_fraction_shift": None, **physics(facts),
            "float32_layers": facts.get("float32_layers"), "note": facts.get("prepared", {}).get("note"),
            "error": facts.get("error") or times.get("error") or skipped(facts, batch)}


def merged_rows(found, thread_counts, batches):
    """A row for each variant, thread count and batch; one row alone where a variant failed at once."""
    rows = []
    for variant, facts in found.items():
        if "prepared" not in facts:
            rows.append(row(variant, facts, None, None))
            continue
        rows += [row(variant, facts, threads, batch) for threads in thread_counts
                 for batch in batches]
    return rows


def with_earlier_rows(rows, earlier):
    """The new rows, and those of cases (network, engine, precision, threads, batch) that an earlier run
    measured and this one did not. What fails at once has one row, which replaces all earlier ones of
    that variant and is replaced by any new one."""

    def variant(row):
        return row["network"], row["engine"], row["precision"]

    def case(row):
        return *variant(row), row["threads"], row["batch"]

    new = {case(row) for row in rows}
    variants = {variant(row) for row in rows}
    failed = {variant(row) for row in rows if row["threads"] is None}

    def is_kept(row):
        if variant(row) not in variants:
            return True
        return row["threads"] is not None and variant(row) not in failed and case(row) not in new

    return rows + [row for row in earlier if is_kept(row)]

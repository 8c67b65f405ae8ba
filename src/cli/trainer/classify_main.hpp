#pragma once

namespace lowcal::cli {

/// `lowcal-train classify`, which `lowcal evaluate --classifiers` starts: trains a classifier
/// on cells to tell each candidate file from the reference and prints JSON on standard output,
/// {NAME:
/// {"area", "error"}}. One more candidate, "smeared", is the
/// second half of the reference with each cell off by 5 %, against the first half. Returns the exit
/// code.
int classify_main(int argc, char** argv);

}  // namespace lowcal::cli

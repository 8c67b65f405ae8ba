#pragma once

#include <filesystem>

namespace lowcal::training {

/// Checks that a LibTorch archive, a ZIP file, holds what was written: every entry's CRC-32, which
/// LibTorch itself does not look at, so that flipped bits would become other weights. Throws
/// InputError naming file and entry, also for archives of 4 GB and more, which no training of ours
/// writes. Reads the whole file into memory.
void require_whole_archive(std::filesystem::path const& file);

}  // namespace lowcal::training

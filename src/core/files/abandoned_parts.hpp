#pragma once

#include <filesystem>
#include <string>

namespace lowcal {

/// The name of a part file of the output `name`: ".NAME.HOST-RANDOM.part". HOST stands for the
/// machine and its start, RANDOM is new in every call, and a long NAME is cut.
std::string new_part_name(std::string const& name);

/// Locks an open part file against `remove_abandoned_parts` until its last descriptor is closed;
/// the kernel lifts the lock of a process that was killed. False where another holds it. A file
/// system without locks counts as locked: its parts are never taken for abandoned.
bool lock_part(int descriptor);

/// Removes the parts that writers of `final_path` left behind when they were killed: parts of ours
/// that carry no lock. Where a lock may not reach other machines (network file systems, or one that
/// we do not know), only those that this machine has made since it was started. Never fails.
void remove_abandoned_parts(std::filesystem::path const& final_path);

}  // namespace lowcal

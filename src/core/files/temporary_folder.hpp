#pragma once

#include "core/processes/signal_cleanup.hpp"

#include <filesystem>
#include <list>
#include <string>

namespace lowcal {

/// A folder of this process alone (mkdtemp), removed with the object, or by a signal that ends the
/// program. One thread.
class TemporaryFolder {
public:
    /// In the system's folder for temporary files, or in `parent`. `purpose` becomes part of the
    /// name. Throws InputError where it cannot be made.
    explicit TemporaryFolder(std::string const& purpose);
    TemporaryFolder(std::string const& purpose, std::filesystem::path const& parent);
    ~TemporaryFolder();
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;

    std::filesystem::path const& path() const { return path_; }
    /// Path of a file in it, which a signal removes too.
    std::filesystem::path file(std::string const& name);

private:
    std::filesystem::path path_;
    std::list<RemovedOnSignal> guards_;
};

}  // namespace lowcal

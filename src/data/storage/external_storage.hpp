#pragma once

#include <filesystem>
#include <string>

namespace lowcal::data {

/// Whether numbers of a shower file may lie in other files: behind external links, as external raw
/// data, or as the sources of virtual data sets.
enum class ExternalStorage {
    refuse,  ///< an error that names the other file; only a virtual production's shards are read
    inside_folder,  ///< read, where the other file lies in the shower file's folder or below
};

/// Decides about the files that a shower file names. Only for .cpp files of this folder.
class ExternalFiles {
public:
    /// For the shower file at `path`, whose folder is the border.
    ExternalFiles(std::filesystem::path const& path, ExternalStorage storage);

    /// The file that `data_set` calls `name`, beside the file at `from`. Throws InputError where it
    /// may not be read, is missing, lies outside the folder (links followed), or is no regular
    /// file: a pipe would wait for ever. `data_set` is "FILE: data set NAME".
    std::filesystem::path admit(std::string const& data_set, std::string const& name,
                                std::filesystem::path const& from) const;
    /// The same of a shard of a virtual production, which is read whatever the storage.
    std::filesystem::path admit_shard(std::string const& data_set, std::string const& name,
                                      std::filesystem::path const& from) const;
    ExternalStorage storage() const { return storage_; }
    /// The same of a file that is there, whether it may be read or not; a missing one is an error.
    std::filesystem::path require_present(std::string const& data_set, std::string const& name,
                                          std::filesystem::path const& from) const;

private:
    std::filesystem::path folder_;
    ExternalStorage storage_;
};

}  // namespace lowcal::data

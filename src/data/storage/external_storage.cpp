#include "data/storage/external_storage.hpp"

#include "core/error.hpp"

#include <algorithm>

namespace lowcal::data {
namespace {

namespace fs = std::filesystem;

bool is_inside(fs::path const& file, fs::path const& folder)
{
    return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first ==
           folder.end();
}

std::string where(std::string const& name)
{
    return "its numbers lie in another file, " + name;
}

}  // namespace

ExternalFiles::ExternalFiles(fs::path const& path, ExternalStorage storage)
    : folder_(fs::weakly_canonical(path).parent_path()), storage_(storage)
{
}

fs::path ExternalFiles::require_present(std::string const& data_set, std::string const& name,
                                        fs::path const& from) const
{
    std::error_code error;
    auto file = fs::canonical(fs::weakly_canonical(from).parent_path() / name, error);
    if (!error) return file;
    throw InputError("cannot read " + data_set,
                     where(name) + ", which is not there: " + error.message(),
                     "put it back where it was, or write one file with h5repack while all are "
                     "there");
}

fs::path ExternalFiles::admit(std::string const& data_set, std::string const& name,
                              fs::path const& from) const
{
    require_present(data_set, name, from);
    if (storage_ == ExternalStorage::refuse)
        throw InputError(
            "cannot read " + data_set, where(name),
            "--allow-external reads it, if it lies in the same folder or below; lowcal convert "
            "--allow-external makes one file of it");
    return admit_shard(data_set, name, from);
}

fs::path ExternalFiles::admit_shard(std::string const& data_set, std::string const& name,
                                    fs::path const& from) const
{
    auto file = require_present(data_set, name, from);
    auto const problem = "cannot read " + data_set;
    if (!is_inside(file, folder_))
        throw InputError(problem, where(name) + ", outside the folder " + folder_.string(),
                         "put it there, or repack the file");
    if (!fs::is_regular_file(file))
        throw InputError(problem, where(name) + ", which is no regular file");
    return file;
}

}  // namespace lowcal::data

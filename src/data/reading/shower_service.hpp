#pragma once

#include "core/detector/detector.hpp"
#include "core/processes/forked_server.hpp"
#include "data/reading/shower_file_content.hpp"
#include "data/shower_columns.hpp"
#include "data/storage/external_storage.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lowcal::data {

/// A ShowerFile in a process of its own: HDF5 1.10 crashes over some damaged files, and loops for
/// ever over others. Its death is an InputError here that names the file. Only for .cpp files of
/// this folder. Make it while no other thread uses HDF5; one thread.
class ShowerService {
public:
    struct Config {
        ExternalStorage external = ExternalStorage::refuse;
        Columns columns = Columns::describing;
        std::optional<Detector> detector{};  ///< of files that do not say theirs
    };
    /// Throws InputError as ShowerFile does.
    ShowerService(std::filesystem::path const& path, Config const& config);

    std::filesystem::path const& path() const { return path_; }
    ShowerFileContent const& content() const { return content_; }

    /// Numbers of showers [first, first + n) in the file's units, with n given by the size of
    /// `out`; they must exist. Throws InputError.
    LeftOut read_cells(std::size_t first, std::span<float> out);
    void read_energies(std::size_t first, std::span<float> out);
    /// [n][width], of content().columns[column].
    void read_column(std::size_t column, std::size_t first, std::span<float> out);
    std::vector<std::uint64_t> dropped_showers();

private:
    std::string call(std::string_view request);
    [[noreturn]] void refuse(ServerDeath const& death) const;
    LeftOut read(std::size_t source, std::size_t width, std::size_t first, std::span<float> out);

    std::filesystem::path path_;
    std::unique_ptr<ForkedServer> server_;
    ShowerFileContent content_;
};

}  // namespace lowcal::data

#pragma once

#include "core/detector/detector.hpp"
#include "core/processes/forked_server.hpp"
#include "data/layouts/layout.hpp"
#include "data/shower_columns.hpp"
#include "data/storage/external_storage.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lowcal::data {

/// What a shower file holds, as ShowerFile finds it.
struct ShowerFileContent {
    /// Numbers beside cells and energies, a row for each shower.
    struct Column {
        std::string name;
        std::size_t width = 1;  ///< numbers in a row
    };
    /// What cannot be carried to another file, and why not.
    struct NotCarried {
        std::string name;
        std::string reason;
    };

    Layout layout = Layout::clic;
    Detector detector;
    bool detector_is_guessed = false;  ///< from the shape of the cells alone
    std::size_t count = 0;
    std::string cells_label;
    std::string energies_label;
    std::vector<Column> columns;
    std::vector<NotCarried> not_carried;            ///< known where Columns::all is asked for
    std::map<std::string, std::string> attributes;  ///< the root's string attributes
};

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

#pragma once

#include "core/detector/detector.hpp"
#include "core/error.hpp"
#include "data/layouts/layout.hpp"
#include "data/shower_columns.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace lowcal::data {

class ShowerFile;

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
    /// A data set with a row for each shower.
    struct DataSet {
        std::string name;
        std::vector<std::uint64_t> row_shape;  ///< extents behind the first axis
        bool operator==(DataSet const&) const = default;
    };

    Layout layout = Layout::clic;
    Detector detector;
    bool detector_is_guessed = false;  ///< from the shape of the cells alone
    std::size_t count = 0;
    std::string cells_label;
    std::string energies_label;
    std::vector<DataSet> data_sets;  ///< cells, energies, and all columns that are one
    std::vector<Column> columns;
    std::vector<NotCarried> not_carried;            ///< known where Columns::all is asked for
    std::map<std::string, std::string> attributes;  ///< the root's string attributes
};

/// The content of an open file, for another process of this machine. Looks for all columns where
/// these are asked for: call at most once. Only for .cpp files of this folder, as what follows.
std::string packed_content(ShowerFile& file, Columns columns);

/// What `packed_content` made of the file `label`. Throws InputError where it makes no sense: the
/// process that read the file may have been harmed by it.
ShowerFileContent unpacked_content(std::string_view text, std::string const& label);

/// Throws InputError where the file holds something that is not carried to other files and is not
/// among the names `droppable`.
void require_all_carried(ShowerFileContent const& content, std::filesystem::path const& path,
                         std::vector<std::string> const& droppable);

/// Throw an InputError that names the file.
[[noreturn]] void refuse_memory(std::filesystem::path const& path);
[[noreturn]] void refuse_damaged(std::filesystem::path const& path, char const* what);

/// Does `work`; where memory ends or the standard library gives up, the error names the file.
template <class Work>
auto naming_file(std::filesystem::path const& path, Work&& work)
{
    try {
        return work();
    } catch (InputError const&) {
        throw;
    } catch (std::bad_alloc const&) {
        refuse_memory(path);
    } catch (std::exception const& error) {
        refuse_damaged(path, error.what());
    }
}

}  // namespace lowcal::data

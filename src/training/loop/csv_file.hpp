#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace lowcal::training {

/// A table of numbers, as CsvFile writes it.
struct CsvTable {
    std::vector<std::string> names{};         ///< of the columns
    std::vector<std::vector<double>> rows{};  ///< each as long as `names`
    std::size_t torn_lines = 0;  ///< lines that are no whole rows and were left out: a power cut's
};

/// Reads a table; an empty one where there is no such file.
CsvTable read_csv(std::filesystem::path const& path);

/// Appends lines of numbers, the first of which is a step, to a table that may be there already:
/// what was torn at its end is dropped, and so are the rows beyond the step at which a training
/// goes on, which will be made again. A file with another head, of another version, is kept under
/// another name ("losses.earlier1.csv").
class CsvFile {
public:
    /// Throws InputError if it cannot be written.
    CsvFile(std::filesystem::path const& path, std::string const& head,
            std::int64_t steps_done = std::numeric_limits<std::int64_t>::max());
    void line(std::vector<double> const& values);
    /// Puts all lines on the disk. Throws InputError.
    void sync();
    /// Lines that were dropped because they were no whole rows.
    std::size_t torn_lines() const { return torn_lines_; }

private:
    std::filesystem::path path_;
    std::size_t torn_lines_ = 0;
    std::ofstream stream_;
};

}  // namespace lowcal::training

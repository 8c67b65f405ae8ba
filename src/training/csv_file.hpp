#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace lowcal::training {

/// Appends lines of numbers to a table; writes its head if the file is new. A file with another
/// head, of another version, is kept under another name ("losses.earlier1.csv").
class CsvFile {
public:
    /// Throws InputError if it cannot be written.
    CsvFile(std::filesystem::path const& path, std::string const& head);
    void line(std::vector<double> const& values);

private:
    std::ofstream stream_;
};

}  // namespace lowcal::training

#include "training/csv_file.hpp"

#include "core/error.hpp"

#include <iomanip>

namespace lowcal::training {
namespace {

std::string first_line(std::filesystem::path const& path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::filesystem::path unused_name_like(std::filesystem::path const& path)
{
    for (int number = 1;; ++number) {
        auto const name = path.stem().string() + ".earlier" + std::to_string(number);
        auto other = path.parent_path() / (name + path.extension().string());
        if (!std::filesystem::exists(other)) return other;
    }
}

}  // namespace

CsvFile::CsvFile(std::filesystem::path const& path, std::string const& head)
{
    bool fresh = !std::filesystem::exists(path);
    if (!fresh && first_line(path) != head) {
        std::filesystem::rename(path, unused_name_like(path));
        fresh = true;
    }
    stream_.open(path, std::ios::app);
    if (!stream_) throw InputError("cannot write " + path.string(), "");
    stream_ << std::setprecision(6);
    if (fresh) stream_ << head << std::endl;
}

void CsvFile::line(std::vector<double> const& values)
{
    for (std::size_t i = 0; i < values.size(); ++i) stream_ << (i ? "," : "") << values[i];
    stream_ << std::endl;
}

}  // namespace lowcal::training

#include "training/loop/csv_file.hpp"

#include "core/error.hpp"
#include "core/files/atomic_file.hpp"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <iomanip>
#include <iterator>
#include <optional>
#include <unistd.h>

namespace lowcal::training {
namespace {

std::string content_of(std::filesystem::path const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The text up to its next end of a line, which is taken away with it; nothing where the text is
/// torn off before.
std::optional<std::string_view> take_line(std::string_view& text)
{
    auto const end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    auto const line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

std::vector<std::string_view> split(std::string_view line)
{
    std::vector<std::string_view> parts;
    for (auto comma = line.find(','); comma != std::string_view::npos; comma = line.find(',')) {
        parts.push_back(line.substr(0, comma));
        line.remove_prefix(comma + 1);
    }
    parts.push_back(line);
    return parts;
}

/// The numbers of a line; nothing where it is no row of so many.
std::optional<std::vector<double>> row_of(std::string_view line, std::size_t columns)
{
    std::vector<double> row;
    for (auto const part : split(line)) {
        double number = 0;
        auto const [stop, error] = std::from_chars(part.data(), part.data() + part.size(), number);
        if (error != std::errc{} || stop != part.data() + part.size()) return std::nullopt;
        row.push_back(number);
    }
    return row.size() == columns ? std::optional(std::move(row)) : std::nullopt;
}

std::filesystem::path unused_name_like(std::filesystem::path const& path)
{
    for (int number = 1;; ++number) {
        auto const name = path.stem().string() + ".earlier" + std::to_string(number);
        auto other = path.parent_path() / (name + path.extension().string());
        if (!std::filesystem::exists(other)) return other;
    }
}

struct Kept {
    std::string text{};  ///< head and rows
    std::size_t torn_lines = 0;
};

/// What of a table with this head stays when a training goes on.
Kept rows_until(std::string_view text, std::string const& head, std::int64_t steps_done)
{
    Kept kept{.text = head + "\n"};
    auto const columns = split(head).size();
    while (!text.empty()) {
        auto const line = take_line(text);
        auto const row = line ? row_of(*line, columns) : std::nullopt;
        kept.torn_lines += !row;
        if (row && row->front() <= static_cast<double>(steps_done))
            kept.text.append(*line).append("\n");
        if (!line) break;
    }
    return kept;
}

}  // namespace

CsvTable read_csv(std::filesystem::path const& path)
{
    CsvTable table;
    auto const content = content_of(path);
    std::string_view text = content;
    auto const head = take_line(text);
    if (!head) return table;
    for (auto const name : split(*head)) table.names.emplace_back(name);
    while (!text.empty()) {
        auto const line = take_line(text);
        auto row = line ? row_of(*line, table.names.size()) : std::nullopt;
        table.torn_lines += !row;
        if (row) table.rows.push_back(std::move(*row));
        if (!line) break;
    }
    return table;
}

CsvFile::CsvFile(std::filesystem::path const& path, std::string const& head,
                 std::int64_t steps_done)
    : path_(path)
{
    auto const content = content_of(path);
    std::string_view text = content;
    auto const found = take_line(text);
    if (found && *found != head) std::filesystem::rename(path, unused_name_like(path));
    Kept kept{.text = head + "\n", .torn_lines = !found && !content.empty() ? 1U : 0U};
    if (found && *found == head) kept = rows_until(text, head, steps_done);
    torn_lines_ = kept.torn_lines;
    if (kept.text != content) write_file_atomically(path, kept.text);
    stream_.open(path, std::ios::app);
    if (!stream_) throw InputError("cannot write " + path.string(), std::strerror(errno));
    stream_ << std::setprecision(6);
}

void CsvFile::line(std::vector<double> const& values)
{
    constexpr double exactly_whole = 1e15;  // steps keep all their digits
    for (std::size_t i = 0; i < values.size(); ++i) {
        stream_ << (i ? "," : "");
        bool const whole =
            std::abs(values[i]) < exactly_whole && std::trunc(values[i]) == values[i];
        if (whole)
            stream_ << static_cast<std::int64_t>(values[i]);
        else
            stream_ << values[i];
    }
    stream_ << std::endl;
    if (!stream_) throw InputError("cannot write " + path_.string(), std::strerror(errno));
}

void CsvFile::sync()
{
    int const file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    bool const done = file >= 0 && ::fsync(file) == 0;
    int const reason = errno;
    if (file >= 0) ::close(file);
    if (!done) throw InputError("cannot flush " + path_.string(), std::strerror(reason));
}

}  // namespace lowcal::training

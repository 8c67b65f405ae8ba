#include "data/reading/shower_service.hpp"

#include "core/error.hpp"
#include "data/hdf5/read_advice.hpp"
#include "data/hdf5/read_limits.hpp"
#include "data/shower_file.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace lowcal::data {
namespace {

/// Sources of numbers; the column i is `first_column` + i.
constexpr std::size_t cells_source = 0;
constexpr std::size_t energies_source = 1;
constexpr std::size_t first_column = 2;

/// Which numbers of the file go into the shared memory.
struct ReadRequest {
    std::size_t source;
    std::size_t first;  ///< shower
    std::size_t count;  ///< numbers
};

/// A request without numbers asks for what the file holds.
constexpr std::string_view content_request = "content";
constexpr std::string_view dropped_request = "dropped showers";

/// The file in the server's process, and what of it is handed out.
struct Served {
    ShowerFile file;
    std::string content;  ///< packed
};

std::string packed_dropped_showers(ShowerFile const& file)
{
    auto const indices = file.dropped_showers();
    return {reinterpret_cast<char const*>(indices.data()), indices.size() * sizeof(std::uint64_t)};
}

LeftOut read_into(ShowerFile const& file, ReadRequest const& request, std::span<std::byte> shared)
{
    std::span const out(reinterpret_cast<float*>(shared.data()), request.count);
    if (request.source == cells_source) return file.showers().read_cells(request.first, out);
    if (request.source == energies_source)
        file.showers().read_energies(request.first, out);
    else
        file.read_column(file.columns().at(request.source - first_column), request.first, out);
    return {};
}

std::string answer(Served const& served, std::string_view text, std::span<std::byte> shared)
{
    if (text == content_request) return served.content;
    if (text == dropped_request) return packed_dropped_showers(served.file);
    ReadRequest request{};
    assert(text.size() == sizeof request);
    std::memcpy(&request, text.data(), sizeof request);
    auto const left_out = read_into(served.file, request, shared);
    return {reinterpret_cast<char const*>(&left_out), sizeof left_out};
}

/// Throws the error again; where another program is writing the file, it says so.
[[noreturn]] void blame_writer(InputError const& error, std::filesystem::path const& path)
{
    if (is_marked_as_being_written(path) || !is_locked_by_a_writer(path)) throw;
    throw InputError(path.string() +
                     ": another program has it open for writing: wait until it is closed; as it "
                     "is: " +
                     error.what());
}

ForkedServer::Handler open_file(std::filesystem::path const& path,
                                ShowerService::Config const& config)
{
    auto const served = naming_file(path, [&] {
        auto opened = std::make_shared<Served>(Served{
            ShowerFile(path, {.external = config.external, .detector = config.detector}), {}});
        opened->content = packed_content(opened->file, config.columns);
        return opened;
    });
    return [served, path](std::string_view text, std::span<std::byte> shared) {
        return naming_file(path, [&] { return answer(*served, text, shared); });
    };
}

}  // namespace

ShowerService::ShowerService(std::filesystem::path const& path, Config const& config) : path_(path)
{
    require_regular_file(path);  // here, since the server has not this process's descriptors
    try {
        server_ = std::make_unique<ForkedServer>(
            ForkedServer::Config{.shared_bytes = limits::shared_bytes,
                                 .memory_bytes = limits::reader_bytes,
                                 .cpu_seconds_to_start = limits::cpu_seconds_to_open,
                                 .cpu_seconds_a_request = limits::cpu_seconds_a_block},
            [&] { return open_file(path, config); });
    } catch (ServerDeath const& death) {
        refuse(death);
    } catch (InputError const& error) {
        blame_writer(error, path);
    }
    content_ = unpacked_content(call(content_request), path.string());
}

void ShowerService::refuse(ServerDeath const& death) const
{
    throw InputError("the HDF5 library crashed reading " + path_.string(), death.what(),
                     "the file is damaged or hostile");
}

std::string ShowerService::call(std::string_view request)
{
    try {
        return server_->call(request);
    } catch (ServerDeath const& death) {
        refuse(death);
    } catch (InputError const& error) {
        blame_writer(error, path_);
    }
}

LeftOut ShowerService::read(std::size_t source, std::size_t width, std::size_t first,
                            std::span<float> out)
{
    LeftOut sum;
    auto const step = limits::shared_bytes / sizeof(float) / width * width;
    assert(step > 0 && out.size() % width == 0);
    while (!out.empty()) {
        ReadRequest const request{source, first, std::min(step, out.size())};
        auto const answer = call({reinterpret_cast<char const*>(&request), sizeof request});
        LeftOut left_out;
        if (answer.size() == sizeof left_out) std::memcpy(&left_out, answer.data(), answer.size());
        sum.points += left_out.points;
        sum.energy += left_out.energy;
        std::memcpy(out.data(), server_->shared().data(), request.count * sizeof(float));
        out = out.subspan(request.count);
        first += request.count / width;
    }
    return sum;
}

LeftOut ShowerService::read_cells(std::size_t first, std::span<float> out)
{
    return read(cells_source, content_.detector.cells(), first, out);
}

void ShowerService::read_energies(std::size_t first, std::span<float> out)
{
    read(energies_source, 1, first, out);
}

void ShowerService::read_column(std::size_t column, std::size_t first, std::span<float> out)
{
    read(first_column + column, content_.columns[column].width, first, out);
}

std::vector<std::uint64_t> ShowerService::dropped_showers()
{
    auto const bytes = call(dropped_request);
    std::vector<std::uint64_t> indices(bytes.size() / sizeof(std::uint64_t));
    if (!indices.empty())
        std::memcpy(indices.data(), bytes.data(), indices.size() * sizeof(std::uint64_t));
    return indices;
}

}  // namespace lowcal::data

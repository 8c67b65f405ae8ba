#include "data/shower_files.hpp"

#include "core/detector/known_detectors.hpp"
#include "core/random.hpp"

#include <algorithm>
#include <cassert>

namespace lowcal::data {
namespace {

std::size_t pass_through(unsigned, std::size_t, unsigned const[], std::size_t bytes, std::size_t*,
                         void**)
{
    return bytes;
}

hsize_t product(RawFile::Shape const& shape)
{
    hsize_t result = 1;
    for (auto const extent : shape) result *= extent;
    return result;
}

void write(hid_t data_set, hid_t type, void const* values)
{
    checked(H5Dwrite(data_set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "test: write");
    checked(H5Dclose(data_set), "test: close");
}

}  // namespace

std::size_t TemporaryFolder::entries() const
{
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
}

ShowerBlock make_showers(std::size_t count, Timing timing, std::size_t first)
{
    constexpr float sampling_fraction = 0.02F;
    constexpr std::size_t hits = 600;
    ShowerBlock block;
    block.cells.resize(count * clic_detector().cells());
    for (std::size_t i = 0; i < count; ++i) {
        ItemRandom const random({.seed = 7}, first + i);
        std::vector<float> uniform(2 * hits + 1);
        random.uniform(uniform);
        float const energy = 2.0F + 498.0F * uniform.back();
        block.primary_energy.push_back(energy);
        for (std::size_t hit = 0; hit < hits; ++hit) {
            auto const cell = static_cast<std::size_t>(uniform[hit] *
                                                       static_cast<float>(clic_detector().cells()));
            float const deposit = uniform[hits + hit] * energy * sampling_fraction * 2.0F / hits;
            if (deposit < static_cast<float>(clic_detector().smallest_cell)) continue;
            block.cells[i * clic_detector().cells() + cell] = deposit;
        }
        if (timing == Timing::present) block.monte_carlo_seconds.push_back(0.0057F * energy);
    }
    return block;
}

RawFile::RawFile(std::filesystem::path const& path)
{
    silence_hdf5();
    file_ = checked(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose,
                    "test: create");
}

hid_t RawFile::create(std::string const& name, Shape const& shape, hid_t type, hid_t creation)
{
    auto const rank = static_cast<int>(shape.size());
    auto const space =
        checked(H5Screate_simple(rank, shape.data(), nullptr), H5Sclose, "test: shape");
    return checked(H5Dcreate2(file_.get(), name.c_str(), type, space.get(), H5P_DEFAULT, creation,
                              H5P_DEFAULT),
                   "test: data set");
}

void RawFile::floats(std::string const& name, Shape const& shape, std::vector<float> const& values)
{
    assert(product(shape) == values.size());
    write(create(name, shape, H5T_IEEE_F32LE), H5T_NATIVE_FLOAT, values.data());
}

void RawFile::doubles(std::string const& name, Shape const& shape,
                      std::vector<double> const& values)
{
    assert(product(shape) == values.size());
    write(create(name, shape, H5T_IEEE_F64BE), H5T_NATIVE_DOUBLE, values.data());
}

void RawFile::integers(std::string const& name, Shape const& shape)
{
    std::vector<int> const values(product(shape), 1);
    write(create(name, shape, H5T_STD_I32LE), H5T_NATIVE_INT, values.data());
}

void RawFile::strings(std::string const& name, Shape const& shape)
{
    std::vector<char> const values(product(shape), 'x');
    write(create(name, shape, H5T_C_S1), H5T_C_S1, values.data());
}

void add_number(hid_t object, std::string const& name, int number)
{
    auto const space = checked(H5Screate(H5S_SCALAR), H5Sclose, "test: space");
    auto const attribute = checked(
        H5Acreate2(object, name.c_str(), H5T_STD_I32LE, space.get(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose, "test: attribute");
    checked(H5Awrite(attribute.get(), H5T_NATIVE_INT, &number), "test: attribute");
}

void RawFile::hollow(std::string const& name, Shape const& shape, float fill)
{
    auto const creation = checked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "test: list");
    auto chunk = shape;
    chunk[0] = 1;
    checked(H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()),
            "test: chunk");
    checked(H5Pset_fill_value(creation.get(), H5T_NATIVE_FLOAT, &fill), "test: fill");
    checked(H5Dclose(create(name, shape, H5T_IEEE_F32LE, creation.get())), "test: close");
}

void RawFile::exotic(std::string const& name, Shape const& shape, std::vector<float> const& values,
                     int number)
{
    H5Z_class2_t const filter{H5Z_CLASS_T_VERS, number,  1,       1,
                              "exotic",         nullptr, nullptr, pass_through};
    checked(H5Zregister(&filter), "test: register");
    {
        auto const creation = checked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "test: list");
        checked(H5Pset_chunk(creation.get(), static_cast<int>(shape.size()), shape.data()),
                "test: chunk");
        checked(H5Pset_filter(creation.get(), number, 0, 0, nullptr), "test: filter");
        write(create(name, shape, H5T_IEEE_F32LE, creation.get()), H5T_NATIVE_FLOAT, values.data());
        checked(H5Fflush(file_.get(), H5F_SCOPE_LOCAL), "test: flush");
    }
    checked(H5Zunregister(number), "test: unregister");
}

void write_clic(std::filesystem::path const& path, ShowerBlock const& showers)
{
    RawFile file(path);
    hsize_t const count = showers.count();
    std::vector<float> target;
    for (float const energy : showers.primary_energy) target.insert(target.end(), {11.0F, energy});
    file.floats("ECAL", {count, 25, 25, 25}, showers.cells);
    file.floats("target", {count, 2}, target);
    if (!showers.monte_carlo_seconds.empty())
        file.floats("cpu_seconds", {count}, showers.monte_carlo_seconds);
    if (!showers.entry_point.empty())
        file.floats("vertex_mm", {showers.entry_point.size() / 2, 2}, showers.entry_point);
}

::testing::AssertionResult mentions(std::string const& text, std::vector<std::string> const& parts)
{
    for (auto const& part : parts)
        if (text.find(part) == std::string::npos)
            return ::testing::AssertionFailure() << "'" << part << "' is not in: " << text;
    return ::testing::AssertionSuccess();
}

std::vector<float> read_numbers(std::filesystem::path const& path, std::string const& data_set)
{
    Hdf5Handle const file(checked(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), "test: open"),
                          H5Fclose);
    if (H5Lexists(file.get(), data_set.c_str(), H5P_DEFAULT) <= 0) return {};
    Hdf5Handle const set(checked(H5Dopen2(file.get(), data_set.c_str(), H5P_DEFAULT), "test: set"),
                         H5Dclose);
    Hdf5Handle const space(checked(H5Dget_space(set.get()), "test: space"), H5Sclose);
    std::vector<float> numbers(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    checked(H5Dread(set.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()),
            "test: read");
    return numbers;
}

}  // namespace lowcal::data

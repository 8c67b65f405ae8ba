#include "data/stored_file.hpp"

#include "core/detector/known_detectors.hpp"

namespace lowcal::data {

StoredFile::StoredFile(std::filesystem::path const& path)
{
    silence_hdf5();
    file_ = checked(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose,
                    "test: create");
}

Hdf5Handle StoredFile::make(std::string const& name, Shape const& shape, Creation const& creation,
                            hid_t type)
{
    auto const list = checked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "test: list");
    creation(list.get());
    auto const space =
        checked(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose,
                "test: shape");
    return checked(
        H5Dcreate2(get(), name.c_str(), type, space.get(), H5P_DEFAULT, list.get(), H5P_DEFAULT),
        H5Dclose, "test: data set");
}

void StoredFile::write(std::string const& name, Shape const& shape,
                       std::vector<float> const& numbers, Creation const& creation, hid_t type)
{
    auto const data_set = make(name, shape, creation, type);
    checked(
        H5Dwrite(data_set.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()),
        "test: write");
}

void StoredFile::write_target(hsize_t showers)
{
    std::vector<float> numbers;
    for (hsize_t i = 0; i < showers; ++i) numbers.insert(numbers.end(), {11.0F, 100.0F});
    write("target", {showers, 2}, numbers, [](hid_t) {});
}

void StoredFile::sequences(std::string const& name, std::vector<std::vector<float>> const& rows,
                           Creation const& creation, hid_t type)
{
    auto const on_disk = checked(H5Tvlen_create(type), H5Tclose, "test: type");
    auto const in_memory = checked(H5Tvlen_create(H5T_NATIVE_FLOAT), H5Tclose, "test: type");
    auto const data_set = make(name, {rows.size()}, creation, on_disk.get());
    std::vector<hvl_t> places;
    for (auto const& row : rows) places.push_back({row.size(), const_cast<float*>(row.data())});
    checked(H5Dwrite(data_set.get(), in_memory.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, places.data()),
            "test: write");
}

void StoredFile::whole(std::string const& name, Shape const& shape, std::vector<int> const& numbers)
{
    auto const data_set = make(
        name, shape, [](hid_t) {}, H5T_STD_I32LE);
    checked(H5Dwrite(data_set.get(), H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()),
            "test: write");
}

void StoredFile::external_link(std::string const& name, std::string const& file,
                               std::string const& object)
{
    checked(H5Lcreate_external(file.c_str(), object.c_str(), get(), name.c_str(), H5P_DEFAULT,
                               H5P_DEFAULT),
            "test: link");
}

void StoredFile::soft_link(std::string const& name, std::string const& object)
{
    checked(H5Lcreate_soft(object.c_str(), get(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
            "test: link");
}

void StoredFile::variable_text(std::string const& name, char const* text)
{
    auto const type = checked(H5Tcopy(H5T_C_S1), H5Tclose, "test: type");
    checked(H5Tset_size(type.get(), H5T_VARIABLE), "test: type");
    auto const space = checked(H5Screate(H5S_SCALAR), H5Sclose, "test: space");
    auto const attribute =
        checked(H5Acreate2(get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                H5Aclose, "test: attribute");
    checked(H5Awrite(attribute.get(), type.get(), static_cast<void*>(&text)), "test: text");
}

void StoredFile::virtual_set(std::string const& name, Shape const& shape, hsize_t showers_each,
                             std::vector<std::string> const& sources)
{
    auto const rank = static_cast<int>(shape.size());
    auto part = shape;
    part[0] = showers_each;
    auto const part_space =
        checked(H5Screate_simple(rank, part.data(), nullptr), H5Sclose, "test: part");
    auto const whole =
        checked(H5Screate_simple(rank, shape.data(), nullptr), H5Sclose, "test: whole");
    make(name, shape, [&](hid_t list) {
        Shape start(shape.size());
        for (auto const& source : sources) {
            checked(H5Sselect_hyperslab(whole.get(), H5S_SELECT_SET, start.data(), nullptr,
                                        part.data(), nullptr),
                    "test: range");
            checked(
                H5Pset_virtual(list, whole.get(), source.c_str(), name.c_str(), part_space.get()),
                "test: source");
            start[0] += showers_each;
        }
    });
}

std::vector<float> numbered_cells(std::size_t showers, std::size_t first)
{
    std::vector<float> cells(showers * clic_detector().cells());
    for (std::size_t i = 0; i < cells.size(); ++i)
        cells[i] = static_cast<float>(first * clic_detector().cells() + i + 1) / 1024.0F;
    return cells;
}

}  // namespace lowcal::data

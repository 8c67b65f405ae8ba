#include "data/layouts/point_cloud_writer.hpp"

#include "core/error.hpp"
#include "data/hdf5/hdf5_handle.hpp"
#include "data/layouts/showerdata_names.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace lowcal::data {
namespace {

namespace names = showerdata;

constexpr hsize_t rows_per_chunk = 1024;
constexpr hsize_t point_width = 4;
constexpr hsize_t most_showers = hsize_t{1} << 24U;  ///< numbers of showers are exact as float32

std::string problem_with(char const* name)
{
    return std::string("cannot write data set ") + name;
}

DataSetWriter::Config whole_numbers(char const* name, int compression)
{
    return {.name = name,
            .row_shape = {},
            .rows_per_chunk = rows_per_chunk,
            .compression = compression,
            .unit = {},
            .stored = StoredNumbers::int32};
}

Hdf5Handle sequences(hid_t of)
{
    return checked(H5Tvlen_create(of), H5Tclose, problem_with(names::showers));
}

Hdf5Handle make_showers(hid_t file)
{
    auto const problem = problem_with(names::showers);
    hsize_t const none = 0;
    hsize_t const any = H5S_UNLIMITED;
    auto const space = checked(H5Screate_simple(1, &none, &any), H5Sclose, problem);
    auto const creation = checked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, problem);
    checked(H5Pset_chunk(creation.get(), 1, &rows_per_chunk), problem);
    checked(H5Pset_obj_track_times(creation.get(), false), problem);
    auto const type = sequences(H5T_IEEE_F32LE);
    return checked(H5Dcreate2(file, names::showers, type.get(), space.get(), H5P_DEFAULT,
                              creation.get(), H5P_DEFAULT),
                   H5Dclose, problem);
}

using Direction = std::array<float, 3>;

/// Theta and phi together count from the normal, and from x towards y; theta alone, as in the
/// 3DGAN's files, lies in the plane of x and the normal, which it meets at a right angle to x.
Direction direction_of(ShowerBlock const& block, std::size_t shower)
{
    if (block.theta.empty()) return {0, 0, 1};
    auto const theta = static_cast<double>(block.theta[shower]);
    if (block.phi.empty())
        return {static_cast<float>(std::cos(theta)), 0, static_cast<float>(std::sin(theta))};
    auto const phi = static_cast<double>(block.phi[shower]);
    return {static_cast<float>(std::sin(theta) * std::cos(phi)),
            static_cast<float>(std::sin(theta) * std::sin(phi)),
            static_cast<float>(std::cos(theta))};
}

std::vector<float> directions_of(ShowerBlock const& block)
{
    auto const said = block.more.find(names::directions);
    if (said != block.more.end() && said->second.width == Direction{}.size())
        return said->second.values;
    std::vector<float> all;
    for (std::size_t i = 0; i < block.count(); ++i) {
        auto const direction = direction_of(block, i);
        all.insert(all.end(), direction.begin(), direction.end());
    }
    return all;
}

std::vector<float> ids_of(ShowerBlock const& block, hsize_t first)
{
    auto const said = block.more.find(names::shower_ids);
    if (said != block.more.end() && said->second.width == 1) return said->second.values;
    std::vector<float> ids;
    for (std::size_t i = 0; i < block.count(); ++i) ids.push_back(static_cast<float>(first + i));
    return ids;
}

std::vector<float> pdg_of(ShowerBlock const& block)
{
    return block.pdg_code.empty() ? std::vector<float>(block.count()) : block.pdg_code;
}

}  // namespace

PointCloudWriter::PointCloudWriter(hid_t file, PointGrid const& grid, int compression)
    : file_(file),
      grid_(grid),
      numbers_(sequences(H5T_NATIVE_FLOAT)),
      showers_(make_showers(file)),
      directions_(file, {.name = names::directions,
                         .row_shape = {Direction{}.size()},
                         .rows_per_chunk = rows_per_chunk,
                         .compression = compression,
                         .unit = {}}),
      pdg_(file, whole_numbers(names::pdg, compression)),
      shower_ids_(file, whole_numbers(names::shower_ids, compression)),
      num_points_(file, whole_numbers(names::num_points, compression))
{
}

void PointCloudWriter::append(ShowerBlock const& block, float scale)
{
    if (block.count() > most_showers - count_)
        throw InputError(problem_with(names::showers), "there are more than 2^24 showers");
    directions_.append(directions_of(block));
    pdg_.append(pdg_of(block));
    shower_ids_.append(ids_of(block, count_));
    std::vector<float> points;
    std::vector<float> counts;
    for (std::size_t shower = 0; shower < block.count(); ++shower) {
        points.clear();
        auto const cells = block.shower(shower);
        for (std::size_t cell = 0; cell < cells.size(); ++cell) {
            if (!(cells[cell] > 0.0F)) continue;
            auto const [x, y, layer] = grid_.centre(cell);
            points.insert(points.end(), {static_cast<float>(x), static_cast<float>(y),
                                         static_cast<float>(layer), cells[cell] * scale});
        }
        append_points(points);
        auto const number = points.size() / point_width;
        counts.push_back(static_cast<float>(number));
    }
    num_points_.append(counts);
}

void PointCloudWriter::append_points(std::vector<float>& points)
{
    auto const problem = problem_with(names::showers);
    hsize_t const one = 1;
    auto const row = count_++;
    checked(H5Dset_extent(showers_.get(), &count_), problem);
    auto const on_disk = checked(H5Dget_space(showers_.get()), H5Sclose, problem);
    checked(H5Sselect_hyperslab(on_disk.get(), H5S_SELECT_SET, &row, nullptr, &one, nullptr),
            problem);
    auto const in_memory = checked(H5Screate_simple(1, &one, nullptr), H5Sclose, problem);
    hvl_t const sequence{points.size(), points.data()};
    checked(H5Dwrite(showers_.get(), numbers_.get(), in_memory.get(), on_disk.get(), H5P_DEFAULT,
                     &sequence),
            problem);
    most_points_ = std::max<std::size_t>(most_points_, points.size() / point_width);
}

void PointCloudWriter::finish()
{
    for (auto* const writer : {&directions_, &pdg_, &shower_ids_, &num_points_}) writer->finish();
    showers_.close(problem_with(names::showers));
    DataSetWriter shape(file_, {.name = names::shape,
                                .row_shape = {},
                                .rows_per_chunk = 3,
                                .compression = 0,
                                .unit = {},
                                .stored = StoredNumbers::int32});
    shape.append(std::array{static_cast<float>(count_), static_cast<float>(most_points_),
                            static_cast<float>(point_width)});
    shape.finish();
}

}  // namespace lowcal::data

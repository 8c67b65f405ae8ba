#include "core/error.hpp"
#include "data/hdf5/sequence_data_set.hpp"
#include "data/layouts/layout_row.hpp"
#include "data/layouts/point_cloud_writer.hpp"
#include "data/layouts/point_grid.hpp"
#include "data/layouts/showerdata_names.hpp"
#include "data/shower_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace lowcal::data {
namespace {

namespace names = showerdata;

/// Whole numbers up to it are exact as float32.
constexpr float largest_whole = 16777216.0F;
/// Of a point: x, y, layer and energy, then possibly a time.
constexpr std::size_t energy_place = 3;
constexpr std::size_t narrowest_point = 4;
constexpr std::size_t widest_point = 5;
constexpr std::size_t direction_width = 3;

/// A data set of whole numbers, [N] or [N, 1], one for each shower.
class WholeNumbers {
public:
    WholeNumbers(Hdf5File const& file, char const* name, hsize_t count)
        : data_set_(file, name, NumberKind::whole)
    {
        require_one_number(data_set_);
        if (data_set_.shape()[0] != count) refuse_shape(data_set_, fmt::format("[{}]", count));
    }
    void read(std::size_t first, std::span<float> out) const
    {
        read_numbers(data_set_, first, 0, out);
        for (std::size_t i = 0; i < out.size(); ++i)
            if (std::abs(out[i]) >= largest_whole)
                throw InputError("cannot read " + data_set_.label(),
                                 fmt::format("row {} is beyond 2^24", first + i));
    }
    /// Whether they are the rows' own numbers, which say nothing.
    bool count_rows() const
    {
        constexpr std::size_t step = 1U << 16U;
        std::vector<float> numbers;
        auto const count = static_cast<std::size_t>(data_set_.shape()[0]);
        for (std::size_t first = 0; first < count; first += step) {
            numbers.resize(std::min(step, count - first));
            read_numbers(data_set_, first, 0, numbers);
            for (std::size_t i = 0; i < numbers.size(); ++i)
                if (numbers[i] != static_cast<float>(first + i)) return false;
        }
        return true;
    }

private:
    FloatDataSet data_set_;
};

/// Numbers of a point, which the file says in `shape`.
std::size_t point_width(Hdf5File const& file)
{
    FloatDataSet const shape(file, names::shape, NumberKind::whole);
    std::array<float, 3> numbers{};
    if (shape.shape() != Shape{numbers.size()}) refuse_shape(shape, "[3]");
    shape.read({{0}, {numbers.size()}}, numbers);
    for (std::size_t width = narrowest_point; width <= widest_point; ++width)
        if (numbers[2] == static_cast<float>(width)) return width;
    throw InputError("cannot read " + shape.label(),
                     fmt::format("it says that a point has {} numbers, not 4 or 5", numbers[2]));
}

/// Whether all directions are the normal, which the package writes where it knows none.
bool are_default(FloatDataSet const& directions)
{
    constexpr std::size_t step = 1U << 16U;
    constexpr std::array<float, direction_width> normal{0, 0, 1};
    std::vector<float> numbers;
    auto const count = static_cast<std::size_t>(directions.shape()[0]);
    for (std::size_t first = 0; first < count; first += step) {
        numbers.resize(std::min(step, count - first) * direction_width);
        directions.read({{first, 0}, {numbers.size() / direction_width, direction_width}}, numbers);
        for (std::size_t i = 0; i < numbers.size(); ++i)
            if (numbers[i] != normal[i % direction_width]) return false;
    }
    return true;
}

class PointClouds : public StoredShowers {
public:
    PointClouds(Hdf5File const& file, Detector detector, FloatDataSet cells, FloatDataSet energies)
        : StoredShowers(Layout::showerdata, std::move(detector), std::move(cells),
                        std::move(energies)),
          grid_(this->detector(), "cannot read " + this->cells().label()),
          points_(this->cells()),
          point_width_(point_width(file))
    {
        if (this->cells().shape().size() != 2)
            refuse_shape(this->cells(), "[N] sequences of points");
        require_one_number(this->energies());
        auto const count = this->cells().shape()[0];
        if (file.holds(names::directions)) {
            directions_.emplace(file, names::directions);
            if (directions_->shape() != Shape{count, direction_width})
                refuse_shape(*directions_, "[N, 3]");
            // Angles that the file says itself may count from elsewhere.
            bool const says_angles = file.holds("theta") || file.holds("phi");
            if (!says_angles && !are_default(*directions_)) own_ = {{"theta"}, {"phi"}};
        }
        for (auto const* const name : {names::pdg, names::shower_ids}) {
            if (!file.holds(name)) continue;
            WholeNumbers numbers(file, name, count);
            if (name == names::shower_ids && numbers.count_rows()) continue;
            whole_.emplace(name, std::move(numbers));
            own_.push_back({name});
        }
    }

    LeftOut read_cells(std::size_t first, std::span<float> out) const override
    {
        auto const size = detector().cells();
        LeftOut left_out;
        std::ranges::fill(out, 0.0F);
        for (; !out.empty(); out = out.subspan(size), ++first)
            add_points(first, out.first(size), left_out);
        return left_out;
    }
    void read_energies(std::size_t first, std::span<float> out) const override
    {
        read_numbers(energies(), first, 0, out);
    }
    std::vector<OwnColumn> own_columns() const override { return own_; }
    void read_own_column(std::size_t index, std::size_t first, std::span<float> out) const override
    {
        auto const& name = own_[index].name;
        if (auto const found = whole_.find(name); found != whole_.end())
            return found->second.read(first, out);
        read_angle(name, first, out);
    }
    bool has_part(std::string_view name) const override
    {
        return name == names::shape || name == names::num_points || name == names::shower_ids;
    }

private:
    PointGrid grid_;
    mutable SequenceDataSet points_;
    std::size_t point_width_;
    std::optional<FloatDataSet> directions_;
    std::map<std::string, WholeNumbers, std::less<>> whole_;
    std::vector<OwnColumn> own_;

    /// Points without energy fill a shower up; energies that are none make the shower a bad one.
    void add_points(std::size_t shower, std::span<float> cells, LeftOut& left_out) const
    {
        auto const numbers = points_.read(shower);
        if (numbers.size() % point_width_ != 0)
            throw InputError(
                fmt::format("cannot read {}, shower {}", this->cells().label(), shower),
                fmt::format("it has {} numbers, and a point {}", numbers.size(), point_width_));
        for (std::size_t at = 0; at < numbers.size(); at += point_width_) {
            float const energy = numbers[at + energy_place];
            if (energy == 0.0F) continue;
            auto const number = [&](std::size_t i) { return static_cast<double>(numbers[at + i]); };
            auto const cell = grid_.find({.x = number(0), .y = number(1), .layer = number(2)});
            bool const good = energy > 0.0F && std::isfinite(energy);
            if (!good) {
                cells[cell.value_or(0)] = std::numeric_limits<float>::quiet_NaN();
            } else if (cell) {
                cells[*cell] += energy;
            } else {
                ++left_out.points;
                left_out.energy += static_cast<double>(energy);
            }
        }
    }

    /// Of a direction, which counts from the normal: theta from it, phi from x towards y.
    void read_angle(std::string const& name, std::size_t first, std::span<float> out) const
    {
        std::vector<float> all(out.size() * direction_width);
        directions_->read({{first, 0}, {out.size(), direction_width}}, all);
        for (std::size_t i = 0; i < out.size(); ++i) {
            auto const [x, y, z] = std::array{all[3 * i], all[3 * i + 1], all[3 * i + 2]};
            out[i] = name == "phi" ? std::atan2(y, x) : std::atan2(std::hypot(x, y), z);
        }
    }
};

class PointCloudForm : public WrittenShowers {
public:
    explicit PointCloudForm(Detector const& detector)
        : grid_(detector, "cannot write " + detector.name + " as point clouds")
    {
    }

    std::unique_ptr<CellWriter> write_cells(hid_t file, CellStorage const& storage) const override
    {
        return std::make_unique<PointCloudWriter>(file, grid_, storage.compression);
    }
    DataSetWriter::Config energies() const override
    {
        return {.name = names::energies, .row_shape = {1}, .unit = "GeV"};
    }
    void pack_energies(ShowerBlock const& block, float, std::vector<float>& rows) const override
    {
        rows.insert(rows.end(), block.primary_energy.begin(), block.primary_energy.end());
    }
    bool keeps(std::string_view column) const override
    {
        return column == names::pdg || column == names::directions || column == names::shower_ids;
    }

private:
    PointGrid grid_;
};

bool recognises(Hdf5File const& file)
{
    return file.holds(names::showers) && file.holds(names::energies) &&
           !file.holds("incident_energies");
}

std::unique_ptr<StoredShowers> open(Hdf5File const& file, std::optional<Detector> const& known)
{
    FloatDataSet points(file, names::showers, NumberKind::sequence);
    if (!known)
        throw InputError("cannot read " + points.label(),
                         "points do not say what the detector's cells are",
                         "--detector FILE says it: JSON, or a binning XML of the CaloChallenge");
    return std::make_unique<PointClouds>(file, *known, std::move(points),
                                         FloatDataSet(file, names::energies));
}

std::unique_ptr<WrittenShowers> write(Detector const& detector)
{
    return std::make_unique<PointCloudForm>(detector);
}

}  // namespace

LayoutRow const showerdata_layout{Layout::showerdata, CellOrder::list, recognises, open, write};

}  // namespace lowcal::data

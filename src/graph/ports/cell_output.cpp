#include "graph/ports/cell_output.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/graph_builder.hpp"
#include "graph/model/ports.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace lowcal::graph {
namespace {

class CellWriter {
public:
    CellWriter(Graph& network, CellOutput const& cells)
        : cells_(cells), builder_(network), value_(cells.output.name), shape_(cells.shape)
    {
    }

    void in_gev()
    {
        auto const& output = cells_.output;
        if (output.divide_by != 1.0) by("unit", "Mul", 1 / output.divide_by);
        if (output.power != 1.0) by("power", "Pow", output.power);
        if (!output.times_energy) return;
        Shape sizes(shape_.size(), 1);
        sizes.front() = 0;  // as it is
        auto const energy = builder_.reshape("shower/energy", cells_.energy, sizes);
        value_ = builder_.binary("Mul", "shower/scaled", value_, energy);
    }

    void in_order()
    {
        auto const& output = cells_.output;
        if (output.axes.empty() && output.crop.empty()) return;
        Shape kept{1};
        for (auto const cells : output.crop) kept.push_back(static_cast<std::int64_t>(cells));
        auto detector = cells_.detector == nullptr ? std::nullopt : std::optional(*cells_.detector);
        if (!detector) detector = known_detector(output.crop.empty() ? shape_ : kept);
        if (!detector)
            throw InputError("the ports file says 'axes' or 'crop'",
                             "nothing says what the detector's axes are",
                             "--detector FILE.json says it, or 'detector' in the ports file");
        if (!output.axes.empty()) turn(*detector);
        if (!output.crop.empty()) crop(*detector);
    }

    std::string value() const { return value_; }

private:
    CellOutput const& cells_;
    GraphBuilder builder_;
    std::string value_;
    Shape shape_;

    void by(std::string const& what, char const* op, double number)
    {
        auto const factor =
            builder_.floats("shower/" + what + ".by", {1}, {static_cast<float>(number)});
        value_ = builder_.binary(op, "shower/" + what, value_, factor);
    }

    void reshape(Shape shape)
    {
        shape_ = std::move(shape);
        auto sizes = shape_;
        sizes.front() = 0;
        value_ = builder_.reshape("shower/axes", value_, sizes);
    }

    std::size_t axis_of(Detector const& detector, std::string const& name) const
    {
        for (std::size_t axis = 0; axis < detector.axes.size(); ++axis)
            if (detector.axes[axis].name == name) return axis;
        std::vector<std::string> known;
        for (auto const& axis : detector.axes) known.push_back(axis.name);
        throw InputError("the ports file names an axis '" + name + "' of the output",
                         fmt::format("the detector has {}", fmt::join(known, ", ")));
    }

    /// From the order of the named axes into the detector's.
    void turn(Detector const& detector)
    {
        std::vector<std::size_t> order;
        for (auto const& name : cells_.output.axes) order.push_back(axis_of(detector, name));
        auto sorted = order;
        std::ranges::sort(sorted);
        if (sorted != std::vector<std::size_t>{0, 1, 2})
            throw InputError(
                "'axes' of the output names " + std::to_string(cells_.output.axes.size()) + " axes",
                "each of the detector's three is wanted once");
        Shape sizes{shape_.front()};
        Shape seen;
        for (std::size_t i = 1; i < shape_.size(); ++i)
            if (shape_[i] != 1) seen.push_back(shape_[i]);
        bool const whole = !cells_.output.crop.empty() && seen.size() == order.size();
        for (std::size_t i = 0; i < order.size(); ++i)
            sizes.push_back(whole ? seen[i]
                                  : static_cast<std::int64_t>(detector.axes[order[i]].cells));
        if (element_count(sizes) != element_count(shape_) ||
            (seen.size() == 3 && !std::equal(seen.begin(), seen.end(), sizes.begin() + 1)))
            throw InputError("the output is " + describe(shape_),
                             "the detector's axes in that order are " + describe(sizes),
                             "correct 'axes'");
        reshape(sizes);
        std::vector<std::int64_t> permutation{0};
        Shape turned{shape_.front()};
        for (std::size_t axis = 0; axis < order.size(); ++axis) {
            auto const place = std::ranges::find(order, axis) - order.begin();
            permutation.push_back(place + 1);
            turned.push_back(shape_[static_cast<std::size_t>(place) + 1]);
        }
        value_ = builder_.transpose("shower/turned", value_, permutation);
        shape_ = turned;
    }

    /// To the cells in the middle; along depth to the front ones.
    void crop(Detector const& detector)
    {
        Shape sizes{shape_.front()};
        for (std::size_t i = 1; i < shape_.size(); ++i)
            if (shape_[i] != 1) sizes.push_back(shape_[i]);
        auto const& kept = cells_.output.crop;
        if (sizes.size() != kept.size() + 1 || kept.size() != detector.axes.size())
            throw InputError("'crop' of the output has " + std::to_string(kept.size()) + " numbers",
                             "the output is " + describe(shape_));
        if (sizes != shape_) reshape(sizes);
        std::vector<std::int64_t> first, last, axes;
        for (std::size_t axis = 0; axis < kept.size(); ++axis) {
            auto const cells = static_cast<std::int64_t>(kept[axis]);
            auto const more = shape_[axis + 1] - cells;
            bool const depth = axis == detector.depth;
            if (more < 0 || (!depth && more % 2 != 0))
                throw InputError(
                    fmt::format("'crop' keeps {} of {} cells", cells, shape_[axis + 1]),
                    "beside depth an even number of cells goes");
            first.push_back(depth ? 0 : more / 2);
            last.push_back(first.back() + cells);
            axes.push_back(static_cast<std::int64_t>(axis) + 1);
        }
        auto const list = [&](std::string const& name, std::vector<std::int64_t> const& numbers) {
            return builder_.constant(
                "shower/" + name,
                {ElementType::int64, {static_cast<std::int64_t>(numbers.size())}, {}, numbers});
        };
        value_ = builder_.node({.name = "shower/cropped",
                                .op = "Slice",
                                .inputs = {value_, list("first", first), list("last", last),
                                           list("cropped_axes", axes)}});
    }
};

}  // namespace

void write_cells(Graph& network, CellOutput const& cells)
{
    CellWriter writer(network, cells);
    writer.in_gev();
    writer.in_order();
    network.nodes.push_back({"shower/cells", "Identity", {writer.value()}, {shower_port}, {}});
    network.outputs = {{shower_port, ElementType::float32, {}}};
}

}  // namespace lowcal::graph

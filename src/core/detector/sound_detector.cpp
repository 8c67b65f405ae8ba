#include "core/detector/detector.hpp"
#include "core/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace lowcal {
namespace {

constexpr std::size_t longest_name = 256;  ///< bytes

bool ascends(std::vector<double> const& values, double least)
{
    for (double const value : values) {
        if (!std::isfinite(value) || value < least) return false;
        least = std::nextafter(value, std::numeric_limits<double>::infinity());
    }
    return true;
}

/// Looks at one detector; complaints name it.
class Inspection {
public:
    Inspection(Detector const& detector, std::string const& label)
        : detector_(detector), label_(label)
    {
    }

    void look() const
    {
        if (detector_.name.size() > longest_name) refuse("its name is too long");
        for (auto const& axis : detector_.axes) look_at(axis);
        look_at_names();
        look_at_size();
        if (detector_.depth >= detector_.axes.size()) refuse("its depth is none of its axes");
        look_at_geometry();
        if (!detector_.is_grid()) look_at_layers();
        look_at_energies();
    }

private:
    Detector const& detector_;
    std::string const& label_;

    [[noreturn]] void refuse(std::string const& why) const { throw InputError(label_, why); }

    void look_at(Axis const& axis) const
    {
        if (axis.name.empty() || axis.name.size() > longest_name)
            refuse("an axis has no name, or one that is too long");
        if (axis.cells == 0) refuse("axis " + axis.name + " has no cells");
        if (!std::isfinite(axis.size) || axis.size < 0)
            refuse("cells of axis " + axis.name + " have a size of " + std::to_string(axis.size));
        if (axis.periodic && axis.size * static_cast<double>(axis.cells) > largest_turn)
            refuse("the cells of axis " + axis.name + " make more than a full turn");
    }

    void look_at_names() const
    {
        auto const& axes = detector_.axes;
        for (std::size_t i = 0; i < axes.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (axes[i].name == axes[j].name) refuse("two axes have the name " + axes[i].name);
    }

    void look_at_size() const
    {
        std::size_t cells = 1;
        for (auto const& axis : detector_.axes) {
            if (axis.cells > most_cells / cells)
                refuse("it has more than " + std::to_string(most_cells) + " cells");
            cells *= axis.cells;
        }
    }

    void look_at_geometry() const
    {
        if (detector_.axes[detector_.depth].periodic) refuse("its depth is periodic");
        std::size_t angles = 0;
        for (auto const& axis : detector_.axes) angles += axis.periodic ? 1 : 0;
        if (detector_.geometry == Geometry::cylindrical && angles != 1)
            refuse("a cylinder has one periodic axis, its angle");
        if (detector_.geometry == Geometry::cartesian && angles != 0)
            refuse("a Cartesian detector has no periodic axis");
    }

    void look_at_layers() const
    {
        auto const& [depth, angle, radius] = detector_.axes;
        if (detector_.depth != 0 || !angle.periodic)
            refuse("layers that differ have the axes depth, angle, radius");
        if (detector_.layer_rings.size() != depth.cells)
            refuse("it has " + std::to_string(detector_.layer_rings.size()) + " layers, not " +
                   std::to_string(depth.cells));
        if (angle.size > 0 || radius.size > 0)
            refuse("where layers differ, cells of all have no size");
        std::size_t angles = 0;
        std::size_t rings = 0;
        std::size_t edges = 0;
        for (std::size_t i = 0; i < depth.cells; ++i) {
            auto const& layer = detector_.layer_rings[i];
            look_at(layer, depth.name + " " + std::to_string(i));
            angles = std::max(angles, layer.angles);
            rings = std::max(rings, layer.rings());
            edges += layer.edges.size();
        }
        if (depth.cells > most_unlike_layers || edges > most_ring_edges)
            refuse("it has more layers or rings than can be told apart");
        if (angles != angle.cells || rings != radius.cells)
            refuse("the layer with most cells has " + std::to_string(angles) + " x " +
                   std::to_string(rings) + " cells along " + angle.name + " and " + radius.name);
    }

    void look_at(LayerRings const& layer, std::string const& name) const
    {
        if (layer.edges.size() == 1 || (layer.rings() == 0) != (layer.angles == 0))
            refuse(name + " has rings without cells");
        if (!ascends(layer.edges, 0.0)) refuse("the edges of rings of " + name + " do not ascend");
    }

    void look_at_energies() const
    {
        for (auto const& [bin, what] : {std::pair{detector_.primary_energies, "primary energies"},
                                        std::pair{detector_.low_energies, "low energies"}}) {
            bool const known = bin != EnergyBin{};
            if (known && (bin.empty() || bin.low < 0 || !std::isfinite(bin.high)))
                refuse(std::string("its range of ") + what + " is no range");
        }
        if (!ascends(detector_.energy_edges, 0.0) || detector_.energy_edges.size() == 1)
            refuse("its energy edges do not ascend");
        if (!ascends(detector_.hit_thresholds, 0.0)) refuse("its hit thresholds do not ascend");
        if (!std::isfinite(detector_.smallest_cell) || detector_.smallest_cell < 0)
            refuse("its smallest cell energy is negative or no number");
    }

    static constexpr double largest_turn = 6.2832;  ///< rad; files round it
};

}  // namespace

void require_sound(Detector const& detector, std::string const& label)
{
    Inspection(detector, label).look();
}

}  // namespace lowcal

#pragma once

#include "graph/passes/pass_form.hpp"
#include "training/fine/split_features.hpp"

namespace lowcal::training {

/// Of cells of a layer, [..., rows, columns], those of a pass.
torch::Tensor of_pass(torch::Tensor const& cells, std::int64_t pass);

/// A batch of showers as the networks of `passes` see it, every cell with what is there when it is
/// drawn. Functions that take a group give what is of its layers.
class PassShowers {
public:
    /// What is the detector's and of many showers.
    struct Usual {
        ShowerGeometry const& geometry;
        SplitUnits units;
        torch::Tensor centres;       ///< [rows, columns, 2]
        torch::Tensor usual_share;   ///< [layers, rows, columns]
        torch::Tensor usual_shapes;  ///< [layers, regressors, usual shapes]
    };
    /// Images [N, layers, rows, columns]; energies and hits of layers are the images' own where
    /// facts do not give them.
    PassShowers(torch::Tensor const& images, LayerFacts facts, Usual const& usual);

    /// Every `step`-th layer from the first on.
    struct Layers {
        std::int64_t first, step;
    };
    static Layers layers_of(std::int64_t group);

    torch::Tensor const& images() const { return images_; }
    LayerFacts const& facts() const { return facts_; }
    torch::Tensor const& positions() const { return positions_; }  ///< [N, rows, columns, 4]
    /// Whether cells are hit, and logarithms of their energies: [N, 2, layers, rows + 2, columns +
    /// 2], with a margin that goes round where the detector does.
    torch::Tensor const& volume() const { return volume_; }

    /// [N, layers, features] of the network of layers' hits.
    torch::Tensor root_features() const;
    /// [N, the group's layers, features] that hold for all passes.
    torch::Tensor layer_features(std::int64_t group) const;
    /// [N, the group's layers, left_numbers], then pass_numbers.
    torch::Tensor left_features(std::int64_t group, std::int64_t pass) const;
    /// Of the passes: hits left before it, and its own, [N, the group's layers].
    torch::Tensor hits_left(std::int64_t group, std::int64_t pass) const;
    torch::Tensor hits_of(std::int64_t group, std::int64_t pass) const;
    /// By how much cells around may change the odds: [N, the group's layers].
    torch::Tensor changes(std::int64_t group) const;
    /// Logarithms that the energies of hits may follow, [M, followed_cells].
    torch::Tensor followed(BlockIndex const& hits, std::int64_t group, std::int64_t pass) const;
    /// By how much hits' layers have more energy than the two nearest, logarithms: [M, 2].
    torch::Tensor beyond_nearest(BlockIndex const& hits, std::int64_t group) const;
    /// How much more than usual cells around hits have, [M, window_cells].
    torch::Tensor excess(BlockIndex const& hits, std::int64_t group) const;

private:
    torch::Tensor images_;
    LayerFacts facts_;
    Usual usual_;
    torch::Tensor shower_;      ///< [N, layers, features] of the shower and its layers' energies
    torch::Tensor made_;        ///< [N, layers], 1 where there are hits
    torch::Tensor beyond_;      ///< [N, layers, shape_numbers]
    torch::Tensor logarithms_;  ///< [N, layers, rows, columns], of energies and the unit
    torch::Tensor of_layers_;   ///< [N, layers], the same of layers
    torch::Tensor left_, hits_left_, hits_;  ///< [passes, N, layers]
    torch::Tensor usual_left_;               ///< [layers, passes]
    torch::Tensor positions_, volume_;
    torch::Tensor excess_;  ///< [N, layers, rows + 2, columns + 2]

    torch::Tensor log_energy(torch::Tensor const& energy) const;
    torch::Tensor of_group(torch::Tensor const& layers, std::int64_t group) const;
    /// Layers `by` further on, zeros where there are none: [N, layers, ...].
    static torch::Tensor shifted(torch::Tensor const& layers, std::int64_t by);
    torch::Tensor mean_beyond(std::int64_t group) const;
    void describe_showers();
    void find_shapes();
    void find_left();
    void find_volumes();
};

}  // namespace lowcal::training

#pragma once

#include "training/fine/mixtures.hpp"
#include "training/fine/narrowing.hpp"
#include "training/fine/split_features.hpp"
#include "training/loop/training_config.hpp"
#include "training/nn/layer_stack.hpp"

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::training {

/// How the blocks of one stage are divided in one pass: first their hits, then their energy. Those
/// of single hits have a network of their own, for their hits alone.
class DivisionImpl : public torch::nn::Module {
public:
    DivisionImpl(graph::SplitNetworkConfig const& config, graph::SplitStage const& stage,
                 graph::SplitNetworkConfig::Division const& form);

    /// What both answers begin from: [M, trunk].
    /// Of features that need no gradient.
    torch::Tensor trunk(torch::Tensor const& features, BlockIndex const& blocks);
    torch::Tensor hit_numbers(torch::Tensor const& trunk);
    /// For blocks both of whose children have hits.
    torch::Tensor energy_numbers(torch::Tensor const& trunk, torch::Tensor const& first,
                                 torch::Tensor const& second);

    /// From now on what layers hand on is recorded, which `narrowed` needs.
    void record() { recorded_.emplace(); }
    /// The parameters, by name, of a network of these widths, at most its own, that answers much as
    /// this one.
    std::map<std::string, torch::Tensor> narrowed(std::int64_t trunk, std::int64_t energy) const;

    /// In the order of graph::SplitNetwork.
    void append_weights(std::vector<torch::Tensor>& all) const;

private:
    struct Recorded {
        LayerMoments first, second, inner;
    };
    std::int64_t columns_;
    std::optional<Recorded> recorded_;
    torch::Tensor places_, layers_;
    Dense first_{nullptr}, second_{nullptr}, hits_{nullptr}, inner_{nullptr}, energy_{nullptr};
};
TORCH_MODULE(Division);

/// `fine`: layer energies by lean's flow; hits of each layer; then every layer, from the first to
/// the last, is divided into halves, again and again, down to its cells. Each division is drawn
/// from a mixture that depends on the blocks around, on the three layers before and on the primary.
/// Sums are exact at every level: layers keep their energy, blocks theirs.
class FineGeneratorImpl : public torch::nn::Module {
public:
    FineGeneratorImpl(ShowerGeometry const& geometry, FineWidths const& widths);

    /// Negative log likelihood of showers given their layer energies, in nats a shower.
    struct Loss {
        torch::Tensor hits_of_layers, hits, energies;
        torch::Tensor sum() const { return hits_of_layers + hits + energies; }
    };
    /// Images [N, layers, rows, columns] in MeV of the geometry's unit; facts without hits.
    Loss loss(torch::Tensor const& images, LayerFacts facts);

    /// Showers for these facts (without hits), as images, by uniform numbers [N, uniform_count].
    torch::Tensor divide(LayerFacts facts, torch::Tensor const& uniform);
    /// Its form and its weights in the order of graph::SplitNetwork.
    graph::SplitNetworkConfig form() const;
    torch::Tensor weights() const;

    /// Finds the units and the usual odds from showers' cells and primary energies.
    void start_from_showers(torch::Tensor const& images, torch::Tensor const& energy);

    /// From now on networks record what `start_from` needs of a wider one.
    void record();
    /// Another's numbers; of what it is not told, and this one is, networks make nothing yet. Where
    /// it is wider, those that answer much as it does to what it has recorded. Throws InputError
    /// where it is narrower or has other layers.
    void start_from(FineGeneratorImpl const& other);

    ShowerGeometry const& geometry() const { return geometry_; }
    FineWidths const& widths() const { return widths_; }
    EnergyHead head{nullptr};

private:
    ShowerGeometry geometry_;
    FineWidths widths_;
    graph::SplitTree tree_;
    std::vector<SplitFeatures> features_;
    std::vector<std::vector<Division>> divisions_;  ///< SplitNetworkConfig::divisions by stage
    std::vector<UsualOdds> usual_;                  ///< by stage
    torch::Tensor units_;                           ///< of SplitUnits
    torch::Tensor anchors_;                         ///< as graph::SplitNetwork's
    torch::Tensor usual_shapes_;                    ///< [layers, regressors, usual shapes]
    torch::Tensor cell_centres_;                    ///< [rows, columns, 2], with the lead
    torch::Tensor layer_numbers_;
    Dense root_first_{nullptr}, root_second_{nullptr}, root_{nullptr};

    SplitUnits units() const;
    /// Parameters as this one, with its widths, begins with them.
    std::map<std::string, torch::Tensor> parameters_from(FineGeneratorImpl const& other) const;
    /// What a layer just made tells those behind it.
    void remember(std::int64_t layer, std::vector<SplitLevel> const& levels,
                  torch::Tensor const& beyond, LayerFacts& facts) const;
    void find_anchors(torch::Tensor const& hits);
    /// From the mean image [1, layers, rows, columns]; `least` is added to all blocks.
    void set_usual_odds(torch::Tensor const& image, torch::Tensor UsualOdds::*member, double least);
    Mixture layer_hits(torch::Tensor const& layer_features, torch::Tensor const& hits,
                       torch::Tensor const& shower, torch::Tensor const& layer);
    void add_stage_loss(std::size_t stage, std::vector<SplitLevel> const& levels,
                        SplitSurroundings at, Loss& loss);
    void draw_layer_hits(std::int64_t layer, LayerFacts& facts, torch::Tensor const& uniform);
    void divide_level(std::size_t stage, std::int64_t layer, std::vector<SplitLevel>& levels,
                      SplitSurroundings at, torch::Tensor const& uniform);
};
TORCH_MODULE(FineGenerator);

}  // namespace lowcal::training

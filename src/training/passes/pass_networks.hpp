#pragma once

#include "graph/passes/pass_config.hpp"
#include "training/fine/mixtures.hpp"
#include "training/loop/training_config.hpp"
#include "training/nn/layer_stack.hpp"
#include "training/passes/pass_showers.hpp"

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <vector>

namespace lowcal::training {

/// The weights of one pass of one group.
class DrawingPassImpl : public torch::nn::Module {
public:
    DrawingPassImpl(graph::PassConfig const& form, std::int64_t group, std::int64_t pass);

    /// What cells around give to the hidden numbers, [N, layers, rows, columns, hidden] of the
    /// group and the pass, from all cells with a margin, [N, 2, layers, rows + 2, columns + 2].
    torch::Tensor windows(torch::Tensor const& volume) const;
    torch::Tensor hidden(torch::Tensor const& first);  ///< [M, hidden], both
    /// Logarithm of the factor on the odds, [M, 1], before it is bounded.
    torch::Tensor change(torch::Tensor const& hidden);
    /// What energies begin from: [M, energy_inputs].
    torch::Tensor energy(torch::Tensor const& inputs);
    /// Of bright hits [M, bright_inputs]: their mixture, cut off below. `place` [M, 2]: what their
    /// places add to means, and the logarithm of what they scale the mixture by.
    Mixture bright(torch::Tensor const& inputs, torch::Tensor const& followed,
                   torch::Tensor const& excess, torch::Tensor const& place);

    torch::Tensor const& seen() const { return seen_; }  ///< [window_cells], 1 or 0
    /// In the order of graph::PassWeights.
    void append_weights(std::vector<torch::Tensor>& all) const;

private:
    std::int64_t group_;
    graph::CellPass pass_;
    torch::Tensor window_;  ///< [hidden, window_cells, 2]
    torch::Tensor bright_window_;
    torch::Tensor seen_;
    Dense second_{nullptr}, hit_{nullptr}, energy_{nullptr};
    Dense bright_first_{nullptr}, bright_second_{nullptr}, bright_{nullptr};
};
TORCH_MODULE(DrawingPass);

/// `passes`: layer energies by lean's flow; hits of each layer; then cells in passes over the
/// volume (graph/passes/pass_form.hpp has their order). Whether a cell is hit, and with which
/// energy, is drawn by what it has around itself by then, by its layer and by the primary.
class PassGeneratorImpl : public torch::nn::Module {
public:
    PassGeneratorImpl(ShowerGeometry const& geometry, PassWidths const& widths);

    /// Negative log likelihood of showers given their layer energies, in nats a shower.
    struct Loss {
        torch::Tensor hits_of_layers, hits, energies;
        torch::Tensor sum() const { return hits_of_layers + hits + energies; }
    };
    /// Images [N, layers, rows, columns] in MeV of the geometry's unit. Of facts, energies and hits
    /// of layers are the images' own where they are not given.
    Loss loss(torch::Tensor const& images, LayerFacts facts);

    /// Showers for these facts (without hits), as images, by uniform numbers [N, uniform_count]:
    /// what graph::PassNetwork makes of them.
    torch::Tensor cells(LayerFacts const& facts, torch::Tensor const& uniform) const;
    graph::PassConfig form() const;
    /// In the order of graph::PassWeights.
    torch::Tensor weights() const;

    /// Finds the units, classes and usual odds and shares from showers' cells and primary energies.
    void start_from_showers(torch::Tensor const& images, torch::Tensor const& energy);
    /// Another's numbers. Throws InputError where it has another form.
    void start_from(PassGeneratorImpl const& other);

    ShowerGeometry const& geometry() const { return geometry_; }
    PassWidths const& widths() const { return widths_; }
    EnergyHead head{nullptr};

private:
    ShowerGeometry geometry_;
    PassWidths widths_;
    std::vector<DrawingPass> phases_;
    std::vector<Dense> class_groups_, classes_;  ///< by group of layers
    torch::Tensor units_;                        ///< of SplitUnits
    torch::Tensor edges_;                        ///< [classes + 1]
    torch::Tensor odds_;                         ///< [layers, rows, columns]
    torch::Tensor usual_share_;                  ///< the same
    torch::Tensor usual_shapes_;                 ///< [layers, regressors, usual shapes]
    torch::Tensor centres_;                      ///< [rows, columns, 2]
    torch::Tensor root_layers_, layers_;
    torch::Tensor positions_;      ///< [layers, position_numbers, hidden]
    torch::Tensor places_;         ///< [rows, columns, hidden]
    torch::Tensor bright_places_;  ///< [groups, rows, columns, bright_place_numbers]
    Dense root_first_{nullptr}, root_second_{nullptr}, root_{nullptr};
    Dense context_first_{nullptr}, context_second_{nullptr}, context_{nullptr};
    Dense count_first_{nullptr}, count_second_{nullptr}, count_{nullptr};

    SplitUnits units() const;
    void set_classes(torch::Tensor const& images);
    torch::Tensor hits_loss(PassShowers const& showers);
    /// Of how many hits a pass gives to layers; `inputs` [N, the group's layers, count_inputs].
    torch::Tensor counts_loss(PassShowers const& showers, std::int64_t group, std::int64_t pass,
                              torch::Tensor const& inputs);
    /// `features`: of the group's layers.
    void add_phase_loss(PassShowers const& showers, std::int64_t group, std::int64_t number,
                        torch::Tensor const& features, Loss& loss);
    /// `hidden` [M, hidden] of these hits.
    torch::Tensor energies_loss(PassShowers const& showers, BlockIndex const& hits,
                                std::int64_t group, std::int64_t pass, torch::Tensor const& hidden);
    /// What places of bright hits add, [M, 2], from `regressors` [M, bright_regressors].
    torch::Tensor of_places(BlockIndex const& hits, std::int64_t group,
                            torch::Tensor const& regressors) const;
};
TORCH_MODULE(PassGenerator);

}  // namespace lowcal::training

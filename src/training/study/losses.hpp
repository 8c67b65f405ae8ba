#pragma once

#include "training/study/networks.hpp"

namespace lowcal::training {

/// Weights of the three losses of the study, and of the added matching of mean showers.
struct LossWeights {
    double adversarial = 6.0;    ///< cross-entropy of the real/fake head
    double energy = 0.2;         ///< mean absolute percentage error of the energy head
    double cell_sum = 0.1;       ///< mean absolute percentage error of the cell sum
    double mean_shower = 0.0;    ///< see mean_shower_distance; generator only
    double mean_response = 0.0;  ///< see mean_response_distance; generator only
    double single_shower = 1.0;  ///< see single_shower_distance; warm-up only
};

/// Labels of the real/fake head: smoothed, some flipped.
struct Labels {
    double real = 0.9;
    double fake = 0.1;
    double flipped = 0.05;  ///< share of labels exchanged
};

enum class Origin { real, fake };

struct JudgementTarget {
    torch::Tensor real_label;  ///< [N]
    torch::Tensor energy;      ///< [N], primary energy / 100 GeV
    torch::Tensor cell_sum;    ///< [N], in the image's unit
};

/// Labels with flips drawn from LibTorch's default generator.
torch::Tensor draw_labels(std::int64_t count, Origin origin, Labels const& labels,
                          torch::Device device);

/// Mean of 100 |prediction - truth| / truth, in per cent (Keras).
torch::Tensor mean_absolute_percentage_error(torch::Tensor const& prediction,
                                             torch::Tensor const& truth);

/// The weighted sum of the three losses.
torch::Tensor judgement_loss(Judgement const& judgement, JudgementTarget const& target,
                             LossWeights const& weights);

/// How far the mean shower of generated images is from that of real images of the same energies:
/// squared differences of the three profiles and of the (square-rooted) mean image, per unit of
/// primary energy, without and with weight log E so that the dependence on energy counts too.
///
/// Fluctuations of single showers count by 1/N of a batch of N alone. (The product of two halves'
/// differences would be free of them, but has no lower bound: trainings ran away.) Symmetrised in x
/// and y.
torch::Tensor mean_shower_distance(torch::Tensor const& generated, torch::Tensor const& real,
                                   torch::Tensor const& energy);

/// The same features compared shower by shower: what the warm-up minimises, which teaches a
/// generator the mean shower of each energy before a discriminator asks for fluctuations.
torch::Tensor single_shower_distance(torch::Tensor const& generated, torch::Tensor const& real,
                                     torch::Tensor const& energy);

/// How far the mean cell sum is from the expected one, over all energies: squared mean of
/// (sum / expected - 1) without weight and with weights l and l^2, l = log(E / 60 GeV) / 1.5.
/// Unlike the mean absolute percentage error, which the median minimises, it is smallest where the
/// mean is right.
torch::Tensor mean_response_distance(torch::Tensor const& cell_sum, torch::Tensor const& expected,
                                     torch::Tensor const& energy);

}  // namespace lowcal::training

#include "training/lean/lean_networks.hpp"

#include "training/clic.hpp"
#include "training/lean/depth_roughness.hpp"
#include "training/lean/hit_counts.hpp"
#include "training/lean/lean_critic.hpp"
#include "training/lean/moment_matching.hpp"
#include "training/stored_generator.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <array>
#include <cmath>

namespace lowcal::training {
namespace {

using Axes = at::IntArrayRef;

/// Logarithm of the volume by which a head stretches the surroundings of this noise, by the
/// determinant of its whole Jacobian matrix.
double log_stretch(EnergyHead& head, torch::Tensor const& noise, torch::Tensor const& energy)
{
    auto const input = noise.clone().requires_grad_();
    auto const encoded =
        head->encode(head->forward(input, Primary{.energy = energy}), energy) / head->spread();
    std::vector<torch::Tensor> rows;
    for (std::int64_t i = 0; i < clic.layers(); ++i)
        rows.push_back(torch::autograd::grad({encoded[0][i]}, {input}, {}, true)[0][0]);
    return std::get<1>(torch::slogdet(torch::stack(rows).to(torch::kFloat64))).item<double>();
}

TEST(EnergyHead, draws_layer_energies_of_the_density_that_it_was_trained_by)
{
    auto head = make_lean().generator->head;
    auto const noise = 0.5 * torch::randn({1, clic.layers()});
    auto const energy = torch::full({1}, 80.0F);
    auto const encoded =
        head->encode(head->forward(noise, Primary{.energy = energy}), energy).detach();
    double const density = head->log_density(encoded, Primary{.energy = energy}).item<double>();
    double const expected =
        -0.5 * noise.square().sum().item<double>() - log_stretch(head, noise, energy);
    // Inverting eight couplings in float32 costs some 1e-5 in each of 25 numbers.
    double const tolerance = 2e-3;
    EXPECT_NEAR(density, expected, tolerance);
    auto const elsewhere = encoded + 0.01 * head->spread();
    EXPECT_GT(
        std::abs(head->log_density(elsewhere, Primary{.energy = energy}).item<double>() - expected),
        tolerance);
}

TEST(EnergyHead, depends_on_the_primary_energy_and_never_draws_a_negative_layer)
{
    torch::NoGradGuard const no_gradient;
    auto head = make_lean().generator->head;
    auto const noise = 3.0 * torch::randn({64, clic.layers()});  // far into the tails
    auto const low = head->forward(noise, Primary{.energy = torch::full({64}, 5.0F)});
    auto const high = head->forward(noise, Primary{.energy = torch::full({64}, 400.0F)});
    EXPECT_GE(low.min().item<float>(), 0.0F);
    EXPECT_TRUE(torch::isfinite(high).all().item<bool>());
    EXPECT_GT((high.sum() / low.sum()).item<float>(), 20.0F);
}

TEST(EnergyHead, compares_layers_with_one_of_them_and_spreads_empty_ones_below_all_others)
{
    EnergyHead const head(clic);
    auto layers = torch::full({1, clic.layers()}, 3.0F);
    layers[0][2] = 0.0F;
    layers[0][20] = 0.6F * static_cast<float>(EnergyHeadImpl::empty_energy);
    auto const energy = torch::full({1}, 4.0F);
    auto const plain = head->encode(layers, energy)[0];
    auto const of_layer = [](std::int64_t z) { return z < clic.unit_layer ? z + 1 : z; };
    EXPECT_NEAR(plain[0].item<double>(), std::log(layers.sum().item<double>() / 4000.0), 1e-6);
    EXPECT_NEAR(plain[of_layer(1)].item<double>(), std::log(EnergyHeadImpl::unit_share), 1e-6);
    double const empty = std::log(EnergyHeadImpl::unit_share * EnergyHeadImpl::offset /
                                  (3.0 + EnergyHeadImpl::offset));
    EXPECT_NEAR(plain[of_layer(2)].item<double>(), empty, 1e-5);
    auto const spread = head->encode_spread(layers, energy)[0];
    auto const is_spread = spread < plain - 1e-3;
    EXPECT_EQ(is_spread.sum().item<std::int64_t>(), 2);
    EXPECT_TRUE(is_spread[of_layer(2)].item<bool>() && is_spread[of_layer(20)].item<bool>());
    EXPECT_LT(spread[of_layer(20)].item<double>(), empty);
}

TEST(EnergyHead, draws_empty_layers_and_never_more_than_the_primary_energy)
{
    torch::NoGradGuard const no_gradient;
    auto head = make_lean().generator->head;
    auto encoded = head->encode(torch::full({2, clic.layers()}, 0.01F), torch::ones({2}));
    encoded[1] += 2.0;  // some spread
    head->whiten(encoded);
    auto const layers =
        head->forward(torch::randn({64, clic.layers()}), Primary{.energy = torch::ones({64})});
    EXPECT_GT((layers == 0.0).sum().item<std::int64_t>(), 0);
    EXPECT_GT((layers > 0.0).sum().item<std::int64_t>(), 64);
    auto const sums = layers.sum(1);
    EXPECT_GT(sums.min().item<double>(), 0.0);
    EXPECT_LE(sums.max().item<double>(),
              1000.0 * (1.0 + 25 * 0x1p-23));  // the response is 1 at most
}

TEST(EnergyHead, makes_faint_layers_empty_and_the_first_one_filled)
{
    double const empty = EnergyHeadImpl::empty_energy;
    double const first = EnergyHeadImpl::certain_energy;
    EnergyHead const head(clic);
    auto layers = torch::full({1, clic.layers()}, 2.0);
    layers[0][0] = 0.5 * first;
    layers[0][5] = 0.99 * empty;
    layers[0][6] = 1.01 * empty;
    layers[0][7] = 0.0;
    auto const made = head->with_empty_ones(layers)[0];
    EXPECT_NEAR(made[0].item<double>(), first, 1e-7);
    EXPECT_EQ(made[5].item<double>(), 0.0);
    EXPECT_NEAR(made[6].item<double>(), 1.01 * empty, 1e-7);
    EXPECT_EQ(made[7].item<double>(), 0.0);
    EXPECT_EQ(made[8].item<double>(), 2.0);
}

/// Latent parts and layer energies of some invented showers.
LeanShapesImpl::Input shape_input(std::int64_t count)
{
    auto const cells = invented_cells(count);
    return {.shape = torch::randn({count, LeanLatent::shape}),
            .coarse = torch::randn({count, LeanLatent(clic).coarse}),
            .fine = torch::randn({count, LeanLatent(clic).fine}),
            .primary = {.energy = cells.sum(Axes{1, 2, 3}) / 20.0},
            .layers = cells.sum(Axes{2, 3})};
}

TEST(LeanShapes, keep_the_energy_of_every_layer_but_for_faint_cells)
{
    torch::NoGradGuard const no_gradient;
    auto shapes = make_lean().generator->shapes;
    auto const input = shape_input(8);
    auto const cells = shapes->forward(input, TrainingPrecision::float32).cells();
    // Faint cells are lifted to the line at most and the faintest dropped; `smallest_sum` takes its
    // share, and a sum of 625 numbers rounds.
    auto const faint = (cells > 0.0) * (cells < 1.001 * LeanShapesImpl::line_energy);
    auto const allowed = LeanShapesImpl::line_energy * faint.sum(Axes{2, 3}) +
                         LeanShapesImpl::smallest_energy * (cells == 0.0).sum(Axes{2, 3}) +
                         (LeanShapesImpl::smallest_sum + 625 * 0x1p-23) * input.layers;
    auto const kept = [&](torch::Tensor const& layers) {
        return ((cells.sum(Axes{2, 3}) - layers).abs() <= allowed).all().item<bool>();
    };
    EXPECT_TRUE(kept(input.layers));
    EXPECT_FALSE(kept(1.01 * input.layers));  // the check bites
}

TEST(LeanShapes, leave_cells_empty_or_above_the_cut_and_some_at_the_line)
{
    torch::NoGradGuard const no_gradient;
    auto shapes = make_lean().generator->shapes;
    auto const roots = shapes->forward(shape_input(8), TrainingPrecision::float32).roots;
    auto const hits = roots.masked_select(roots > 0.0).pow(3);
    double const cut = LeanShapesImpl::faint_offset +
                       LeanShapesImpl::faint_slope * LeanShapesImpl::smallest_energy;
    EXPECT_GE(hits.min().item<double>(), cut * (1.0 - 4 * 0x1p-23));  // a root, a cube
    auto const off_line = (hits / LeanShapesImpl::line_energy - 1.0).abs();
    EXPECT_LT(off_line.min().item<double>(), 4 * 0x1p-23);
    EXPECT_GT((roots == 0.0).sum().item<std::int64_t>(), 0);
}

TEST(LeanShapes, have_a_gradient_where_a_cell_is_about_to_be_hit)
{
    LeanShapes shapes(clic);
    auto parameters = shapes->named_parameters();
    {
        torch::NoGradGuard const no_gradient;
        for (auto& parameter : parameters) {
            if (parameter.key().starts_with("fine.")) parameter.value().zero_();
        }
        parameters["base"].fill_(0.2);
        auto layer = parameters["base"][3][12];
        layer.slice(0, 0, 3).zero_();
        auto of_noise = parameters["scatter"][3][12];
        of_noise[0] = -0.01;
        of_noise[1] = -0.5;
        of_noise[2] = 0.01;
    }
    auto input = shape_input(4);
    input.fine.fill_(1.0);
    auto const roots = shapes->forward(input, TrainingPrecision::float32).roots;
    EXPECT_EQ(roots.select(1, 3).select(1, 12).slice(1, 0, 2).max().item<float>(), 0.0f);
    EXPECT_GT(roots[0][3][12][2].item<float>(), 0.1f);
    roots.select(1, 3).select(1, 12).slice(1, 0, 2).sum().backward();
    auto const gradient = parameters["scatter"].grad()[3][12];
    EXPECT_GT(gradient[0].item<float>(), 0.1f);
    EXPECT_EQ(gradient[1].item<float>(), 0.0f);
    EXPECT_EQ(gradient[2].item<float>(), 0.0f);  // that of others' scale is none of an empty cell's
}

TEST(LeanShapes, put_a_layer_whose_every_answer_is_negative_near_the_axis)
{
    torch::NoGradGuard const no_gradient;
    auto shapes = make_lean().generator->shapes;
    shapes->fine()->tensors(3).bias.fill_(-1e3);
    auto const input = shape_input(4);
    auto const cells = shapes->forward(input, TrainingPrecision::float32).cells();
    EXPECT_LT((cells.sum(Axes{2, 3}) / input.layers - 1.0).abs().max().item<double>(), 0.05);
    auto const core = cells.slice(2, 10, 15).slice(3, 10, 15).sum(Axes{2, 3});
    // Not evenly; roots of the floor go with the root of the base, energies with its power 3/2.
    EXPECT_GT((core / input.layers).min().item<double>(), 3 * 25.0 / 625.0);
}

TEST(ShowerFeatures, count_hits_and_measure_moments)
{
    auto roots = torch::zeros({1, 25, 25, 25});
    roots[0][3][12][12] = 2.0;  // 8 MeV in the middle
    roots[0][3][14][12] = 1.0;  // 1 MeV two cells off in x
    auto const features = shower_features(roots, clic)[0];
    ASSERT_EQ(features.size(0), FeatureCounts(clic).all());
    auto const whole = features.slice(0, FeatureCounts(clic).layers, FeatureCounts(clic).all());
    EXPECT_NEAR(whole[2].item<double>(), 2.0, 0.001);  // above 0.15 MeV
    EXPECT_NEAR(whole[3].item<double>(), 1.0, 0.01);   // above 1.5 MeV: the 1 MeV at blur's end
    auto const spectrum = whole.slice(0, 4, 18);
    EXPECT_NEAR(spectrum[8].item<double>(), 2.0, 0.05);    // above 0.7 MeV
    EXPECT_NEAR(spectrum[9].item<double>(), 1.0, 0.001);   // above 3 MeV
    EXPECT_NEAR(spectrum[11].item<double>(), 0.0, 0.001);  // above 20 MeV
    auto const sharp = whole.slice(0, 18, 24);
    EXPECT_NEAR(sharp[0].item<double>(), 2.0, 1e-5);  // above 1.5 keV
    EXPECT_NEAR(sharp[5].item<double>(), 2.0, 1e-5);  // above 0.2 MeV
    auto const moments = whole.slice(0, 24);
    EXPECT_NEAR(moments[0].item<double>(), 2.0 / 9.0, 1e-5);  // mean x
    EXPECT_NEAR(moments[1].item<double>(), 4.0 / 9.0 - 4.0 / 81.0, 1e-5);
    EXPECT_NEAR(moments[2].item<double>(), 0.0, 1e-5);        // mean y
    EXPECT_NEAR(moments[4].item<double>(), 8.0 / 9.0, 1e-5);  // the central cell
    EXPECT_NEAR(moments[6].item<double>(), 1.0, 1e-5);        // 5 x 5
    auto const columns = moments.slice(0, 7, 57);
    double const faintest = 1e-6;
    EXPECT_NEAR(columns[14].item<double>(), std::cbrt(1.0 / 9.0 + faintest), 1e-5);  // along x
    EXPECT_NEAR(columns[25 + 12].item<double>(), std::cbrt(1.0 + faintest), 1e-5);   // along y
    EXPECT_NEAR(columns[0].item<double>(), std::cbrt(faintest), 1e-5);
    auto const steps = features.slice(0, 10 * clic.layers(), 10 * clic.layers() + 48);
    double const share =
        8.0 / 9.05;  // of the central cell in layer 3, a little less for its weight
    EXPECT_NEAR(steps[2].item<double>(), share, 1e-4);
    EXPECT_NEAR(steps[3].item<double>(), -share, 1e-4);
    EXPECT_NEAR(steps[24 + 2].item<double>(), 2.0, 0.01);  // hits above 0.05 MeV
    EXPECT_NEAR(steps[24 + 4].item<double>(), 0.0, 0.01);
}

TEST(LeanCritic, sees_what_roots_are_beyond_what_their_layers_say)
{
    torch::NoGradGuard const no_gradient;
    torch::manual_seed(4);
    LeanCritic critic(clic);
    auto const roots = torch::rand({4, 25, 25, 25});
    LeanCriticImpl::Input input{.roots = roots,
                                .residuals = torch::zeros_like(roots),
                                .conditions = torch::zeros({4, condition_count(clic)}),
                                .features = torch::zeros({4, FeatureCounts(clic).all()})};
    auto const before = critic->forward(input, TrainingPrecision::float32);
    input.residuals.select(1, 7).fill_(0.3);
    auto const after = critic->forward(input, TrainingPrecision::float32);
    EXPECT_GT((after - before).abs().max().item<float>(), 1e-4f);
}

TEST(HitCounts, are_logistic_functions_of_roots_in_their_layer)
{
    auto roots = torch::zeros({2, 3, 25, 25});
    roots[1][2][4][5] = 1.0;
    roots[1][2][6][5] = 2.02;
    roots[0][1][0][0] = 0.01;
    roots.set_requires_grad(true);
    std::vector<HitThreshold> const thresholds{{1e-9, 0.01}, {8.0, 0.02}};
    auto const counts = count_hits(roots, thresholds);
    ASSERT_EQ(counts.sizes(), (at::IntArrayRef{2, 3, 2}));
    auto const logistic = [](double x) { return 1.0 / (1.0 + std::exp(-x)); };
    EXPECT_NEAR(counts[1][2][0].item<double>(), 2.0, 1e-6);
    EXPECT_NEAR(counts[1][2][1].item<double>(), logistic(1.0), 1e-5);
    EXPECT_NEAR(counts[0][1][0].item<double>(), logistic(0.9), 1e-5);
    EXPECT_EQ(counts[0][0].abs().sum().item<double>(), 0.0);  // empty cells
    auto const slope = torch::autograd::grad({counts.sum()}, {roots})[0];
    EXPECT_NEAR(slope[1][2][6][5].item<double>(), logistic(1.0) * logistic(-1.0) / 0.02, 1e-3);
    EXPECT_GT(slope[0][1][0][0].item<double>(), 1.0);
    EXPECT_EQ((slope * (roots == 0.0)).abs().sum().item<double>(), 0.0);
}

/// Showers of the same energy in all cells of 5 x 5 columns, MeV [N, z, x, y], but for what is
/// multiplied in layer 7.
torch::Tensor even_showers(double energy, torch::Tensor const& factors)
{
    auto cells = torch::zeros({factors.size(0), 25, 25, 25});
    cells.slice(2, 10, 15).slice(3, 10, 15).fill_(energy);
    cells.select(1, 7).mul_(factors);
    return cells;
}

TEST(DepthRoughness, is_the_step_over_what_sampling_gives_it)
{
    auto const found = depth_roughness(even_showers(9.0, torch::full({1, 1, 1}, 1.2)));
    auto const here = found.deviation[0].select(1, 12).select(1, 12);  // layers 1 to 23
    double const spread = std::sqrt(0.55 / 9.0 * (1.0 / 1.2 + 0.5));
    EXPECT_NEAR(here[6].item<double>(), std::log(1.2) / spread, 1e-4);
    double const beside = std::sqrt(0.55 / 9.0 * (1.0 + 0.25 + 0.25 / 1.2));
    EXPECT_NEAR(here[5].item<double>(), -0.5 * std::log(1.2) / beside, 1e-4);
    EXPECT_NEAR(here[3].item<double>(), 0.0, 1e-6);
    EXPECT_EQ(found.known.sum().item<std::int64_t>(), 23 * 25);
    EXPECT_NEAR(found.here[0][6][12][12].item<double>(), 10.8, 1e-4);
    // Faint cells are single hits.
    EXPECT_EQ(depth_roughness(even_showers(0.4, torch::ones({1, 1, 1}))).known.sum().item<int>(),
              0);
}

TEST(DepthRoughness, of_cells_that_fluctuate_as_sampling_does_is_one_on_average)
{
    torch::manual_seed(3);
    // Cells of n hits of 0.55 MeV vary by 1 / sqrt(n).
    constexpr double hit = 0.55, mean_hits = 200.0;
    auto const squares = [&](double exaggeration) {
        auto const hits =
            mean_hits + exaggeration * std::sqrt(mean_hits) * torch::randn({64, 25, 25, 25});
        return depth_roughness(hit * hits).deviation.square().mean().item<double>();
    };
    EXPECT_NEAR(squares(1.0), 1.0, 0.02);  // logarithms of numbers that vary by 7 %
    EXPECT_GT(squares(1.1), 1.15);         // the check bites
}

TEST(ShowerFeatures, tell_rings_of_cells_by_their_roughness)
{
    auto factors = torch::ones({1, 25, 25});
    factors[0][12][12] = 1.2;  // the central cell
    factors[0][13][11] = 0.9;  // a corner
    auto const features =
        shower_features(torch::pow(even_showers(9.0, factors), 1.0 / 3.0), clic)[0];
    auto const rough = features.slice(0, FeatureCounts(clic).layers - FeatureCounts(clic).roughness,
                                      FeatureCounts(clic).layers);
    auto const deviation = [](double factor) {
        return std::log(factor) / std::sqrt(0.55 / 9.0 * (1.0 / factor + 0.5));
    };
    auto const ring = clic.layers() - 2;
    EXPECT_NEAR(rough[6].item<double>(), deviation(1.2), 1e-3);
    EXPECT_NEAR(rough[ring + 6].item<double>(), 0.0, 1e-4);  // sides
    EXPECT_NEAR(rough[2 * ring + 6].item<double>(), deviation(0.9) / 4.0, 1e-3);
    auto const square = [&](double factor) {  // less one, half of which is made at 20 MeV
        double const energy = 9.0 * factor;
        return (std::pow(deviation(factor), 2) - 1.0) * energy / (energy + 20.0);
    };
    EXPECT_NEAR(rough[4 * ring + 6].item<double>(), square(1.2), 1e-3);
    EXPECT_NEAR(rough[6 * ring + 6].item<double>(), (square(0.9) + 3.0 * square(1.0)) / 4.0, 1e-3);
}

/// The last of the whole shower's features for hits of 1 MeV in these cells (z, x, y).
torch::Tensor neighbours_of(std::vector<std::array<std::int64_t, 3>> const& hits)
{
    auto roots = torch::zeros({1, 25, 25, 25});
    for (auto const& [z, x, y] : hits) roots[0][z][x][y] = 1.0;
    return shower_features(roots, clic)[0].slice(0, FeatureCounts(clic).all() - 6);
}

TEST(ShowerFeatures, count_pairs_of_hits_and_measure_steps)
{
    // The blur of no hit makes pairs of empty cells; what a pair of hits adds is measured.
    auto const alone = neighbours_of({{3, 1, 1}, {8, 20, 20}});
    auto const more_than_alone = [&](std::array<std::int64_t, 3> const& second) {
        auto const more = neighbours_of({{3, 1, 1}, second}) - alone;
        return std::vector<float>{more.data_ptr<float>(), more.data_ptr<float>() + 4};
    };
    // Hits that are neighbours have one empty neighbour less each.
    double const blur = 1.0 / (1.0 + std::exp(std::cbrt(0.0005) / 0.03));
    auto const expect_pair = [&](std::vector<float> const& more, std::vector<double> const& pairs) {
        for (std::size_t i = 0; i < pairs.size(); ++i)
            EXPECT_NEAR(more[i], pairs[i], 5 * blur) << i;
    };
    expect_pair(more_than_alone({4, 1, 1}), {1, 0, 1, 0});  // in the next layer
    expect_pair(more_than_alone({5, 1, 1}), {0, 1, 0, 0});  // in the next but one
    expect_pair(more_than_alone({3, 2, 1}), {0, 0, 0, 1});  // beside it in x
    expect_pair(more_than_alone({3, 1, 2}), {0, 0, 0, 1});  // and in y
    expect_pair(more_than_alone({4, 2, 1}), {0, 0, 0, 0});  // neither
    auto const inside = neighbours_of({{3, 12, 12}, {4, 12, 12}}) - alone;
    EXPECT_NEAR(inside[0].item<double>(), 0, 5 * blur);  // near the axis only among all
    EXPECT_NEAR(inside[2].item<double>(), 1, 5 * blur);

    // One hit among 15 x 81 cells: two steps of one in depth, and in x and in y.
    auto const steps = neighbours_of({{10, 12, 12}});
    double const mean = std::max(1.0 / (15 * 81), 1e-2);
    EXPECT_NEAR(steps[4].item<double>(), 2.0 / (14 * 81) / mean, 1e-5);
    EXPECT_NEAR(steps[5].item<double>(), 2 * 2.0 / (15 * 72) / mean, 1e-5);
}

TEST(FeatureScale, takes_out_what_the_conditions_say)
{
    torch::manual_seed(1);
    auto const conditions = torch::randn({4000, 3});
    auto const noise = torch::randn({4000, 2});
    auto const features = conditions.slice(1, 0, 2) * 50.0 + 3.0 * noise;
    FeatureScale const scale(conditions, features);
    // What is left is the noise, within four standard errors and the ridge's thousandth.
    auto const wrong_by = (scale(conditions, features) - torch::asinh(noise)).abs().max();
    EXPECT_LT(wrong_by.item<double>(), 4 * 4 / std::sqrt(4000.0));
    EXPECT_GT((scale(conditions + 0.1, features) - torch::asinh(noise)).abs().max().item<double>(),
              4 * 4 / std::sqrt(4000.0));
}

TEST(MomentMatching, pulls_along_the_remembered_difference)
{
    MomentMatching matching(0.5);
    auto const real = torch::zeros({2});
    auto generated = torch::tensor({1.0F, 0.0F}).requires_grad_();
    auto const loss_of = [&](MomentMatching& memory, torch::Tensor const& means) {
        torch::Tensor loss;
        start_matching({{&memory, means, real, &loss}}, one_process())();
        return loss;
    };
    loss_of(matching, generated).backward();
    EXPECT_TRUE(torch::allclose(generated.grad(), torch::tensor({2.0F, 0.0F})));

    // The mean of the two differences with weights 1/3 and 2/3: the first is not forgotten.
    auto again = torch::tensor({-0.5F, 3.0F}).requires_grad_();
    auto const loss = loss_of(matching, again);
    loss.backward();
    EXPECT_TRUE(torch::allclose(again.grad(), torch::tensor({0.0F, 4.0F}), 0.0, 1e-6));
    EXPECT_NEAR(loss.item<double>(), 4.0, 1e-6);

    MomentMatching forgetful(0.0);
    loss_of(forgetful, generated);
    auto last = torch::tensor({-0.5F, 3.0F}).requires_grad_();
    loss_of(forgetful, last).backward();
    EXPECT_TRUE(torch::allclose(last.grad(), torch::tensor({-1.0F, 6.0F})));
}

}  // namespace
}  // namespace lowcal::training
